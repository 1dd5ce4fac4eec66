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

// What is wider than this, in em, may be too wide for some paper.
const BROAD = 12;

/**
 * Measures fresh formulas. Those nearly as wide as the room that was kept for them take just that room, so that no
 * line breaks elsewhere; of broad ones the style for paper is told how much fits into no smaller place.
 */
export function settle(formulas: readonly HTMLElement[]): void {
  const measured = formulas.flatMap((element) => {
    const inner = element.querySelector<HTMLElement>("mjx-container");
    return inner
      ? [
          {
            element,
            own: inner.getBoundingClientRect().width / em(element),
            whole: whole(inner) / em(element),
          },
        ]
      : [];
  });
  for (const { element, own, whole } of measured) {
    const over = element.matches(".inline.room")
      ? Number(element.style.getPropertyValue("--room")) - own
      : LITTLE;
    if (Math.abs(over) < LITTLE) element.style.setProperty("--side", `${(over / 2).toFixed(3)}em`);
    element.classList.toggle("broad", whole > BROAD);
    if (whole > BROAD) element.style.setProperty("--broad", whole.toFixed(2));
  }
}

/** The width of the widest part that stays in one line. */
function whole(container: HTMLElement): number {
  // With a number beside it a display is as wide as its column, but no narrower than this.
  const least = Number.parseFloat(container.style.minWidth);
  if (least) return least * em(container);
  const { left, right } = (container.querySelector("mjx-math") ?? container).getBoundingClientRect();
  const breaks = [...container.querySelectorAll("mjx-break")].map(
    (place) => place.getBoundingClientRect().left,
  );
  const edges = [left, ...breaks, right];
  return edges.reduce((widest, edge, n) => Math.max(widest, edge - (edges[n - 1] ?? edge)), 0);
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
