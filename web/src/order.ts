// The order For you, where the address asks for it. The server sends the newest first; the reader's own browser puts
// the papers in order. A day is ordered as a whole, an endless list page by page, so that nothing moves that was read.

import { type Growing, isDay } from "./growing.ts";
import { library } from "./library.ts";
import { cards, paper } from "./paper.ts";
import { parameter } from "./place.ts";
import { preferred, taste } from "./preference.ts";
import { toast } from "./toast.ts";
import { words } from "./words.ts";

const asked = (): boolean => parameter("sort") === "preference";

/** Orders what is loaded; of one day everything. Says whether this order is asked for. */
export async function order(growing: Growing | undefined): Promise<boolean> {
  if (!asked()) return false;
  if (isDay() && growing) {
    toast(words("ordering"));
    await growing.all();
  }
  sort(cards());
  return true;
}

/** Orders the papers of a page that came later; of a day, all are ordered at the end. */
export function orderFresh(fresh: readonly HTMLElement[]): void {
  if (asked() && !isDay()) sort(fresh);
}

function sort(papers: readonly HTMLElement[]): void {
  const [first] = papers;
  if (!first) return;
  const before = first.previousElementSibling;
  const from = Number(first.querySelector(".no")?.textContent) || 1;
  const ordered = preferred(papers.map(paper), taste(library()));
  const holder = document.createDocumentFragment();
  for (const [at, { element }] of ordered.entries()) {
    const number = element.querySelector(".no");
    if (number) number.textContent = String(from + at);
    holder.append(element);
  }
  if (before) before.after(holder);
  else document.querySelector(".papers")?.prepend(holder);
}
