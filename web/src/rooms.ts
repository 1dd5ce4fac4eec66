// Gives each formula the room it will take as soon as the parser has made its element, before the first paint: what
// stands around it then stays where it is when the engine comes.

import { source } from "./formula.ts";
import { height, type Piece, pieces, reach, width } from "./measures.ts";
import { neighbours } from "./neighbours.ts";

/** Longer ones may break over lines, so that they get a box for each piece that stays whole. */
const LONG = 11;

/** Follows the parser to the end of the page. */
export function rooms(): void {
  const parser = new MutationObserver(reserve);
  parser.observe(document, { childList: true, subtree: true });
  document.addEventListener("DOMContentLoaded", () => {
    reserve(parser.takeRecords());
    parser.disconnect();
  });
}

function reserve(records: MutationRecord[]): void {
  for (const { addedNodes } of records) {
    for (const node of addedNodes) {
      if (!(node instanceof HTMLElement)) continue;
      if (node.matches(".math")) give(node);
      else for (const element of node.querySelectorAll<HTMLElement>(".math:not(.room)")) give(element);
    }
  }
}

function give(element: HTMLElement): void {
  const tex = source(element);
  if (tex === "") return; // its text is still to come, in a record of its own
  if (element.matches(".display")) {
    element.style.setProperty("--room", `${height(tex).toFixed(2)}em`);
    element.classList.add("room");
    return;
  }
  for (const [side, far] of Object.entries(reached(tex))) element.style.setProperty(side, far.toFixed(2));
  neighbours(element);
  const wide = width(tex);
  if (wide > LONG) {
    element.classList.add("rooms");
    element.replaceChildren(
      ...pieces(tex)
        .flatMap((piece) => [gap(), room(piece)])
        .slice(1),
    );
    return;
  }
  element.classList.add("room");
  element.style.setProperty("--room", wide.toFixed(2));
}

function room({ tex, width }: Piece): HTMLElement {
  const place = document.createElement("span");
  place.style.setProperty("--room", width.toFixed(2));
  place.textContent = tex;
  return place;
}

/** Between two pieces: at the end of a line it goes. */
function gap(): HTMLElement {
  const place = document.createElement("span");
  place.className = "gap";
  return place;
}

function reached(tex: string): Record<string, number> {
  const [above, below] = reach(tex) ?? [];
  return above && below ? { "--above": above, "--below": below } : {};
}
