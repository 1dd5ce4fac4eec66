import { expect, test } from "vitest";
import { height, pieces, width } from "../src/mathematics/measures.ts";

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

// How far formulas go above and below their line, as the engine sets them.
const REACH: [string, number, number][] = [
  ["$\\mathbb{R}^{d}$", 0.91, 0],
  ["$\\lambda=\\frac{r}{r+k+1}$", 0.79, 0.46],
  ["$\\dfrac{\\mathrm{d}u}{u^2}$", 1.45, 0.77],
  ["$\\displaystyle\\int_t^{\\infty}\\frac{e^{\\mathrm{i}u}}{u}$", 1.59, 0.96],
  ["$\\bigl(1+\\tfrac{k+1}{r}\\bigr)$", 1.03, 0.5],
  ["$x_{i_j}^{n^2}$", 1.06, 0.59],
];

test.each(REACH)("%s goes about as far above and below its line as it is guessed to", (tex, above, below) => {
  const most = (side: "above" | "below") => Math.max(...pieces(tex).map((piece) => piece[side]));
  expect(Math.abs(most("above") - above)).toBeLessThan(0.15);
  expect(Math.abs(most("below") - below)).toBeLessThan(0.15);
});

// The heights of displays, with the space above and below, as the engine sets them.
const DISPLAYS: [string, number][] = [
  ["$$\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}$$", 3.78],
  ["\\begin{align}\\frac ab&=b\\\\\\sum_{i}^n c&=d\\\\e&=f\\end{align}", 7.77],
  ["$$\\begin{vmatrix}1&2&3\\\\3&4&5\\\\1&1&1\\end{vmatrix}$$", 5.26],
  ["$$\\begin{cases}a,&\\text{向右走}\\\\-a,&\\text{向左走}\\end{cases}$$", 4.45],
  ["$$\\sqrt{\\frac{1+x}{1-x}}$$", 3.86],
];

test.each(DISPLAYS)("%s gets at least the height that it takes, and little more", (tex, em) => {
  expect(height(tex)).toBeGreaterThan(em - 0.05);
  expect(height(tex)).toBeLessThan(em + 1.2);
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
  `$${"\\left".repeat(20000)}$`,
  `$${"\\begin{cases}".repeat(20000)}$`,
  `$${"&\\\\[".repeat(20000)}$`,
  `$${"x^{x_".repeat(20000)}$`,
])("a joke ends, too: %#", (tex) => {
  expect(width(tex)).toBeGreaterThanOrEqual(0);
  expect(height(tex)).toBeGreaterThan(0);
  expect(
    pieces(tex)
      .map((piece) => piece.tex)
      .join(""),
  ).toBe(tex);
});
