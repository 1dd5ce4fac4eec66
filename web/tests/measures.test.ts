import { expect, test } from "vitest";
import { height, pieces, reach, width } from "../src/measures.ts";

// Widths as the engine sets them, in em of the text.
const SET: [string, number][] = [
  ["$B$", 0.8],
  ["$k=n$", 2.6],
  ["$W_0\\in\\mathbb{R}^{d\\times k}$", 4.97],
  ["$a_1,\\dots,a_r\\sim\\mathcal{N}(0,I_k)$", 9.25],
  ["$AA^{\\top}-B^{\\top}B$", 5.83],
  ["$\\boldsymbol{R}_m=e^{m\\boldsymbol{B}}$", 4.97],
  ["$x^{(1)}$", 1.65],
  ["$10\\,000$", 2.82],
  ["$R/\\ell_s=(4\\pi g_sN)^{1/4}$", 8.67],
  ["$\\mathrm{d}x=-\\mathrm{d}u/(u\\ln b)$", 8.28],
];

test.each(SET)("%s is nearly as wide as it is guessed to be", (tex, em) => {
  expect(Math.abs(width(tex) - em)).toBeLessThan(0.05 * em + 0.1);
});

test("a display has room for its lines, and a matrix for its rows", () => {
  const plain = height("$$a=b$$");
  expect(height("\\begin{align}a&=b\\\\c&=d\\\\e&=f\\end{align}")).toBeGreaterThan(plain + 1);
  expect(height("$$\\begin{pmatrix}1\\\\2\\\\3\\\\4\\end{pmatrix}$$")).toBeGreaterThan(plain + 1);
  expect(height("$$\\sum_{k=1}^n k$$")).toBeGreaterThan(plain);
});

test("a long formula comes in the pieces that lines may be made of, together its source", () => {
  const tex = "$`a+b = \\left(c-d\\right) \\in {e+f}`$";
  expect(pieces(tex).map((piece) => piece.tex)).toEqual([
    "$`a",
    "+b ",
    "= \\left(c-d\\right) ",
    "\\in {e+f}`$",
  ]);
  const sum = pieces(tex).reduce((sum, piece) => sum + piece.width, 0);
  expect(sum).toBeLessThan(width(tex));
  expect(sum).toBeGreaterThan(width(tex) - 1);
});

test("what is set as in a display reaches over its line", () => {
  expect(reach("$\\frac12$")).toBeUndefined();
  expect(reach("$\\dfrac12$")).toBeDefined();
  expect(reach("$\\displaystyle\\int_0^1 f$")).toBeDefined();
});

test.each([
  "$\\frac{a$",
  "$}}}{{{$",
  "$\\left$",
  "$\\begin$",
  "$^^__$",
  "",
  "$\\sqrt[$",
  `$${"{".repeat(20000)}$`,
  `$${"\\sqrt".repeat(20000)}$`,
])("a joke ends, too: %#", (tex) => {
  expect(width(tex)).toBeGreaterThanOrEqual(0);
  expect(
    pieces(tex)
      .map((piece) => piece.tex)
      .join(""),
  ).toBe(tex);
});
