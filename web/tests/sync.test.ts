import { expect, test } from "vitest";
import { empty, type Library } from "../src/library/library.ts";
import { combined } from "../src/library/sync.ts";

function holding(stars: string[], watched: string[] = [], keys = true): Library {
  const star = (id: string) => ({ title: [id], href: `/arxiv/${id}`, at: 1, keywords: [] });
  return { ...empty(), stars: new Map(stars.map((id) => [id, star(id)])), watched, keys };
}

function check(base: Library, own: Library, other: Library): [string[], string[], boolean] {
  const both = combined(base, own, other);
  return [[...both.stars.keys()].sort(), both.watched.sort(), both.keys];
}

test("what either browser added is in both", () => {
  expect(check(holding([]), holding(["1"], ["a"]), holding(["2"], ["B"]))).toEqual([
    ["1", "2"],
    ["B", "a"],
    true,
  ]);
});

test("what either browser took out is in neither", () => {
  const base = holding(["1", "2", "3"], ["a", "b"]);
  expect(check(base, holding(["2", "3"], ["a", "b"]), holding(["1", "2"], ["B"]))).toEqual([
    ["2"],
    ["b"],
    true,
  ]);
});

test("a setting is what was changed last", () => {
  expect(check(holding([]), holding([], [], false), holding([]))[2]).toBe(false);
  expect(check(holding([]), holding([]), holding([], [], false))[2]).toBe(false);
});
