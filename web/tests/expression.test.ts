import { expect, test } from "vitest";
import { expression, fold, places } from "../src/library/expression.ts";

test.each([
  ["diffusion", "Diffusion models", true],
  ["diffusion", "two diffusions", true],
  ["diffusion", "antidiffusion", false],
  ["box", "boxes", true],
  ["quanti*", "Quantization of weights", true],
  ["quanti*", "requantify", false],
  ["diffusion control", "control by diffusion", true],
  ["diffusion control", "diffusion alone", false],
  ["diffusion AND (control OR planning)", "planning with diffusion", true],
  ["diffusion AND (control OR planning)", "diffusion of images", false],
  ["survey OR benchmark", "A Benchmark", true],
  ["a b OR c", "c", true],
  ['"low rank"', "a low-rank matrix", true],
  ['"low rank"', "rank, low", false],
  ["“low rank”", "low rank", true],
  ["test-time", "test time training", true],
  ["diffusion -image", "diffusion of images", false],
  ["diffusion NOT image", "diffusion of sound", true],
  ["-(image OR video)", "a video", false],
  ["Schrodinger", "Schrödinger bridges", true],
  ["Schrödinger", "Schrodinger bridges", true],
  ["扩散", "基于扩散模型的控制", true],
  ["C++", "written in C++", true],
  ["L_2", "in L_2", true],
  ["(diffusion", "diffusion", true],
  ["diffusion)", "diffusion", true],
  ["OR diffusion AND", "diffusion", true],
])("%s in “%s”: %s", (words, text, expected) => {
  expect(expression(words)?.matches(fold(text))).toBe(expected);
});

test.each(["", "  ", "AND", "()", '""', "-", "*", "((((", "OR OR"])("“%s” says nothing", (words) => {
  expect(expression(words)).toBeUndefined();
});

test("any text is read, however deep", () => {
  for (const many of ["(", "-", "NOT ", '"', "OR "])
    expect(() => expression(`${many.repeat(1000)}a`)).not.toThrow();
});

test("a folded text has its letters where they were", () => {
  for (const text of ["Schrödinger İstanbul ﬁne", "Ångström 𝔘x", "STRASSE ß"])
    expect(fold(text)).toHaveLength(text.length);
  const text = "Für Schrödinger-Brücken";
  const [place] = places(fold(text), expression("brucken")?.wanted ?? []);
  expect(text.slice(...(place ?? []))).toBe("Brücken");
});

test("what is excluded is not wanted", () => {
  expect(expression("diffusion -image (flow OR -video)")?.wanted).toHaveLength(2);
});
