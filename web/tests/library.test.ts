import { beforeEach, expect, test, vi } from "vitest";
import type * as Library from "../src/library/library.ts";

const KEY = "library";
let own: typeof Library;
beforeEach(async () => {
  localStorage.clear();
  vi.resetModules();
  own = await import("../src/library/library.ts");
});

const star = { title: ["On ", "$N$", ""], href: "/arxiv/2611.00001", at: 5, keywords: ["entropy"] };

test("what is changed is kept, and read again", async () => {
  own.change((library) => {
    library.stars.set("2611.00001", star);
    library.seen.set("2611.00002", 20_000);
    library.watched = own.put(library.watched, "cs.LG", true);
    library.keys = false;
  });
  vi.resetModules();
  const again = (await import("../src/library/library.ts")).library();
  expect(again).toEqual(own.library());
  expect([...again.stars]).toEqual([["2611.00001", star]]);
});

test("another tab's changes are not lost", () => {
  own.change((library) => library.seen.set("a", 1));
  const other = own.read(localStorage.getItem(KEY) ?? "");
  other?.seen.set("b", 2);
  localStorage.setItem(KEY, own.write(other ?? own.empty()));
  own.change((library) => library.seen.set("c", 3));
  expect([...own.library().seen.keys()]).toEqual(["a", "b", "c"]);
});

test.each(["{", "null", "[]", '"x"', "{}", '{"format":"inkstone-library","version":2}', '{"version":1}'])(
  "%s is no library: it is set aside, and an empty one begun",
  async (text) => {
    localStorage.setItem(KEY, text);
    expect(own.library()).toEqual(own.empty());
    own.change((library) => library.seen.set("a", 1));
    expect(localStorage.getItem("library-set-aside")).toBe(text);
    expect(own.read(text)).toBeUndefined();
  },
);

test("what is wrong inside a library is left out, and the rest is kept", () => {
  const found = own.read(
    JSON.stringify({
      format: "inkstone-library",
      version: 1,
      stars: {
        good: star,
        foreign: { ...star, href: "//evil.example" },
        script: { ...star, href: "javascript:1" },
        no: 7,
      },
      seen: { a: 1, b: "x", c: null },
      opened: [1, 2],
      watched: ["cs.LG", 5, " CS.LG ", "", "math.OC"],
      excluded: "cs.CL",
      surprise: { __proto__: 1 },
      keys: "yes",
    }),
  );
  expect(found && [...found.stars.keys()]).toEqual(["good"]);
  expect(found && [...found.seen]).toEqual([["a", 1]]);
  expect(found?.opened.size).toBe(0);
  expect(found?.watched).toEqual(["cs.LG", "math.OC"]);
  expect(found?.excluded).toEqual([]);
  expect(found?.keys).toBe(true);
});

test("an id may be any text", () => {
  own.change((library) => library.stars.set("__proto__", star));
  expect(own.read(own.write(own.library() as Library.Library))?.stars.get("__proto__")).toEqual(star);
});

test("the oldest seen marks go first", () => {
  own.change((library) => {
    for (let n = 0; n < 12_000; n++) library.seen.set(`p${n}`, n);
    library.stars.set("s", star);
  });
  expect(own.library().seen.size).toBe(10_000);
  expect(own.library().seen.has("p1999")).toBe(false);
  expect(own.library().seen.has("p2000")).toBe(true);
  expect(own.library().stars.size).toBe(1);
});

test("a full store loses seen marks, and nothing else; a forbidden one is told of", () => {
  let kept: string | null = null;
  let room = 20_000;
  vi.stubGlobal("localStorage", {
    getItem: () => kept,
    setItem: (_: string, text: string) => {
      if (text.length > room) throw new DOMException("full", "QuotaExceededError");
      kept = text;
    },
  });
  const first = own.change((library) => {
    for (let n = 0; n < 5000; n++) library.seen.set(`paper-${n}`, n);
    library.stars.set("s", star);
  });
  expect(first).toBe(true);
  expect(own.read(kept ?? "")?.stars.size).toBe(1);
  room = 0;
  expect(own.change((library) => library.stars.set("t", star))).toBe(false);
  expect(own.library().stars.size).toBe(2);
  vi.unstubAllGlobals();
});

test("two libraries become one, which holds all of both", () => {
  const [mine, other] = [own.empty(), own.empty()];
  mine.stars.set("a", star);
  other.stars.set("a", { ...star, at: 99 }).set("b", star);
  mine.seen.set("a", 3);
  other.seen.set("a", 7).set("c", 1);
  mine.watched = ["cs.LG", "cs.AI"];
  other.watched = ["CS.lg", "math.OC"];
  other.keys = false;
  expect(own.additions(mine, other)).toEqual([
    ["stars", 1],
    ["seen", 1],
    ["watched", 1],
  ]);
  const both = own.merge(mine, other);
  expect(both.stars.get("a")?.at).toBe(5);
  expect(both.seen.get("a")).toBe(7);
  expect(both.watched).toEqual(["cs.LG", "cs.AI", "math.OC"]);
  expect(both.keys).toBe(true);
  expect(own.additions(both, other)).toEqual([]);
});

test("listeners hear of changes, and everything can be erased", () => {
  const heard = vi.fn();
  own.onchange(heard);
  own.change((library) => library.seen.set("a", 1));
  own.erase();
  expect(heard).toHaveBeenCalledTimes(2);
  expect(own.library()).toEqual(own.empty());
});
