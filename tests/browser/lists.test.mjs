// Lists that grow, and remember where the reader was.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { close, launch, open, typeset } from "./browser.mjs";
import { DAY, papers } from "./day.mjs";
import { serve } from "./site.mjs";

let browser;
let site;
before(async () => {
  [browser, site] = await Promise.all([launch(), serve()]);
  await site.take(papers(1000, 1600));
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

const visit = (path, options) => open(browser, site.address + path, options);

/** Names and numbers of the papers on the page. */
const listed = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll(".papers > .card")].map((card) => [
      card.id,
      Number(card.querySelector(".card-in > .no").textContent),
    ]),
  );

const count = (page) => page.locator(".papers > .card").count();
const jump = (page) => page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));

/** Scrolls until so many papers are there. */
async function grow(page, least) {
  while ((await count(page)) < least) {
    const before = await count(page);
    await jump(page);
    await page.waitForFunction((n) => document.querySelectorAll(".papers > .card").length > n, before);
  }
}

/** The paper at the upper edge, and where it is. */
const place = (page) =>
  page.evaluate(() => {
    const edge = document.querySelector(".bar").getBoundingClientRect().bottom;
    const card = [...document.querySelectorAll(".papers > .card")].find(
      (card) => card.getBoundingClientRect().bottom > edge + 1,
    );
    return [card.id, card.getBoundingClientRect().top];
  });

async function assertPlace(page, [id, top]) {
  await page.waitForFunction(
    ([id, top]) => Math.abs(document.getElementById(id)?.getBoundingClientRect().top - top) < 3,
    [id, top],
    { timeout: 10_000 },
  );
  await page.waitForTimeout(500);
  const [there, now] = await place(page);
  assert.equal(there, id);
  assert.ok(Math.abs(now - top) < 3, `${now} is not ${top}`);
}

test("a day of 600 papers is scrolled to its end while others arrive", async () => {
  const page = await visit(DAY);
  const first = new Set((await listed(page)).map(([id]) => id));
  let arrivals;
  for (let step = 0; ; step++) {
    if (step === 3) arrivals = site.take(papers(900, 930));
    if ((await page.locator(".pager a[rel=next]").count()) === 0) break;
    const before = await count(page);
    await jump(page);
    await page.waitForFunction(
      (n) =>
        document.querySelectorAll(".papers > .card").length > n ||
        !document.querySelector(".pager a[rel=next]"),
      before,
    );
  }
  await arrivals;
  const all = await listed(page);
  const ids = all.map(([id]) => id);
  assert.equal(new Set(ids).size, ids.length, "a paper is there twice");
  for (const { id } of papers(1000, 1600)) assert.ok(ids.includes(id.replace("v1", "")), `${id} is lost`);
  for (const id of first) assert.ok(ids.includes(id));
  assert.deepEqual(
    all.map(([, number]) => number),
    all.map((_, at) => at + 1),
  );
  assert.match(await page.locator(".papers > [role=status]").textContent(), /whole list/);
  await close(page);
});

test("papers that came later are like the others", async () => {
  const page = await visit(DAY);
  await grow(page, 75);
  const card = page.locator(".papers > .card").nth(70);
  await card.scrollIntoViewIfNeeded();
  await typeset(page);
  assert.ok((await card.locator("mjx-container").count()) > 0);
  assert.ok(await card.locator("details.copies").isVisible());
  await card.locator("form.star button").click();
  await card.locator('form.star button[aria-pressed="true"] small:text-is("1")').waitFor();
  await card.locator("form.reading button").click();
  await card.locator(".machine .faq-a").first().waitFor();
  await close(page);
});

test("nothing that is read moves while a list grows", async () => {
  const page = await visit("/favicon.ico", { expected: () => true });
  await page.addInitScript(() => {
    globalThis.shifts = [];
    new PerformanceObserver((list) => {
      for (const { value } of list.getEntries()) globalThis.shifts.push(value);
    }).observe({ type: "layout-shift", buffered: true });
  });
  await page.goto(site.address + DAY);
  for (let step = 0; step < 30; step++) {
    await page.mouse.wheel(0, 600);
    await page.waitForTimeout(60);
  }
  assert.ok((await count(page)) > 25);
  const shifted = await page.evaluate(() => globalThis.shifts.reduce((sum, value) => sum + value, 0));
  assert.ok(shifted < 0.05, `${shifted}`);
  await close(page);
});

describe("the reader comes back to where they were", () => {
  for (const width of [390, 1280]) {
    test(`with the back button and by a reload, ${width} px`, async () => {
      const page = await visit(DAY, { viewport: { width, height: 844 } });
      await grow(page, 75);
      await page
        .locator(".papers > .card")
        .nth(60)
        .evaluate((card) => card.scrollIntoView());
      await page.mouse.wheel(0, 90);
      await typeset(page);
      await page.waitForTimeout(500);
      const here = await place(page);
      assert.match(page.url(), /[?&]show=\d+/);
      await page.reload();
      await assertPlace(page, here);
      await page.locator(`[id="${here[0]}"] + .card .title-link`).click();
      await page.waitForURL(/\/arxiv\/2611/);
      await page.goBack();
      await assertPlace(page, here);
      assert.equal(new URL(page.url()).searchParams.get("date"), "2026-11-23");
      await close(page);
    });
  }

  test("and who gets the address comes to the same paper", async () => {
    const page = await visit(DAY);
    await grow(page, 75);
    await page
      .locator(".papers > .card")
      .nth(60)
      .evaluate((card) => card.scrollIntoView());
    await page.waitForTimeout(500);
    const [id] = await place(page);
    const other = await visit(page.url().replace(site.address, ""));
    await other.waitForTimeout(500);
    assert.ok((await count(other)) >= 75);
    const top = await other.evaluate((id) => document.getElementById(id).getBoundingClientRect().top, id);
    assert.ok(top > -200 && top < 300, `${top}`);
    await close(page);
    await close(other);
  });
});

test("when a page does not come, the link says so, and tries again", async () => {
  const page = await visit(DAY, { expected: (text) => /after=|ERR_FAILED/.test(text) });
  await page.route("**/*after=*", (route) => route.abort());
  await jump(page);
  await page.locator(".pager .note").waitFor();
  assert.equal(await count(page), 25);
  await page.unroute("**/*after=*");
  await page.locator(".pager a[rel=next]").click();
  await page.waitForFunction(() => document.querySelectorAll(".papers > .card").length > 25);
  assert.equal(await page.locator(".pager .note").count(), 0);
  assert.ok(await page.evaluate(() => document.activeElement.matches(".card:nth-of-type(26) .title-link")));
  await close(page);
});

test("a list of which only some papers are shown", async () => {
  const page = await visit(`${DAY}&filter=entropy`);
  const status = page.locator(".matching");
  await status.waitFor();
  assert.match(await status.textContent(), /^\d+ of \d+ match$/);
  const shown = await page.locator(".papers > .card:not([hidden])").allTextContents();
  assert.ok(shown.length > 0 && shown.every((text) => /entropy/i.test(text)));
  await page.locator("#filter").fill("entropy -matrix");
  await page.waitForURL(/filter=entropy\+-matrix/);
  const fewer = await page.locator(".papers > .card:not([hidden])").allTextContents();
  assert.ok(fewer.every((text) => !/matrix/i.test(text.replace(/\$[^$]*\$/g, ""))));
  const marked = await page.evaluate(() => [...CSS.highlights.get("filtered")].map(String));
  assert.ok(marked.length > 0 && marked.every((text) => text.toLowerCase() === "entropy"));
  await page.locator("#filter").fill("");
  await page.waitForFunction(() => !document.querySelector(".papers > .card[hidden]"));
  assert.doesNotMatch(page.url(), /filter=/);
  await close(page);
});

test("without scripts a list has its pages, and no buttons that do nothing", async () => {
  const page = await visit(DAY, { javaScriptEnabled: false });
  assert.equal(await page.locator(".copies:visible, .toggles:visible, .filter:visible").count(), 0);
  await Promise.all([page.waitForEvent("load"), page.locator(".pager a[rel=next]").click()]);
  assert.equal((await page.locator(".card .no").first().textContent()).trim(), "26");
  await page.goto(`${site.address}/mine`);
  assert.ok(await page.locator("noscript a[href='/stars'], #mine a[href='/stars']").first().isVisible());
  await close(page);
});

test("a shared link leads to a paper beyond what the server shows at once", async () => {
  const whole = await visit(`${DAY}&show=500`);
  await grow(whole, 600);
  await whole.waitForFunction(() => /show=600/.test(location.search));
  const [far] = (await listed(whole))[580];
  await close(whole);
  for (const show of [500, 600]) {
    const page = await visit(`${DAY}&show=${show}#${encodeURIComponent(far)}`);
    await page.waitForFunction((id) => {
      const top = document.getElementById(id)?.getBoundingClientRect().top;
      return top > 0 && top < 200;
    }, far);
    await close(page);
  }
});
