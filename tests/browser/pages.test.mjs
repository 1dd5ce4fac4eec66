// The pages of the sample site, as a reader's browser shows them.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { close, launch, open, typeset, violations, walk } from "./browser.mjs";
import { inVain, PLACES } from "./places.mjs";
import { serve } from "./site.mjs";

let browser;
let site;
before(async () => {
  [browser, site] = await Promise.all([launch(), serve()]);
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

const visit = (path, options) => open(browser, site.address + path, { expected: inVain, ...options });

describe("every page", () => {
  for (const [name, path] of Object.entries(PLACES)) {
    test(`${name}: formulas are typeset, nothing fails, nothing leaves the site`, async () => {
      const page = await visit(path);
      assert.equal(page.status, name === "lost" ? 404 : 200);
      await walk(page);
      const bad = await page.locator(".bad-math").allTextContents();
      assert.deepEqual(bad, []);
      await close(page);
    });

    test(`${name}: fits a phone`, async () => {
      const page = await visit(path, { viewport: { width: 390, height: 844 }, hasTouch: true });
      await walk(page);
      const wide = await page.evaluate(() =>
        document.documentElement.scrollWidth <= innerWidth
          ? []
          : [...document.querySelectorAll("body *")]
              .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
              .map((element) => element.outerHTML.slice(0, 120)),
      );
      assert.deepEqual(wide, []);
      await close(page);
    });

    for (const colorScheme of ["light", "dark"]) {
      test(`${name}: axe finds nothing, ${colorScheme}`, async () => {
        const page = await visit(path, { colorScheme });
        await walk(page);
        assert.deepEqual(await violations(page), []);
        await close(page);
      });
    }
  }
});

const STILL_TEXT = ".math:not(:has(mjx-container))";

test("each formula's element holds one typeset formula and its source", async () => {
  const page = await visit(PLACES.post);
  await walk(page);
  assert.ok((await page.locator(".math").count()) > 20);
  assert.equal(await page.locator(STILL_TEXT).count(), 0);
  assert.equal(await page.locator("mjx-merror").count(), 0);
  await close(page);
});

test("numbers are in order, and references name the number beside the equation they lead to", async () => {
  for (const path of [PLACES.post, PLACES["post-zh"]]) {
    const page = await visit(path);
    await walk(page);
    const { numbers, references } = await page.evaluate(() => {
      const labels = (root) =>
        [...root.querySelectorAll("mjx-labels mjx-mtd")].map((label) => label.textContent);
      const prose = document.querySelector("article > .prose");
      return {
        numbers: labels(prose).filter((label) => /^\(\d+\)$/.test(label)),
        references: [...prose.querySelectorAll("a.eqref")].map((link) => {
          const target = document.getElementById(decodeURIComponent(new URL(link.href).hash.slice(1)));
          return [link.textContent, target ? labels(target.closest(".eq")) : []];
        }),
      };
    });
    assert.deepEqual(
      numbers,
      numbers.map((_, index) => `(${index + 1})`),
    );
    assert.ok(references.length > 0);
    for (const [text, labels] of references) assert.ok(labels.includes(text), `${text} leads to ${labels}`);
    await close(page);
  }
});

test("the order of typesetting does not change a number", async () => {
  const page = await visit(PLACES.post);
  await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
  await typeset(page);
  await walk(page);
  const numbers = await page.locator(".prose mjx-labels mjx-mtd").allTextContents();
  const plain = numbers.filter((label) => /^\(\d+\)$/.test(label));
  assert.deepEqual(
    plain,
    plain.map((_, index) => `(${index + 1})`),
  );
  await close(page);
});

test("without scripts the TeX can be read and the lists be walked", async () => {
  const page = await visit(PLACES.papers, { javaScriptEnabled: false });
  const seen = new Set();
  const total = Number(/\d+$/.exec(await page.locator(".bar .end .num").textContent())[0]);
  for (let number = 1; ; number++) {
    const titles = await page.locator(".card h2 a").evaluateAll((links) => links.map((link) => link.href));
    assert.ok(titles.length <= 25);
    for (const title of titles) {
      assert.ok(!seen.has(title), `${title} twice`);
      seen.add(title);
    }
    const next = page.locator("a[rel=next]").last();
    if ((await next.count()) === 0) {
      assert.ok(number >= 2, "one page only");
      break;
    }
    await Promise.all([page.waitForEvent("load"), next.click()]);
  }
  assert.equal(seen.size, total);
  assert.ok((await page.locator(".math").first().textContent()).includes("$"));
  await close(page);
});

test("the remembered theme is there before anything is drawn, and the radios are in step", async () => {
  const page = await visit("/");
  await page.locator(".menu summary").click();
  await page.locator("#theme-dark").check();
  const paper = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const dark = await paper();
  await page.reload({ waitUntil: "commit" });
  await page.waitForSelector("#theme-dark", { state: "attached" });
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
  assert.equal(await paper(), dark);
  assert.ok(await page.locator("#theme-dark").isChecked());
  await page.locator(".menu summary").click();
  await page.locator("#theme-light").check();
  assert.notEqual(await paper(), dark);
  await close(page);
});

test("a list is walked with the keyboard", async () => {
  const page = await visit(PLACES.papers);
  const current = () => page.locator(".card[aria-current], .entry[aria-current]").getAttribute("id");
  await page.keyboard.press("j");
  const first = await current();
  await page.keyboard.press("j");
  assert.notEqual(await current(), first);
  await page.keyboard.press("k");
  assert.equal(await current(), first);
  assert.ok(await page.evaluate(() => document.activeElement.closest("[aria-current] h2")));
  await page.keyboard.press("/");
  await page.keyboard.type("jk");
  assert.equal(await page.inputValue("#q"), "jk");
  assert.equal(await current(), first);
  await page.keyboard.press("Escape");
  await page.keyboard.press("o");
  await page.waitForURL((url) => url.pathname.startsWith("/arxiv/") && url.pathname !== "/arxiv/cs.LG");
  await close(page);
});

test("marks of a search never stand inside a formula", async () => {
  const page = await visit("/search?query=rank");
  await walk(page);
  assert.ok((await page.locator("mark").count()) > 0);
  assert.equal(await page.locator(".math mark").count(), 0);
  await close(page);
});

test("both languages are whole", async () => {
  for (const [hl, lang] of [
    ["en", "en"],
    ["zh", "zh-CN"],
  ]) {
    const page = await visit(`/?hl=${hl}`);
    assert.equal(await page.locator("html").getAttribute("lang"), lang);
    await walk(page);
    await close(page);
  }
});

describe("nothing jumps while fonts and formulas come", () => {
  for (const name of ["home", "post", "post-zh", "papers", "paper"]) {
    for (const width of [390, 1280]) {
      test(`${name}, ${width} px`, async () => {
        const page = await visit("/favicon.ico", { viewport: { width, height: 900 }, expected: () => true });
        await page.addInitScript(() => {
          globalThis.shifts = [];
          new PerformanceObserver((list) => {
            for (const { value } of list.getEntries()) globalThis.shifts.push(value);
          }).observe({ type: "layout-shift", buffered: true });
        });
        await page.goto(site.address + PLACES[name]);
        await typeset(page);
        await page.evaluate(() => document.fonts.ready);
        const shifted = await page.evaluate(() => globalThis.shifts.reduce((sum, value) => sum + value, 0));
        assert.ok(shifted < 0.02, `${shifted}`);
        await close(page);
      });
    }
  }
});

test("on paper every formula is typeset", async () => {
  const page = await visit(PLACES.post);
  await page.waitForSelector("mjx-container");
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  await page.waitForFunction((selector) => !document.querySelector(selector), STILL_TEXT);
  await close(page);
});
