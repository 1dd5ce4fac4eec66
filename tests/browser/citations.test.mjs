// What the site exports, read by citation.js: a parser of others, that reference managers on the web are built with.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { serve } from "./site.mjs";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { Cite } = require("@citation-js/core");
require("@citation-js/plugin-bibtex");
require("@citation-js/plugin-ris");

let site;
before(async () => {
  site = await serve();
});
after(() => site?.stop());

const LISTS = [
  "/arxiv/cs.LG",
  "/arxiv/cs.CL",
  "/venue/ICLR.2022",
  "/arxiv/hep-th/9711200",
  "/venue/shield@notes",
];

const TYPES = { bib: "@bibtex/text", ris: "@ris/file" };

/** The works at an address as CSL-JSON, read from a format by its suffix. */
async function read(path, suffix) {
  const response = await fetch(`${site.address}${path}.${suffix}`);
  assert.equal(response.status, 200, path);
  const [text, forceType] = [await response.text(), TYPES[suffix]];
  return new Cite(suffix === "json" ? JSON.parse(text) : text, forceType && { forceType }).data;
}

const person = (name) =>
  name.literal ??
  [name.given, name["dropping-particle"], name["non-dropping-particle"], name.family, name.suffix]
    .filter(Boolean)
    .join(" ");
const people = ({ author = [] }) => author.map(person);
const year = ({ issued }) => Number(issued["date-parts"][0][0]);
const plain = (title) => title.replace(/<[^>]+>/g, "").replace(/[{}$\\]/g, "");

for (const path of LISTS) {
  test(`${path}: BibTeX, RIS and CSL-JSON are read as the same works`, async () => {
    const csl = await read(path, "json");
    const bibtex = await read(path, "bib");
    const ris = await read(path, "ris");
    assert.ok(csl.length > 0);
    assert.deepEqual([bibtex.length, ris.length], [csl.length, csl.length]);
    for (const [index, work] of csl.entries()) {
      const [other, third] = [bibtex[index], ris[index]];
      assert.equal(other.id, work.id);
      assert.equal(plain(third.title), plain(work.title));
      if (!work.title.includes("$")) assert.equal(plain(other.title), plain(work.title));
      assert.deepEqual([year(other), year(third)], [year(work), year(work)], work.id);
      assert.deepEqual(people(other), people(work), work.id);
      assert.deepEqual(people(third), people(work), work.id);
      assert.deepEqual([other.URL, third.URL], [work.URL, work.URL], work.id);
    }
  });
}

test("a post in Chinese keeps its title and its author's name", async () => {
  const [work] = await read("/posts/rotary-position", "bib");
  assert.equal(work.title, "旋转位置编码：从一个要求推出全部");
  assert.deepEqual(people(work), ["砚石"]);
  const [other] = await read("/posts/rotary-position", "ris");
  assert.equal(other.title, work.title);
});
