import { expect, test } from "vitest";
import { empty } from "../src/library/library.ts";
import { type Facts, preferred, score, taste, terms } from "../src/library/preference.ts";

const paper = (id: string, facts: Partial<Facts> = {}): Facts => ({
  id,
  keywords: [],
  categories: [],
  date: "2026-11-23",
  folded: "",
  ...facts,
});

function reader() {
  const library = empty();
  library.stars.set("1", { title: [], href: "/", at: 1, keywords: ["Optimal Transport", "entropy"] });
  library.opened.set("2", { at: 1, keywords: ["entropy", "graph"] });
  library.watched = ["math.OC"];
  library.include = ["diffusion AND control"];
  library.forgotten = ["graph"];
  return library;
}

test("a star weighs three times what an opened paper does; what was taken out weighs nothing", () => {
  expect([...terms(reader())]).toEqual([
    ["optimal transport", 3],
    ["entropy", 4],
  ]);
});

test("terms, watched categories and words add up", () => {
  const like = taste(reader());
  expect(score(paper("x"), like)).toBe(0);
  expect(score(paper("x", { keywords: ["optimal transport"] }), like)).toBe(2);
  expect(score(paper("x", { categories: ["cs.LG", "Math.oc"] }), like)).toBe(2);
  expect(score(paper("x", { folded: "control of diffusion" }), like)).toBe(3);
  expect(score(paper("x", { keywords: ["graph"] }), like)).toBe(0);
});

test("the best first, then the newer, then by name: always the same order", () => {
  const all = [
    paper("c"),
    paper("b"),
    paper("old", { date: "2026-11-20" }),
    paper("best", { keywords: ["entropy"], date: "2020-01-01" }),
  ];
  const order = (papers: Facts[]) => preferred(papers, taste(reader())).map(({ id }) => id);
  expect(order(all)).toEqual(["best", "b", "c", "old"]);
  expect(order([...all].reverse())).toEqual(order(all));
});
