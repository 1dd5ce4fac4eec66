import { beforeEach, describe, expect, test } from "vitest";
import { LiveDocument, Lost, type Patch } from "../src/readings/patches.ts";

let place: HTMLElement;
let told: string[];
let live: LiveDocument;

beforeEach(() => {
  place = document.createElement("div");
  told = [];
  const name = (nodes: readonly Node[]) => nodes.map((node) => node.textContent).join("|");
  live = new LiveDocument(place, {
    sealed: (nodes) => told.push(`sealed ${name(nodes)}`),
    leaving: (nodes) => nodes.length > 0 && told.push(`leaving ${name(nodes)}`),
  });
});

type Unnumbered = Patch extends infer P ? (P extends Patch ? Omit<P, "seq"> : never) : never;

/** Applies patches numbered from 1, and expects the page to read `html` after the last. */
function check(patches: Unnumbered[], html: string) {
  patches.forEach((patch, index) => {
    live.apply({ ...patch, seq: index + 1 } as Patch);
  });
  expect(place.innerHTML).toBe(html);
}

describe("every operation", () => {
  test("append adds a block", () =>
    check(
      [
        { op: "append", html: "<p>a</p>" },
        { op: "append", html: "<p>b</p><hr>" },
      ],
      "<p>a</p><p>b</p><hr>",
    ));
  test("append keeps the beginning of the tail", () =>
    check(
      [
        { op: "tail", html: "<p>ab</p>" },
        { op: "append", keep: 4, html: "c</p>" },
      ],
      "<p>ac</p>",
    ));
  test("append of nothing is an empty block", () =>
    check(
      [{ op: "append" }, { op: "append", html: "<p>b</p>" }, { op: "replace", block: 0, html: "<p>a</p>" }],
      "<p>a</p><p>b</p>",
    ));
  test("tail replaces the tail", () =>
    check(
      [
        { op: "tail", html: "<p>a</p>" },
        { op: "tail", keep: 4, html: " b</p>" },
      ],
      "<p>a b</p>",
    ));
  test("tail counts UTF-16 units", () =>
    check(
      [
        { op: "tail", html: "<p>𝕏甲</p>" },
        { op: "tail", keep: 5, html: "乙</p>" },
      ],
      "<p>𝕏乙</p>",
    ));
  test("tail becomes empty", () => check([{ op: "tail", html: "<p>a</p>" }, { op: "tail" }], ""));
  test("text grows the code block at the end", () =>
    check(
      [
        { op: "tail", html: "<ul><li><pre><code>a\n</code></pre></li></ul>" },
        { op: "text", text: 'if a < b && "c"\n' },
        { op: "text", text: "d\n" },
      ],
      '<ul><li><pre><code>a\nif a &lt; b &amp;&amp; "c"\nd\n</code></pre></li></ul>',
    ));
  test("text is on the string as well", () =>
    check(
      [
        { op: "tail", html: "<pre><code></code></pre>" },
        { op: "text", text: "a<b" },
        { op: "append", keep: "<pre><code>a&lt;b".length, html: "c</code></pre>" },
      ],
      "<pre><code>a&lt;bc</code></pre>",
    ));
  test("replace changes a block in its place", () =>
    check(
      [
        { op: "append", html: "<p>a</p>" },
        { op: "append", html: "<p>b</p>" },
        { op: "tail", html: "<p>t</p>" },
        { op: "replace", block: 0, html: "<p>A</p><p>AA</p>" },
        { op: "replace", block: 1, html: "<p>B</p>" },
      ],
      "<p>A</p><p>AA</p><p>B</p><p>t</p>",
    ));
  test("end", () => {
    check([{ op: "append", html: "<p>a</p>" }, { op: "end" }], "<p>a</p>");
    expect(live.ended).toBe(true);
  });
  test("snapshot forgets everything", () => {
    check(
      [
        { op: "append", html: "<p>old</p>" },
        { op: "tail", html: "<p>old tail</p>" },
      ],
      "<p>old</p><p>old tail</p>",
    );
    live.apply({
      op: "snapshot",
      seq: 40,
      v: 1,
      blocks: ["<p>a</p>", "<p>b</p>"],
      tail: "<p>t</p>",
      ended: false,
    });
    live.apply({ op: "tail", seq: 41, keep: 4, html: "u</p>" });
    expect(place.innerHTML).toBe("<p>a</p><p>b</p><p>tu</p>");
  });
});

describe("nodes", () => {
  test("a tail that did not change is promoted, not built again", () => {
    const html = "<p>a</p>";
    live.apply({ op: "tail", seq: 1, html });
    const node = place.firstChild;
    live.apply({ op: "append", seq: 2, keep: html.length });
    expect(place.firstChild).toBe(node);
    expect(told).toEqual(["sealed a"]);
  });
  test("leading nodes of a tail that did not change stay", () => {
    live.apply({ op: "tail", seq: 1, html: "<p>a</p><p>b</p>" });
    const [first, second] = place.childNodes;
    live.apply({ op: "tail", seq: 2, keep: 8, html: "<p>bc</p>" });
    expect(place.childNodes[0]).toBe(first);
    expect(place.childNodes[1]).not.toBe(second);
    expect(told).toEqual(["leaving b"]);
  });
  test("what the page does in a tail builds none of it again", () => {
    live.apply({ op: "tail", seq: 1, html: "<p>a <i>x</i></p><pre><code>b</code></pre>" });
    const [first, code] = place.children;
    first?.firstElementChild?.classList.add("room");
    live.apply({ op: "text", seq: 2, text: "c" });
    live.apply({ op: "tail", seq: 3, keep: 43, html: "<p>d</p>" });
    expect([...place.children].slice(0, 2)).toEqual([first, code]);
    live.apply({ op: "append", seq: 4, keep: 51, html: "" });
    expect(place.children[0]).toBe(first);
    expect(place.textContent).toBe("a xbcd");
  });
  test("the typesetter hears of what leaves before what is sealed", () => {
    check(
      [
        { op: "append", html: "<p>a</p>" },
        { op: "replace", block: 0, html: "<p>b</p>" },
      ],
      "<p>b</p>",
    );
    expect(told).toEqual(["sealed a", "leaving a", "sealed b"]);
  });
  test("a tail is never given to the typesetter", () => {
    check(
      [
        { op: "tail", html: "<p>a</p>" },
        { op: "tail", html: "<p>b</p>" },
      ],
      "<p>b</p>",
    );
    expect(told).toEqual(["leaving a"]);
  });
});

describe("what is not in order", () => {
  test("a duplicate is ignored", () => {
    live.apply({ op: "append", seq: 1, html: "<p>a</p>" });
    live.apply({ op: "append", seq: 1, html: "<p>a</p>" });
    expect(place.innerHTML).toBe("<p>a</p>");
  });
  const lost: [string, Patch][] = [
    ["a gap", { op: "tail", seq: 2, html: "<p>a</p>" }],
    ["text without code", { op: "text", seq: 1, text: "a" }],
    ["a block that is not there", { op: "replace", seq: 1, block: 3, html: "" }],
    ["an unknown operation", { op: "sing", seq: 1 } as unknown as Patch],
    ["another version", { op: "snapshot", seq: 1, v: 2, blocks: [], tail: "", ended: false }],
  ];
  test.each(lost)("%s is said", (_, patch) => {
    expect(() => live.apply(patch)).toThrow(Lost);
    expect(place.innerHTML).toBe("");
  });
});

/** A small generator of pseudo-random numbers below `limit`, the same on every run. */
function dice(seed: number) {
  let state = seed;
  return (limit: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state % limit;
  };
}

test("nodes and strings agree after any patches", () => {
  const parts = [
    "<p>a</p>",
    "<p>a</p><p>b</p>",
    "<ul><li>x</li></ul>",
    "<pre><code>1\n</code></pre>",
    "<p>甲<em>b</em></p>",
  ];
  for (let seed = 1; seed <= 300; seed++) {
    const roll = dice(seed);
    const box = document.createElement("div");
    const fresh = new LiveDocument(box, { sealed: () => {}, leaving: () => {} });
    const blocks: string[] = [];
    let tail = "";
    for (let seq = 1; seq <= 20; seq++) {
      const html = parts[roll(parts.length)] ?? "";
      const kept = ["", tail][roll(2)] ?? "";
      const kind = roll(4);
      if (kind === 0) {
        fresh.apply({ op: "append", seq, keep: kept.length, html });
        blocks.push(kept + html);
        tail = "";
      } else if (kind === 1 && blocks.length > 0) {
        const block = roll(blocks.length);
        fresh.apply({ op: "replace", seq, block, html });
        blocks[block] = html;
      } else if (kind === 2 && tail.endsWith("</code></pre>")) {
        fresh.apply({ op: "text", seq, text: "<2>\n" });
        tail = tail.replace(/<\/code><\/pre>$/, "&lt;2&gt;\n</code></pre>");
      } else {
        fresh.apply({ op: "tail", seq, keep: kept.length, html });
        tail = kept + html;
      }
      const whole = document.createElement("div");
      whole.innerHTML = blocks.join("") + tail;
      expect(box.innerHTML).toBe(whole.innerHTML);
    }
  }
});
