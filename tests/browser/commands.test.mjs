// What mathematicians write every day, through the engine that the pages load.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { formula, serve } from "./assets.mjs";
import { close, launch, open, walk } from "./browser.mjs";

/** How many of the formulas were typeset when this was written: it may only grow. */
const TYPESET = 626;

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

test("everyday commands are typeset", async (context) => {
  const text = await readFile(new URL("../formulas/benign.txt", import.meta.url), "utf8");
  const formulas = text.split("\n").filter((line) => line && !line.startsWith("%"));
  const site = await serve(formulas.map((tex) => formula(`$$${tex}$$`)).join(""));
  const page = await open(browser, site.address);
  await walk(page);
  const failed = await page.evaluate(() =>
    [...document.querySelectorAll(".math")]
      .filter((element) => !element.querySelector("mjx-container") || element.querySelector("mjx-merror"))
      .map((element) => `${element.dataset.tex ?? element.textContent} ${element.title}`),
  );
  await close(page);
  site.stop();
  const typeset = formulas.length - failed.length;
  context.diagnostic(`${typeset} of ${formulas.length} formulas are typeset`);
  for (const one of failed) context.diagnostic(one);
  assert.ok(typeset >= TYPESET, failed.join("\n"));
});
