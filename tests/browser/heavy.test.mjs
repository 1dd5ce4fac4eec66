// A page with very many formulas: it must not jump while they are typeset, and must fit on small paper.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { formula, serve } from "./assets.mjs";
import { close, launch, open, walk, without } from "./browser.mjs";
import { PLACES, POSTS } from "./places.mjs";
import { serve as samples } from "./site.mjs";

const INLINE = 261;
const DISPLAYS = 60;
/** 148 mm less the margins of the print style, at 96 pixels an inch. */
const A5 = Math.floor(((148 - 32) / 25.4) * 96);

let browser;
let site;
let sample;
before(async () => {
  [browser, site, sample] = await Promise.all([launch(), serve(heavy()), samples()]);
});
after(async () => {
  await browser?.close();
  site?.stop();
  await sample?.stop();
});

/** Paragraphs with 261 formulas, and 60 numbered displays between them. */
function heavy() {
  const inline = (n) =>
    [
      `$x_{${n}}$`,
      `$\\frac{a_{${n}}}{b}$`,
      `$\\|W_{${n}}\\|_F^2\\le\\sum_k\\sigma_k^2$`,
      `$\\mathbb{E}[f(x_{${n}})]$`,
    ][n % 4];
  const display = (n) =>
    [
      `\\begin{equation}\\sum_{k=1}^{n} a_k^{${n}} = \\frac{1}{2}\\label{e${n}}\\end{equation}`,
      `\\begin{equation}\\begin{pmatrix}a&b\\\\c&d\\end{pmatrix}\\begin{pmatrix}x\\\\y\\end{pmatrix}=\\int_0^1 f_{${n}}\\end{equation}`,
      `\\begin{equation}${Array.from({ length: 30 }, (_, k) => `a_{${k}}`).join("+")}=0\\end{equation}`,
    ][n % 3];
  const span = (n) =>
    `<span class="math inline notranslate" translate="no">${inline(n).replaceAll("&", "&amp;")}</span>`;
  const words = "Words that a reader meets between two formulas, as many as fill a line or two, ";
  let body = "";
  for (let n = 0, shown = 0; n < DISPLAYS; n++) {
    const upTo = Math.round(((n + 1) * INLINE) / DISPLAYS);
    let paragraph = "";
    for (; shown < upTo; shown++) paragraph += `${words}${span(shown)} `;
    body += `<p>${paragraph}</p>${formula(display(n), { number: n })}`;
  }
  return body;
}

/**
 * The cumulative layout shift while a reader scrolls to the end of a page, quickly, as web-vitals counts it. The
 * engine is kept back until the reader is so many pixels down.
 */
async function shift(address, width, late) {
  let engine = () => {};
  const held = new Promise((resolve) => (engine = resolve));
  const prepare = async (page) => {
    await without(held)(page);
    await page.exposeFunction("engine", engine);
    await page.addInitScript(() => {
      globalThis.shifts = [];
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries())
          if (!entry.hadRecentInput) globalThis.shifts.push([entry.startTime, entry.value]);
      }).observe({ type: "layout-shift", buffered: true });
    });
  };
  const page = await open(browser, address, { viewport: { width, height: 900 }, prepare });
  await page.evaluate(async (late) => {
    for (let top = 0; top < document.documentElement.scrollHeight; top += 300) {
      if (top >= late) globalThis.engine();
      scrollTo({ top, behavior: "instant" });
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    }
    globalThis.engine();
  }, late);
  await page.waitForFunction(() => !document.querySelector(".math:not(.typeset, .bad-math)"));
  const [shifts, count] = await page.evaluate(() => [
    globalThis.shifts,
    document.querySelectorAll(".math").length,
  ]);
  await close(page);
  // The largest session window: gaps under a second, five seconds at the most.
  let [largest, sum, first, last] = [0, 0, 0, Number.NEGATIVE_INFINITY];
  for (const [time, value] of shifts) {
    if (time - last > 1000 || time - first > 5000) [sum, first] = [0, time];
    [sum, last] = [sum + value, time];
    largest = Math.max(largest, sum);
  }
  return { cls: largest, count };
}

for (const width of [390, 1280]) {
  for (const late of [0, 3000, Number.MAX_SAFE_INTEGER]) {
    const when = late === 0 ? "at once" : late > 1e6 ? "at the end" : `${late} px down`;
    test(`very many formulas hardly shift: ${width} px, the engine comes ${when}`, async (context) => {
      const { cls, count } = await shift(site.address, width, late);
      context.diagnostic(`CLS ${cls.toFixed(4)}`);
      assert.ok(cls <= 0.1, `${cls}`);
      assert.equal(count, INLINE + DISPLAYS);
    });
    for (const path of late === 3000 ? [] : [...POSTS, PLACES.home, PLACES.papers]) {
      test(`${path} does not shift: ${width} px, the engine comes ${when}`, async (context) => {
        const { cls } = await shift(sample.address + path, width, late);
        context.diagnostic(`CLS ${cls.toFixed(4)}`);
        assert.ok(cls <= 0.03, `${cls}`);
      });
    }
  }
  for (const path of [...POSTS, PLACES.papers]) {
    test(`${path}: what holds formulas keeps its height when they are typeset, ${width} px`, async (context) => {
      const changes = await heights(sample.address + path, width);
      const most = changes.reduce((most, { by }) => Math.max(most, Math.abs(by)), 0);
      context.diagnostic(`${changes.length} change, by ${most.toFixed(1)} px at most`);
      // A line that holds something tall may be a little off. Columns of a table share its width to a fraction of a
      // pixel, so that in a cell that is full to the brim a line may come or go; none may elsewhere.
      const off = changes.filter(({ by, cell }) => Math.abs(by) > (cell ? 24 : 6));
      assert.deepEqual(off, []);
    });
  }
}

/** What changes its height by half a pixel or more when its formulas are typeset. */
async function heights(address, width) {
  let engine = () => {};
  const held = new Promise((resolve) => (engine = resolve));
  const page = await open(browser, address, { viewport: { width, height: 900 }, prepare: without(held) });
  const look = () =>
    page.evaluate(() =>
      [...document.querySelectorAll("p, li, td, th, dd, .eq, h1, h2, h3")]
        .filter((element) => element.querySelector(".math"))
        .map((element) => {
          const { height } = element.getBoundingClientRect();
          const known = element.noted !== undefined;
          element.noted ??= { height, text: element.textContent.trim().slice(0, 60) };
          const { text, height: before } = element.noted;
          return { known, by: height - before, cell: element.matches("td, th"), text };
        }),
    );
  await page.addStyleTag({ content: ".card { content-visibility: visible !important }" });
  // A font that is asked for when its first letter is laid out may come later than the engine; until it is there, lines
  // break elsewhere.
  await page.evaluate(() => Promise.all([...document.fonts].map((face) => face.load())));
  const before = await look();
  assert.ok(before.length > 0);
  engine();
  await walk(page);
  // A list grows while it is walked through: what was not there before has not changed, and nothing may have gone.
  const after = (await look()).filter(({ known }) => known);
  assert.equal(after.length, before.length);
  await close(page);
  return after.filter(({ by }) => Math.abs(by) >= 0.5).map(({ known, ...change }) => change);
}

const SUM = Array.from({ length: 30 }, (_, k) => `a_{${k}}`).join("+");
const FRACTIONS = Array.from({ length: 14 }, (_, k) => `\\frac{a_{${k}}}{b_{${k}}+1}`).join("+");
const MATRIX = `\\begin{pmatrix}${"aaaa&".repeat(9)}b\\end{pmatrix}`;
const inline = (tex) => formula(tex, { display: false }).replace(/<\/?p>/g, "");

/** What is wider than small paper, where it may stand, and whether it may become small there. */
const WIDE = {
  "a sum": [formula(`$$${SUM}=0$$`)],
  "a numbered sum": [formula(`\\begin{equation}${SUM}=0\\label{a}\\end{equation}`, { number: 0 })],
  "aligned sums": [formula(`\\begin{align}f(x)&=${SUM}\\\\&=${FRACTIONS}\\end{align}`, { number: 1 })],
  "split sums": [
    formula(`\\begin{equation}\\begin{split}f(x)&=${SUM}\\\\&=${FRACTIONS}\\end{split}\\end{equation}`, {
      number: 3,
    }),
  ],
  "a sum of two lines": [formula(`\\begin{multline}${SUM}\\\\+${SUM}=0\\end{multline}`, { number: 4 })],
  "a fraction": [formula(`$$\\frac{${SUM}}{${SUM}}$$`)],
  "a pair of parentheses": [formula(`$$\\left(${SUM}\\right)^2$$`)],
  "a sum in the text": [`<p>Words ${inline(`$${SUM}=0$`)} and words.</p>`],
  "a sum in a list": [`<ul><li>Words${formula(`$$${SUM}=0$$`)}</li></ul>`],
  "a sum in a quotation": [`<blockquote><p>Words</p>${formula(`$$${SUM}=0$$`)}</blockquote>`],
  "a table": [
    `<table><tr><th>Formula<th>Words<tr><td>${inline(`$${SUM}$`)}<td>some words that take place<tr><td>${inline("$\\frac{x+y+z}{b}$")}<td>${inline("$x^2$")}</table>`,
  ],
  "a matrix": [formula(`$$${MATRIX.replaceAll("&", "+b&")}$$`), "small"],
  "a table with a matrix": [
    `<table><tr><th>Formula<th>Words<tr><td>${inline(`$${MATRIX}$`)}<td>some words<td>${inline(`$${MATRIX}$`)}</table>`,
    "small",
  ],
  "a matrix in the text": [`<p>Words ${inline(`$${MATRIX}$`)} and words.</p>`, "small"],
};

describe("on A5 nothing is clipped, and what can be broken stays large", () => {
  for (const [name, [body, small]] of Object.entries(WIDE)) {
    test(name, async () => {
      const site = await serve(body);
      const page = await open(browser, site.address);
      await walk(page);
      await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
      await page.emulateMedia({ media: "print" });
      await page.setViewportSize({ width: A5, height: 700 });
      const seen = await page.evaluate(() => {
        const parts = [
          ...document.querySelectorAll("mjx-container mjx-math, mjx-container mjx-labels, td, th"),
        ];
        const boxes = parts.map((part) => part.getBoundingClientRect()).filter(({ width }) => width > 0);
        const text = Number.parseFloat(getComputedStyle(document.querySelector(".prose")).fontSize);
        const sizes = [...document.querySelectorAll(".math mjx-container")]
          .filter((one) => one.getBoundingClientRect().width > 0)
          .map((one) => Number.parseFloat(getComputedStyle(one).fontSize) / text);
        return {
          left: Math.min(...boxes.map(({ left }) => left)),
          right: Math.max(...boxes.map(({ right }) => right)) - innerWidth,
          size: Math.min(...sizes),
          count: sizes.length - document.querySelectorAll(".math").length,
        };
      });
      assert.ok(seen.left >= -1 && seen.right <= 1, JSON.stringify(seen));
      if (!small) assert.ok(seen.size >= 0.6, `${seen.size}`);
      assert.equal(seen.count, 0);
      await page.emulateMedia({ media: "screen" });
      await page.setViewportSize({ width: 1280, height: 900 });
      await page.evaluate(() => dispatchEvent(new Event("afterprint")));
      assert.equal(await page.locator(".folded").count(), 0);
      await close(page);
      site.stop();
    });
  }
});

test("on A5 nothing of very many formulas is clipped", async () => {
  const page = await open(browser, site.address, { viewport: { width: A5, height: 700 } });
  await page.emulateMedia({ media: "print" });
  await page.waitForSelector("mjx-container");
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  await page.waitForFunction(() => !document.querySelector(".math:not(.typeset, .bad-math)"));
  const clipped = await page.evaluate(() =>
    [...document.querySelectorAll("mjx-container mjx-math, mjx-container mjx-labels")]
      .filter((part) => {
        const box = part.getBoundingClientRect();
        return box.width > 0 && (box.right > innerWidth + 1 || box.left < -1);
      })
      .map((part) => part.closest(".math").dataset.tex.slice(0, 80)),
  );
  assert.deepEqual(clipped, []);
  await close(page);
});
