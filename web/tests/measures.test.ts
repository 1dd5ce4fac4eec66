import { expect, test } from "vitest";
import { height, width } from "../src/measures.ts";

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
});
