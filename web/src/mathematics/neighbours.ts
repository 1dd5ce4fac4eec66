// A typeset formula is a box to the browser. What it does by itself between Chinese and letters – a little space,
// no bracket that opens at the end of a line – has to be asked for beside a box.

/** Says beside what a formula in the text stands; the style sheet does the rest. */
export function neighbours(element: HTMLElement): void {
  const before = beside(element, "previousSibling");
  const after = beside(element, "nextSibling");
  element.classList.toggle("after-han", /\p{Script=Han}$/u.test(before));
  element.classList.toggle("before-han", /^\p{Script=Han}/u.test(after));
  element.classList.toggle("opened", /\p{Open_Punctuation}$/u.test(before));
}

const INLINE = "a, b, em, i, mark, s, small, strong, u, del, ins";

/** The text beside an element, out of the words that it stands in. */
function beside(element: HTMLElement, side: "previousSibling" | "nextSibling"): string {
  let node: Node = element;
  while (!node[side] && node.parentElement?.matches(INLINE)) node = node.parentElement;
  return node[side]?.textContent ?? "";
}
