// Chromium with a conscience: a page that complains, misses a file or calls another host fails its test.

import assert from "node:assert/strict";
import { createRequire } from "node:module";

// The packages live with those of web/, so that there is one lock file.
const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { chromium } = require("playwright-core");

/** The source of axe-core, to be run inside a page. */
export const AXE = require.resolve("axe-core/axe.min.js");

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
];

/** A running Chromium: the one of CHROMIUM, else Debian's. */
export function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
}

/**
 * A page in a context of its own. `page.complaints` collects what must not happen; `expected` says which of the
 * complaints a test provokes itself, and `prepare` is run before the page is asked for.
 */
export async function open(browser, address, { expected = () => false, prepare, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.complaints = [];
  const complain = (text) => expected(text) || page.complaints.push(text);
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complain(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => complain(`error: ${error.message}`));
  page.on("requestfailed", (request) => {
    // What the page itself breaks off is no failure: a stream that it closes, a font when it is left.
    const closed = request.failure()?.errorText === "net::ERR_ABORTED";
    if (!closed) complain(`failed: ${request.url()} ${request.failure()?.errorText}`);
  });
  page.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith("http") && origin !== new URL(address).origin)
      complain(`foreign: ${request.url()}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400) complain(`${response.status()}: ${response.url()}`);
  });
  await prepare?.(page);
  const answer = await page.goto(address);
  page.status = answer?.status();
  return page;
}

/** Keeps the engine of mathematics back from a page until the promise that is given is kept. */
export const without = (engine) => (page) =>
  page.route("**/mathjax/engine.js", async (route) => {
    await engine;
    await route.continue();
  });

/** Ends a page, and says what it complained of. */
export async function close(page) {
  const { complaints } = page;
  await page.context().close();
  assert.deepEqual(complaints, []);
}

/** Waits until every formula that can be seen has been typeset or refused. */
export async function typeset(page) {
  await page.waitForFunction(() =>
    [...document.querySelectorAll(".math:not(.typeset, .bad-math)")].every((element) => {
      const box = element.getBoundingClientRect();
      return box.bottom < 0 || box.top > innerHeight || box.width === 0;
    }),
  );
}

/** Scrolls through the whole page, so that all of it is typeset. */
export async function walk(page) {
  await page.evaluate(async () => {
    for (let top = 0; top < document.documentElement.scrollHeight; top += innerHeight / 2) {
      scrollTo({ top, behavior: "instant" });
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    }
  });
  // A list may have grown behind the walk; what is folded is not typeset before it is shown.
  await page.waitForFunction(
    () => {
      const left = document.querySelector(".math:not(.typeset, .bad-math, [hidden], .folded *)");
      left?.scrollIntoView({ behavior: "instant", block: "center" });
      return !left;
    },
    undefined,
    { polling: 100 },
  );
  await page.evaluate(() => scrollTo({ top: 0, behavior: "instant" }));
}

/**
 * Translates the page as browsers do: each text node that may be, once; what comes later is found by the next call.
 * A word is translated into capitals with a star, so that a second translation would show.
 */
export function translate(page) {
  return page.evaluate(() => {
    globalThis.translated ??= new WeakSet();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if (globalThis.translated.has(node)) continue;
      if (node.parentElement.closest('[translate="no"], .notranslate, script, style')) continue;
      globalThis.translated.add(node);
      node.data = node.data.replace(/\w+/g, (word) => `${word.toUpperCase()}*`);
    }
  });
}

/** What axe-core finds on the page, one line for each. */
export async function violations(page) {
  await page.evaluate(await source(AXE));
  return page.evaluate(async () => {
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const { violations } = await globalThis.axe.run(document, { runOnly: tags });
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)}`));
  });
}

async function source(path) {
  const { readFile } = await import("node:fs/promises");
  return readFile(path, "utf8");
}
