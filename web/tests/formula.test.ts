import { expect, test } from "vitest";
import { formula, stripped } from "../src/mathematics/formula.ts";

test.each([
  ["$x$", "x"],
  ["$$ x $$", " x "],
  ["\\(x\\)", "x"],
  ["\\[x\n\\]", "x\n"],
  ["$`x`$", "x"],
  ["$$$$", ""],
  ["```math\nx\ny\n```", "x\ny"],
  ["\\begin{align}a&=b\\end{align}", "\\begin{align}a&=b\\end{align}"],
  ["$\\text{if $x$}$", "\\text{if $x$}"],
])("%j is %j between its delimiters", (source, tex) => expect(stripped(source)).toBe(tex));

test("a formula knows its number, its references and whether it is a display", () => {
  const element = document.createElement("div");
  element.className = "math display notranslate";
  element.dataset.number = "4";
  element.dataset.refs = '{"eq:a":"5"}';
  element.textContent = "$$x \\eqref{eq:a}$$";
  const read = { tex: "x \\eqref{eq:a}", display: true, number: 4, refs: { "eq:a": "5" } };
  expect(formula(element)).toEqual(read);
  element.dataset.tex = element.textContent;
  element.innerHTML = "<mjx-container>anything</mjx-container>";
  expect(formula(element)).toEqual(read);
});

test("a formula is typeset with its macros written out", () => {
  const element = document.createElement("span");
  element.textContent = "$\\R$";
  element.dataset.expanded = "\\mathbb{R}";
  expect(formula(element).tex).toBe("\\mathbb{R}");
  element.dataset.expanded = "";
  expect(formula(element).tex).toBe("");
});

test("bad references are none", () => {
  const element = document.createElement("span");
  element.dataset.refs = "{";
  expect(formula(element).refs).toEqual({});
});
