// Macros of two posts on one page, of their comments and of a paper: each as its own document has it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { close, launch, open, walk } from "./browser.mjs";
import { serve } from "./site.mjs";

let browser;
let site;
before(async () => {
  [browser, site] = await Promise.all([launch(), serve({ MACROS__OWN: "\\mathbf{o}" }, "tests/macros")]);
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

/** The formulas of a page that show, each as its source and the letters that it is typeset as; `!` where it is not. */
const shown = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll("main .math:not([hidden]), main .bad-math:not(.math)")].map((element) => {
      const letters = [...element.querySelectorAll("mjx-math mjx-c")].map(({ textContent }) => textContent);
      return [element.dataset.tex ?? element.textContent, letters.join("").replace("\u2061", "") || "!"];
    }),
  );

const visible = (page, text) => page.evaluate((text) => document.body.innerText.includes(text), text);

const ONE = [
  ["$\\same$", "𝔸"],
  ["$\\pair{y}$", "⟨𝑥,𝑦⟩"],
  ["$\\own$", "𝐨"],
];
const TWO = [
  ["$\\same$", "!"],
  ["$\\Tr\\same$", "Tr𝔹"],
  ["$\\pair{y}$", "!"],
];

test("each post on the home page has its own macros, whichever is typeset first", async () => {
  const orders = [];
  for (const first of ["top", "bottom"]) {
    const page = await open(browser, site.address, { viewport: { width: 800, height: 200 } });
    if (first === "bottom") await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    await page.waitForSelector(".math.typeset");
    await walk(page);
    orders.push(await shown(page));
    assert.ok(!(await visible(page, "newcommand")));
    await close(page);
  }
  assert.deepEqual(orders[0], orders[1]);
  const seen = JSON.stringify(orders[0]);
  assert.ok(seen.includes(JSON.stringify(ONE).slice(1, -1)), seen);
  assert.ok(seen.includes(JSON.stringify(TWO).slice(1, -1)), seen);
});

test("a comment has the macros of its post, and defines none", async () => {
  const page = await open(browser, `${site.address}/posts/one`);
  await walk(page);
  const seen = await shown(page);
  const comment = [
    ["$\\same$", "𝔸"],
    ["$\\own$", "𝐨"],
    ["$\\def\\same{\\mathbb{C}}$", "!"],
  ];
  assert.deepEqual(seen.slice(-3), comment);
  assert.deepEqual(
    await page.evaluate(() => [...document.querySelectorAll("mjx-labels")].map((label) => label.textContent)),
    ["(1)"],
  );
  await close(page);
});

test("a paper has the macros of the site only", async () => {
  const page = await open(browser, `${site.address}/arxiv/2501.00001`);
  await walk(page);
  const seen = await shown(page);
  assert.deepEqual(seen.slice(0, 3), [
    ["$\\own$", "𝐨"],
    ["$\\own$", "𝐨"],
    ["$\\same$", "!"],
  ]);
  await close(page);
});
