// A page with very many formulas: it must not jump while they are typeset, and must fit on small paper.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { formula, serve } from "./assets.mjs";
import { close, launch, open } from "./browser.mjs";

const INLINE = 261;
const DISPLAYS = 60;

let browser;
let site;
before(async () => {
  browser = await launch();
  site = await serve(heavy());
});
after(async () => {
  await browser.close();
  site.stop();
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

test("it hardly shifts from the first paint to the end", async (context) => {
  for (const width of [390, 1280]) {
    const page = await open(browser, site.address, { viewport: { width, height: 900 } });
    await page.addInitScript(() => {
      globalThis.shifts = [];
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries())
          if (!entry.hadRecentInput) globalThis.shifts.push([entry.startTime, entry.value]);
      }).observe({ type: "layout-shift", buffered: true });
    });
    await page.reload();
    await page.evaluate(async () => {
      for (let top = 0; top < document.documentElement.scrollHeight; top += 300) {
        scrollTo({ top, behavior: "instant" });
        await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      }
    });
    await page.waitForFunction(() => !document.querySelector(".math:not(.typeset, .bad-math)"));
    const cls = await page.evaluate(() => {
      // The largest session window, as web-vitals counts it: gaps under a second, five seconds at the most.
      let [largest, sum, first, last] = [0, 0, 0, Number.NEGATIVE_INFINITY];
      for (const [time, value] of globalThis.shifts) {
        if (time - last > 1000 || time - first > 5000) [sum, first] = [0, time];
        [sum, last] = [sum + value, time];
        largest = Math.max(largest, sum);
      }
      return largest;
    });
    context.diagnostic(`${width} px: CLS ${cls.toFixed(4)}`);
    assert.ok(cls <= 0.1, `${cls} at ${width} px`);
    assert.equal(await page.locator(".math").count(), INLINE + DISPLAYS);
    await close(page);
  }
});

test("on A5 nothing is clipped", async () => {
  // 148 mm less the margins of the print style, at 96 pixels an inch.
  const width = Math.floor(((148 - 32) / 25.4) * 96);
  const page = await open(browser, site.address, { viewport: { width, height: 700 } });
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
