// What is too wide scrolls in a box of its own, which may be reached by keyboard while there is something to scroll to.

import { words } from "../words.ts";

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

/** Formulas in the text break over lines when they are long; only what cannot be broken gets a box, too. */
export function fit(formulas: Iterable<HTMLElement>): void {
  const inline = [...formulas].filter((element) => element.classList.contains("inline"));
  for (const element of inline) {
    element.classList.remove("long");
    mark(element, false);
  }
  const long = inline.filter((element) => element.matches(".parts") || width(element) > room(element));
  for (const element of long) element.classList.add("long");
  const wide = long.filter((element) => width(element) > room(element) + 1);
  for (const element of wide) mark(element, true);
}

// So little, in em, is added to or taken from the sides of a formula, or of an operator in it, that nobody sees it.
const LITTLE = 0.2;

// What is wider than this, in em, may be too wide for some paper.
const BROAD = 12;

/**
 * Measures fresh formulas. Those nearly as wide as the room that was kept for them take just that room, so that no
 * line breaks elsewhere; of broad ones the style for paper is told how much fits into no smaller place.
 */
export function settle(formulas: readonly HTMLElement[]): void {
  const measured = formulas.flatMap((element) => {
    const inner = element.querySelector<HTMLElement>("mjx-container");
    if (!inner) return [];
    const broad = whole(inner) / em(element);
    return [{ element, inner, broad, spare: element.matches(".inline.room") ? spare(element, inner) : [] }];
  });
  for (const { element, inner, broad, spare } of measured) {
    if (spare.length > 1) spread(inner, spare);
    else if (spare[0] !== undefined && Math.abs(spare[0]) < LITTLE)
      element.style.setProperty("--side", `${(spare[0] / 2).toFixed(4)}em`);
    element.classList.toggle("broad", broad > BROAD);
    if (broad > BROAD) element.style.setProperty("--broad", broad.toFixed(2));
  }
}

/** Where lines may end. */
const BREAKS = "mjx-break:not(:has(+ mjx-mspace[style*='width: 0.']))";

/** How much wider the room for each piece of a formula is than the piece, in em; nothing where the pieces differ. */
function spare(element: HTMLElement, inner: HTMLElement): number[] {
  const rooms = element.style.getPropertyValue("--rooms").split(" ").map(Number);
  const own = rooms.length > 1 ? parts(inner) : [width(inner)];
  if (own.length !== rooms.length) return [];
  return own.map((wide, n) => (rooms[n] ?? 0) - wide / em(element));
}

/** The widths of what stays whole in a line. */
function parts(inner: HTMLElement): number[] {
  const breaks = [...inner.querySelectorAll(BREAKS)];
  const starts = [
    inner.querySelector("mjx-math")?.firstElementChild,
    ...breaks.map((at) => at.nextElementSibling),
  ];
  const ends = [
    ...breaks.map((at) => at.previousElementSibling),
    inner.querySelector("mjx-math")?.lastElementChild,
  ];
  return starts.map((start, n) => {
    const [from, to] = [
      start?.getBoundingClientRect().left ?? 0,
      ends[n]?.getBoundingClientRect().right ?? 0,
    ];
    return to - from;
  });
}

/** Moves the operators at which lines may end, so that each piece is as wide as its room. */
function spread(inner: HTMLElement, spare: readonly number[]): void {
  const operators = [...inner.querySelectorAll(BREAKS)].map((at) => at.nextElementSibling);
  for (const [n, over] of spare.entries()) {
    const side = n === 0 ? "marginInlineStart" : "marginInlineEnd";
    const place = n === 0 ? inner : operators[n - 1];
    if (place instanceof HTMLElement && Math.abs(over) < LITTLE) place.style[side] = `${over.toFixed(4)}em`;
  }
}

/** The width of the widest part that stays in one line. */
function whole(container: HTMLElement): number {
  // With a number beside it a display is as wide as its column, but no narrower than this.
  const least = Number.parseFloat(container.style.minWidth);
  if (least) return least * em(container);
  return Math.max(0, ...parts(container));
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
