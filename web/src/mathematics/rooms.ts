// Gives each formula the room it will take as soon as it is in the page, before it is painted: what stands around it
// then stays where it is when the engine comes.

import { source } from "./formula.ts";
import { height, type Piece, pieces, width } from "./measures.ts";
import { neighbours } from "./neighbours.ts";

/** Longer ones may break over lines, so that they get a box for each piece that stays whole; in em. */
const LONG = 11;
/** What goes further than this from the foot of its line may push the next line away; in em. */
const ABOVE = 0.8;
const BELOW = 0.3;

/** Follows the parser, and whatever comes into the page later. */
export function rooms(): void {
  const parser = new MutationObserver(reserve);
  parser.observe(document, { childList: true, subtree: true });
  document.addEventListener("DOMContentLoaded", () => reserve(parser.takeRecords()));
}

const NEW = ".math:not(.room, .typeset, .bad-math)";

/** Formulas at which the parser stands: their text may still be on its way. */
const open = new Set<HTMLElement>();

function reserve(records: MutationRecord[]): void {
  for (const { addedNodes } of records) {
    for (const node of addedNodes) {
      if (!(node instanceof HTMLElement)) continue;
      if (node.matches(NEW)) open.add(node);
      else for (const element of node.querySelectorAll<HTMLElement>(NEW)) open.add(element);
    }
  }
  for (const element of open) {
    if (!ended(element)) continue;
    open.delete(element);
    if (element.matches(NEW)) give(element);
  }
}

/** Whether the parser has passed the end of an element. */
function ended(element: Element): boolean {
  if (document.readyState !== "loading" || !element.isConnected) return true;
  let node: Element | null = element;
  while (node && !node.nextSibling) node = node.parentElement;
  return node !== null;
}

function give(element: HTMLElement): void {
  const tex = source(element);
  if (element.matches(".display")) {
    element.style.setProperty("--room", `${height(tex).toFixed(2)}em`);
    element.classList.add("room");
    return;
  }
  neighbours(element);
  const all = pieces(tex);
  const wide = width(tex);
  const parts = wide > LONG ? all : [whole(tex, wide, all)];
  element.classList.add("room");
  element.classList.toggle("parts", parts.length > 1);
  element.style.setProperty("--rooms", parts.map(({ width }) => width.toFixed(3)).join(" "));
  element.replaceChildren(...parts.flatMap((piece) => [gap(piece), room(piece)]).slice(1));
}

function whole(tex: string, width: number, parts: readonly Piece[]): Piece {
  const most = (side: "above" | "below") => Math.max(...parts.map((part) => part[side]));
  return { tex, width, gap: 0, above: most("above"), below: most("below") };
}

function room({ tex, width, above, below }: Piece): HTMLElement {
  const place = document.createElement("span");
  place.style.setProperty("--room", width.toFixed(3));
  if (above > ABOVE) place.style.setProperty("--above", above.toFixed(2));
  if (below > BELOW) place.style.setProperty("--below", below.toFixed(2));
  place.textContent = tex;
  return place;
}

/** Between two pieces: at the end of a line it goes. */
function gap(piece: Piece): HTMLElement {
  const place = document.createElement("span");
  place.className = "gap";
  place.style.setProperty("--gap", piece.gap.toFixed(3));
  return place;
}
