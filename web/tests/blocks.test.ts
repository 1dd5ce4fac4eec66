// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from "vitest";
import { type Block, Blocks } from "../src/writing/blocks.ts";

let place: HTMLElement;
let sealed: Node[];
let left: Node[];
let blocks: Blocks;

beforeEach(() => {
  document.body.innerHTML = '<div id="preview"></div>';
  place = document.querySelector("#preview") as HTMLElement;
  [sealed, left] = [[], []];
  blocks = new Blocks(place, {
    sealed: (nodes) => sealed.push(...nodes),
    leaving: (nodes) => left.push(...nodes),
  });
});

const block = (words: string, line = 1): Block => ({ key: words, line, html: `<p>${words}</p>\n` });
const without = (words: string, line = 1): Block => ({ key: words, line });
const words = () => [...place.children].map((element) => element.textContent).join(" ");

describe("blocks of a preview", () => {
  it("keeps what stays", () => {
    blocks.show([block("a"), block("b"), block("c")]);
    const [first, , last] = place.children;
    blocks.show([without("a"), block("x"), block("y"), without("c")]);
    expect(words()).toBe("a x y c");
    expect(place.children[0]).toBe(first);
    expect(place.children[3]).toBe(last);
    expect(left.filter((node) => node instanceof Element).map((node) => node.textContent)).toEqual(["b"]);
  });

  it("moves what moved, and copies what comes twice", () => {
    blocks.show([block("a"), block("b"), block("c")]);
    const [a] = place.children;
    blocks.show([without("b"), without("c"), without("a"), without("b")]);
    expect(words()).toBe("b c a b");
    expect(place.children[2]).toBe(a);
  });

  it("takes over what the page came with", () => {
    place.innerHTML = "<p>a</p>\n<p>b</p>\n";
    const [first] = place.children;
    expect(blocks.show([block("a"), block("b")])).toBe(0);
    expect([place.children[0], sealed.length]).toEqual([first, 0]);
    expect(blocks.keys).toEqual(["a", "b"]);
  });

  it("replaces what is not the same", () => {
    place.innerHTML = "<p>old</p>";
    blocks.show([block("a"), block("b")]);
    expect(words()).toBe("a b");
    blocks.show([]);
    expect(place.childNodes.length).toBe(0);
  });

  it("finds the element of a line", () => {
    blocks.show([block("a", 1), block("b", 3), block("c", 9), block("d", 9)]);
    const at = (line: number) => blocks.at(line)?.element.textContent;
    expect([at(1), at(2), at(3), at(6), at(9), at(99)]).toEqual(["a", "a", "b", "b", "c", "d"]);
    expect(blocks.at(6)?.part).toBe(0.5);
  });
});
