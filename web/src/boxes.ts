// What is too wide scrolls in a box of its own, which may be reached by keyboard while there is something to scroll to.

import { words } from "./words.ts";

/** Listings and tables; displays join them once they are typeset. */
export const BOXES = "pre, .scroll, :not(.scroll) > table";

const boxes = new ResizeObserver((entries) => {
  const wide = entries.map(
    ({ target }) => [target as HTMLElement, target.scrollWidth > target.clientWidth + 1] as const,
  );
  for (const [element, overflows] of wide) mark(element, overflows);
  // A scroll bar takes its place from the gap below, not from what follows.
  const bars = wide.flatMap(([element, overflows]) => {
    return overflows && element.matches(".display")
      ? [[element, element.offsetHeight - element.clientHeight] as const]
      : [];
  });
  for (const [element, bar] of bars) element.style.setProperty("--bar", `${bar}px`);
});

/** Watches the width of a box. */
export function reserve(element: HTMLElement): void {
  boxes.observe(element);
}

/** Watches it no longer. */
export function release(element: HTMLElement): void {
  boxes.unobserve(element);
}

// A formula in the text that is shorter than this, in the text's em, stays in one piece.
const SHORT = 11;

/** Formulas in the text break over lines when they are long; only what cannot be broken gets a box, too. */
export function fit(formulas: Iterable<HTMLElement>): void {
  const inline = [...formulas].filter((element) => element.classList.contains("inline"));
  for (const element of inline) {
    element.classList.remove("long");
    mark(element, false);
  }
  const long = inline.filter((element) => width(element) > Math.min(SHORT * em(element), room(element)));
  for (const element of long) element.classList.add("long");
  const wide = long.filter((element) => width(element) > room(element) + 1);
  for (const element of wide) mark(element, true);
}

// So little, in em, is added to or taken from the sides of a formula, that nobody sees it.
const LITTLE = 0.2;

/** Formulas nearly as wide as the room that was kept for them take just that room: no line breaks elsewhere. */
export function keep(formulas: readonly HTMLElement[]): void {
  const sides = formulas.flatMap((element) => {
    const room = Number(element.style.getPropertyValue("--room"));
    const inner = element.matches(".inline.room") ? element.querySelector("mjx-container") : null;
    const over = inner && room - inner.getBoundingClientRect().width / em(element);
    return over && Math.abs(over) < LITTLE ? [[element, over / 2] as const] : [];
  });
  for (const [element, side] of sides) element.style.setProperty("--side", `${side.toFixed(3)}em`);
}

const columns = new ResizeObserver(() => fit(document.querySelectorAll<HTMLElement>(".math.typeset")));
columns.observe(document.documentElement);

function width(element: HTMLElement): number {
  return element.getBoundingClientRect().width;
}

function em(element: HTMLElement): number {
  return Number.parseFloat(getComputedStyle(element).fontSize);
}

/** The width of the column that an inline formula stands in. */
function room(element: HTMLElement): number {
  let block = element.parentElement;
  while (block && block.clientWidth === 0) block = block.parentElement;
  return block?.clientWidth ?? innerWidth;
}

function mark(element: HTMLElement, overflows: boolean): void {
  if (element.classList.contains("wide") === overflows) return;
  element.classList.toggle("wide", overflows);
  if (!overflows) {
    for (const name of ["tabindex", "role", "aria-label"]) element.removeAttribute(name);
    return;
  }
  element.tabIndex = 0;
  if (!element.matches(".math")) return;
  element.setAttribute("role", "group");
  element.setAttribute("aria-label", words(element.matches(".display") ? "equation" : "formula"));
}
