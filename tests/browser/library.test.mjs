// What a reader keeps in their browser, and what it does to lists.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { close, launch, open, translate, typeset, violations, walk } from "./browser.mjs";
import { DAY, papers } from "./day.mjs";
import { serve } from "./site.mjs";

let browser;
let site;
before(async () => {
  [browser, site] = await Promise.all([launch(), serve()]);
  await site.take(papers(1000, 1060));
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

const EMPTY = { format: "inkstone-library", version: 1, stars: {}, seen: {}, opened: {}, keys: true };
const FULL = {
  ...EMPTY,
  stars: {
    2611.01003: {
      title: ["Case ", "$N=3$", ""],
      href: "/arxiv/2611.01003",
      at: 1_790_000_000,
      keywords: ["kernel", "entropy"],
    },
    2611.01004: { title: ["Case four"], href: "/arxiv/2611.01004", at: 1_780_000_000, keywords: ["entropy"] },
  },
  seen: { 2611.01005: 20_000 },
  opened: { 2611.01006: { at: 1_780_000_000, keywords: ["policy"] } },
  watched: ["math.OC", "cs.LG"],
  excluded: ["cs.LG"],
  include: ["entropy"],
  exclude: ['"graph kernel" OR manifold'],
};

/** A page for a reader whose library is given. */
const visit = (path, library = EMPTY, options = {}) =>
  open(browser, site.address + path, {
    ...options,
    prepare: (page) =>
      page.addInitScript((text) => {
        if (!localStorage.getItem("library")) localStorage.setItem("library", text);
      }, JSON.stringify(library)),
  });

const kept = (page) => page.evaluate(() => JSON.parse(localStorage.getItem("library")));
const ids = (page, selector = ".papers > .card") =>
  page.locator(selector).evaluateAll((cards) => cards.map(({ id }) => id));

describe("stars", () => {
  test("are there at once, are counted, and stay", async () => {
    const page = await visit(DAY);
    const star = page.locator("form.star button").nth(2);
    assert.equal(await star.getAttribute("aria-pressed"), "false");
    await star.click();
    assert.equal(await star.getAttribute("aria-pressed"), "true");
    assert.equal(await star.locator("[aria-hidden]").textContent(), "★");
    await page.waitForFunction(() => document.querySelectorAll("form.star small")[2].textContent === "1");
    const [id] = Object.keys((await kept(page)).stars);
    await page.reload();
    assert.equal(await star.getAttribute("aria-pressed"), "true");
    await page.goto(`${site.address}/stars`);
    assert.deepEqual(await ids(page), [id]);
    const there = page.locator("form.star button");
    assert.equal(await there.getAttribute("aria-pressed"), "true");
    await there.click();
    await page.waitForFunction(() => document.querySelector("form.star small").textContent === "");
    assert.deepEqual((await kept(page)).stars, {});
    await close(page);
  });

  test("stay with a reader who leaves before the site has answered", async () => {
    const page = await visit(DAY);
    const asked = new Promise((reached) => page.route("**/star", reached));
    await page.locator("form.star button").first().click();
    const answer = await asked;
    const [id] = await ids(page);
    await page.goto(`${site.address}/posts`);
    assert.deepEqual(Object.keys((await kept(page)).stars), [id]);
    await answer.abort();
    await close(page);
  });

  test("that cannot be saved are taken back, and the reader is told", async () => {
    const page = await visit(DAY, EMPTY, { expected: (text) => /star|500/.test(text) });
    await page.route("**/star", (route) => route.fulfill({ status: 500, body: "" }));
    const star = page.locator("form.star button").first();
    await star.click();
    await page.locator(".toast:not(:empty)").waitFor();
    assert.equal(await star.getAttribute("aria-pressed"), "false");
    assert.deepEqual((await kept(page)).stars, {});
    await close(page);
  });
});

describe("copies", () => {
  const permissions = ["clipboard-read", "clipboard-write"];
  const clipboard = (page) => page.evaluate(() => navigator.clipboard.readText());
  const copied = async (page) => {
    await page.locator(".toast:not(:empty)").waitFor();
    const said = await page.locator(".toast").textContent();
    await page.evaluate(() => document.querySelector(".toast").replaceChildren());
    return said;
  };

  test("are the source, whatever translation and typesetting did", async () => {
    const page = await visit(DAY, EMPTY, { permissions });
    await typeset(page);
    await translate(page);
    const card = page.locator(".papers > .card").first();
    await card.locator("details.copies summary").click();
    await card.locator('[data-copy="txt"]').click();
    assert.match(await copied(page), /COPIED|Copied/);
    const id = await card.getAttribute("data-paper");
    const text = await (await fetch(`${site.address}/papers/${id}.txt`)).text();
    assert.equal(await clipboard(page), text);
    assert.match(
      text,
      /^On the .* \$N=1\d+\$\nhttp.*\/arxiv\/2611\.\d+\nAnn Author, Bob Number\d+\n\nThe .*\$\\sum_/,
    );
    assert.equal(await card.locator("details.copies").evaluate((menu) => menu.open), false);
    await page.locator(".title-link").first().focus();
    await page.evaluate(() => navigator.clipboard.writeText(""));
    await page.keyboard.press("c");
    await copied(page);
    assert.equal(await clipboard(page), text);
    await close(page);
  });

  test("of an answer there are when there is one", async () => {
    const page = await visit(DAY, EMPTY, { permissions });
    const card = page.locator(".papers > .card").nth(1);
    const copy = async () => {
      await card.locator("details.copies summary").click();
      await card.locator('.copies [data-copy="answer"]').click();
      return copied(page);
    };
    assert.match(await copy(), /no answer yet/);
    await card.locator("form.reading button").click();
    await card.locator(".machine .answer:not([aria-busy]) .faq-a > *").first().waitFor();
    assert.equal(await copy(), "Copied");
    assert.match(await clipboard(page), /^## /);
    await close(page);
  });

  test("that did not come are told of", async () => {
    const page = await visit(DAY, EMPTY, { permissions, expected: (text) => /papers\/|404|500/.test(text) });
    await page.route("**/papers/*.bib", (route) => route.fulfill({ status: 500, body: "" }));
    await page.locator("details.copies summary").first().click();
    await page.locator('[data-copy="bib"]').first().click();
    assert.match(await copied(page), /could not be copied/);
    await close(page);
  });
});

test("unwanted papers are folded with the reason, counted, and one press away", async () => {
  const page = await visit(DAY, FULL);
  const folded = page.locator(".card.folded");
  const count = await folded.count();
  assert.ok(count > 0 && count < 25);
  const text = await folded.first().locator(".folded-line").textContent();
  assert.match(text, /(is in cs\.LG|has “.*”)Show$/);
  assert.ok((await folded.first().evaluate((card) => card.offsetHeight)) < 60);
  assert.match(await page.locator(".hidden-count").textContent(), new RegExp(`^${count} hidden`));
  const id = await folded.first().getAttribute("id");
  await folded.first().locator(".folded-line button").click();
  assert.ok(await page.locator(`[id="${id}"] .summary`).isVisible());
  assert.equal(await page.evaluate(() => document.activeElement.closest(".card").id), id);
  assert.match(await page.locator(".hidden-count").textContent(), new RegExp(`^${count - 1} hidden`));
  await page.locator(".hidden-count").click();
  assert.equal(await folded.count(), 0);
  await page.locator(".hidden-count").click();
  assert.equal(await folded.count(), count);
  await close(page);
});

test("a category's own list is not folded, and its buttons say what is so", async () => {
  const page = await visit("/arxiv/cs.LG?date=2026-11-23", { ...FULL, watched: [] });
  assert.equal(await page.locator(".folded-line:has-text('cs.LG')").count(), 0);
  const [watch, exclude] = [page.locator('[data-list="watched"]'), page.locator('[data-list="excluded"]')];
  assert.equal(await exclude.getAttribute("aria-pressed"), "true");
  await watch.click();
  assert.equal(await watch.getAttribute("aria-pressed"), "true");
  assert.equal(await exclude.getAttribute("aria-pressed"), "false");
  assert.deepEqual((await kept(page)).excluded, []);
  await close(page);
});

test("wanted words are marked over the text, never in a formula, and translation goes on", async () => {
  const page = await visit(DAY, { ...FULL, include: ["entropy", "alpha*", "sum"] });
  await walk(page);
  const marked = () =>
    page.evaluate(() =>
      [...CSS.highlights.get("included")].map((range) => [
        String(range),
        Boolean(range.startContainer.parentElement.closest(".math")),
      ]),
    );
  const before = await marked();
  assert.ok(before.length > 0);
  assert.ok(before.every(([text, math]) => text.toLowerCase() === "entropy" && !math));
  assert.equal(await page.locator(".card mark").count(), 0);
  const formulas = await page.locator(".math").evaluateAll((all) => all.map((math) => math.dataset.tex));
  await translate(page);
  assert.match(await page.locator(".summary").first().textContent(), /THE\*/);
  const after = await page.locator(".math").evaluateAll((all) => all.map((math) => math.dataset.tex));
  assert.deepEqual(after, formulas);
  await close(page);
});

test("a day in the order of preference is whole, and the best come first", async () => {
  const page = await visit(`${DAY}&sort=preference`, { ...FULL, excluded: [], exclude: [] });
  await page.waitForFunction(() => !document.documentElement.classList.contains("ordering"));
  const all = await page.locator(".papers > .card").evaluateAll((cards) =>
    cards.map((card) => ({
      number: Number(card.querySelector(".no").textContent),
      terms: card.getAttribute("keywords"),
    })),
  );
  assert.equal(all.length, 60);
  assert.deepEqual(
    all.map(({ number }) => number),
    all.map((_, at) => at + 1),
  );
  const liked = all.map(({ terms }) => /entropy/.test(terms));
  assert.ok(liked[0] && !liked.at(-1));
  const first = await ids(page);
  await page.reload();
  await page.waitForFunction(() => !document.documentElement.classList.contains("ordering"));
  assert.deepEqual(await ids(page), first);
  await close(page);
});

test("the endless list of a category is put in order by its latest day", async () => {
  const page = await visit("/arxiv/math.OC?sort=preference", { ...FULL, excluded: [], exclude: [] });
  await page.waitForFunction(() => !document.documentElement.classList.contains("ordering"));
  assert.match(page.url(), /date=2026-11-23/);
  assert.equal(new Set(await ids(page)).size, 60);
  assert.equal((await ids(page)).length, 60);
  await close(page);
});

test("papers that were read are marked when they are left, and m takes it back", async () => {
  const page = await visit(DAY);
  await page.waitForTimeout(1800);
  const first = (await ids(page))[0];
  await page.evaluate(() => scrollTo(0, 3000));
  await page.waitForFunction((id) => document.getElementById(id).matches(".seen"), first);
  assert.ok(first in (await kept(page)).seen);
  await page.evaluate(() => scrollTo(0, 0));
  await page.keyboard.press("j");
  await page.keyboard.press("m");
  await page.waitForFunction((id) => !document.getElementById(id).matches(".seen"), first);
  assert.ok(!(first in (await kept(page)).seen));
  await page.locator(`[id="${first}"] .title-link`).click();
  await page.waitForURL(/\/arxiv\/2611/);
  const { seen, opened } = await kept(page);
  assert.ok(first in opened && opened[first].keywords.length > 0);
  assert.ok(!(first in seen) || seen[first] > 0);
  await close(page);
});

describe("keys", () => {
  test("act on the current paper, and lead on", async () => {
    const page = await visit(DAY);
    await page.keyboard.press("j");
    await page.keyboard.press("f");
    await page.locator('.card[aria-current] form.star button[aria-pressed="true"]').waitFor();
    await page.keyboard.press("?");
    const dialog = page.locator("dialog[open]");
    await dialog.waitFor();
    assert.equal(await dialog.evaluate((dialog) => dialog.matches(":modal")), false);
    await page.keyboard.press("Escape");
    assert.equal(await dialog.count(), 0);
    assert.ok(await page.evaluate(() => document.activeElement.matches(".card[aria-current] .title-link")));
    await page.keyboard.press("t");
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "light");
    await page.keyboard.press("/");
    await page.keyboard.type("?gh[");
    assert.equal(await page.inputValue("#q"), "?gh[");
    await page.keyboard.press("Escape");
    await page.keyboard.press("g");
    await page.keyboard.press("s");
    await page.waitForURL(/\/stars$/);
    await page.goto(`${site.address}/arxiv/hep-th?date=1997-11-27`);
    await close(page);
  });

  test("can be switched off, and on again", async () => {
    const page = await visit(DAY);
    await page.goto(`${site.address}/mine#keys`);
    await page.locator("#keys-on").uncheck();
    await page.goto(site.address + DAY);
    for (const key of ["j", "?", "t", "g", "h"]) await page.keyboard.press(key);
    assert.equal(await page.locator("dialog[open], .card[aria-current]").count(), 0);
    assert.match(page.url(), /math\.OC/);
    await close(page);
  });

  test("[ and ] lead to the days beside this one", async () => {
    await site.take([
      { ...papers(1, 2)[0], date: "2026-11-20" },
      { ...papers(2, 3)[0], date: "2026-11-24" },
    ]);
    const page = await visit(DAY);
    await page.keyboard.press("[");
    await page.waitForURL(/date=2026-11-20/);
    await page.keyboard.press("]");
    await page.waitForURL(/date=2026-11-23/);
    await page.keyboard.press("]");
    await page.waitForURL(/date=2026-11-24/);
    await close(page);
  });
});

describe("the reader's own page", () => {
  test("shows what is kept, and takes things away", async () => {
    const page = await visit("/mine", FULL);
    await typeset(page);
    assert.deepEqual(
      await page.locator(".starred a").evaluateAll((links) => links.map(({ pathname }) => pathname)),
      ["/arxiv/2611.01003", "/arxiv/2611.01004"],
    );
    assert.equal(await page.locator(".starred mjx-container").count(), 1);
    await page.locator(".starred .remove").first().click();
    assert.equal(await page.locator(".starred li").count(), 1);
    const words = page.locator('[data-list="include"]');
    await words.locator("input").fill("diffusion AND (control OR planning)");
    await words.locator("button.btn").click();
    await words.locator("input").fill("()");
    await page.keyboard.press("Enter");
    assert.deepEqual((await kept(page)).include, ["entropy", "diffusion AND (control OR planning)"]);
    await words.locator(".remove").first().click();
    assert.deepEqual((await kept(page)).include, ["diffusion AND (control OR planning)"]);
    const terms = page.locator(".cloud li");
    const before = await terms.count();
    await page.getByRole("button", { name: "Remove entropy" }).last().click();
    assert.equal(await terms.count(), before - 1);
    assert.deepEqual((await kept(page)).forgotten, ["entropy"]);
    await close(page);
  });

  test("is taken along to another browser, and says before what comes", async () => {
    const page = await visit("/mine", FULL);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.locator("[data-do=export]").click(),
    ]);
    const file = await download.path();
    assert.equal(JSON.parse(await readFile(file, "utf8")).format, "inkstone-library");
    const other = await visit("/mine", { ...EMPTY, watched: ["MATH.oc"] });
    const load = (buffer) =>
      other.locator("#import").setInputFiles({ name: "library.json", mimeType: "application/json", buffer });
    await load(Buffer.from('{"format": "something"}'));
    await other.locator(".importing > p:has-text('not a library')").waitFor();
    assert.ok(await other.locator("[data-do=merge]").isHidden());
    await load(await readFile(file));
    await other.locator("[data-do=merge]").waitFor();
    const lines = await other.locator(".importing li").allTextContents();
    assert.deepEqual(lines, [
      "2 stars",
      "1 seen papers",
      "1 opened papers",
      "1 watched categories",
      "1 excluded categories",
      "1 words to mark",
      "1 words to fold",
    ]);
    assert.deepEqual((await kept(other)).stars, {});
    await other.locator("[data-do=merge]").click();
    assert.equal(await other.locator(".starred li").count(), 2);
    assert.deepEqual((await kept(other)).watched, ["MATH.oc", "cs.LG"]);
    await other.locator("[data-do=erase]").click();
    await other.locator("[data-do=erase-all]").click();
    assert.equal(await other.locator(".starred li, .mine .chip, .cloud li").count(), 0);
    await close(page);
    await close(other);
  });
});

describe("everybody can use it", () => {
  const PAGES = { list: DAY, paper: "/arxiv/2611.01003", stars: "/stars", mine: "/mine" };
  for (const [name, path] of Object.entries(PAGES)) {
    for (const colorScheme of ["light", "dark"]) {
      test(`${name}: axe finds nothing, ${colorScheme}`, async () => {
        const page = await visit(path, FULL, { colorScheme });
        await walk(page);
        await page.keyboard.press("?");
        for (const menu of await page.locator("details:not(.toc)").all())
          await menu.evaluate((details) => {
            details.open = details.matches(":first-of-type");
          });
        assert.deepEqual(await violations(page), []);
        await close(page);
      });
    }
    for (const hl of ["en", "zh"]) {
      test(`${name}: fits 320 px, ${hl}`, async () => {
        const separator = path.includes("?") ? "&" : "?";
        const page = await visit(`${path}${separator}hl=${hl}`, FULL, {
          viewport: { width: 320, height: 640 },
        });
        await walk(page);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(wide <= 0, `${wide} px too wide`);
        await close(page);
      });
    }
  }
});
