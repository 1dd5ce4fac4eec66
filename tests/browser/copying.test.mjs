// What lands in the clipboard: the TeX of formulas, whatever is selected, and however.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { formula, serve } from "./assets.mjs";
import { close, launch, open, walk, without } from "./browser.mjs";
import { PLACES } from "./places.mjs";
import { serve as samples } from "./site.mjs";

let browser;
let sample;
before(async () => {
  [browser, sample] = await Promise.all([launch(), samples()]);
});
after(async () => {
  await browser?.close();
  await sample?.stop();
});

const inline = (tex, id) =>
  formula(tex, { display: false })
    .replace(/<\/?p>/g, "")
    .replace("<span", `<span id="${id}"`);

const BODY = `
<p id="p1">Let ${inline("$x_1<2$", "m1")} be <b>small</b>, and ${inline("$y$", "m2")} large.</p>
<p id="p2">Then ${inline("$\\frac{x_1}{y}$", "m3")} is small.</p>
<ul id="list"><li id="l1">One ${inline("$a$", "m4")}</li><li id="l2">Two ${inline("$b$", "m5")} more</li></ul>
<table id="table"><thead><tr><th>What</th><th>How</th></tr></thead>
<tbody><tr id="r1"><td id="c1">first</td><td id="c2">${inline("$c$", "m6")}</td></tr><tr><td id="c3">second</td><td id="c4">${inline("$d$", "m7")} end</td></tr></tbody></table>
${formula("\\begin{equation}\n  e = f % a remark\n  + g\\label{e}\n\\end{equation}", { number: 0 }).replace("<div", '<div id="eq"')}
<p id="p3">Last.</p>`;

/** Where a selection begins and ends (an element, from whose first or last text), and what is copied. */
const SELECTIONS = [
  [
    "from inside a formula to inside another",
    "m1",
    "m3",
    "$x_1<2$ be small, and $y$ large.\n\nThen $\\frac{x_1}{y}$",
  ],
  ["one formula", "m1", "m1", "$x_1<2$"],
  ["over paragraphs", "p1", "p2", "Let $x_1<2$ be small, and $y$ large.\n\nThen $\\frac{x_1}{y}$ is small."],
  ["a list", "l1", "l2", "One $a$\nTwo $b$ more"],
  ["from a formula in a list", "m4", "l2", "$a$\nTwo $b$ more"],
  ["rows of a table", "c1", "c4", "first\t$c$\nsecond\t$d$ end"],
  ["cells of a row", "c1", "c2", "first\t$c$"],
  ["a cell", "c4", "c4", "$d$ end"],
  [
    "a numbered display",
    "eq",
    "p3",
    "\\begin{equation}\n  e = f % a remark\n  + g\\label{e}\n\\end{equation}\n\nLast.",
  ],
  [
    "into a numbered display",
    "l2",
    "eq",
    /^Two \$b\$ more\s+What\tHow\nfirst\t\$c\$\nsecond\t\$d\$ end\s+\\begin\{equation\}\n {2}e/,
  ],
];

function copied(page, from, to) {
  return page.evaluate(
    ([from, to]) => {
      const ends = (id) => {
        const texts = document.createTreeWalker(document.getElementById(id), NodeFilter.SHOW_TEXT);
        const all = [];
        while (texts.nextNode())
          if (!texts.currentNode.parentElement.closest("button")) all.push(texts.currentNode);
        // A formula consists of letters that the style sheet draws.
        return all.length > 0 ? all : [document.getElementById(id).querySelector("mjx-c")];
      };
      const range = document.createRange();
      range.setStart(ends(from)[0], 0);
      const last = ends(to).at(-1);
      range.setEnd(last, last.length ?? 0);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      const data = new DataTransfer();
      const event = new ClipboardEvent("copy", { clipboardData: data, bubbles: true, cancelable: true });
      document.body.dispatchEvent(event);
      return { text: data.getData("text/plain"), html: data.getData("text/html") };
    },
    [from, to],
  );
}

function check(text, expected) {
  if (expected instanceof RegExp) assert.match(text, expected);
  else assert.equal(text, expected);
}

describe("a selection copies TeX", () => {
  for (const typeset of [true, false]) {
    test(typeset ? "that was typeset" : "that waits for the engine", async (context) => {
      const site = await serve(BODY);
      context.after(site.stop);
      let engine = () => {};
      const held = new Promise((resolve) => (engine = resolve));
      const prepare = typeset ? undefined : without(held);
      const page = await open(browser, site.address, { prepare });
      if (typeset) await walk(page);
      for (const [name, from, to, expected] of SELECTIONS) {
        const { text, html } = await copied(page, from, to);
        check(text, expected);
        assert.doesNotMatch(html, /mjx-|<button|class="math|style=|data-/, name);
      }
      engine();
      await walk(page);
      await close(page);
    });
  }
});

test("what is pasted as HTML keeps its tables and lists", async (context) => {
  const site = await serve(BODY);
  context.after(site.stop);
  const page = await open(browser, site.address);
  await walk(page);
  assert.match(
    (await copied(page, "c1", "c4")).html,
    /^<table[^>]*><tbody><tr[^>]*><td[^>]*>first<\/td><td[^>]*><span>\$c\$/,
  );
  assert.match((await copied(page, "c1", "c2")).html, /^<table[^>]*><tbody><tr/);
  assert.match((await copied(page, "l1", "l2")).html, /^<ul[^>]*><li[^>]*>One <span>\$a\$<\/span><\/li>/);
  assert.match((await copied(page, "m1", "p1")).html, /^<span>\$x_1&lt;2\$<\/span> be <b>small<\/b>/);
  await close(page);
});

test("all of a page, by keyboard", async () => {
  const page = await open(browser, sample.address + PLACES.post);
  await walk(page);
  await page.evaluate(() =>
    addEventListener("copy", ({ clipboardData }) => {
      globalThis.copied = clipboardData.getData("text/plain");
    }),
  );
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Control+c");
  const [text, sources] = await page.evaluate(() => [
    globalThis.copied,
    [...document.querySelectorAll(".math")].map((math) => math.dataset.tex),
  ]);
  let at = 0;
  for (const source of sources) {
    const found = text.indexOf(source, at);
    assert.ok(found >= at, `${source} is not where it should be`);
    at = found + source.length;
  }
  assert.doesNotMatch(text, /[\u{1d400}-\u{1d7ff}]/u);
  await close(page);
});
