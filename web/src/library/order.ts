// The order For you, where the address asks for it. The server sends the newest first; the reader's own browser puts
// the papers in order: all of them, or page by page where the server says so because there are very many. Then nothing
// moves that was read.

import type { Growing } from "../lists/growing.ts";
import { cards, paper } from "../lists/paper.ts";
import { parameter } from "../lists/place.ts";
import { toast } from "../toast.ts";
import { words } from "../words.ts";
import { library } from "./library.ts";
import { preferred, taste } from "./preference.ts";

/** Papers on a page of the server. */
const PAGE = 25;

const asked = (): boolean => parameter("sort") === "preference";

const inParts = (): boolean => document.querySelector(".order-note") !== null;

/** Orders everything, or in parts what is loaded. Says whether this order is asked for. */
export async function order(growing: Growing | undefined): Promise<boolean> {
  if (!asked()) return false;
  if (!inParts() && growing) {
    toast(words("ordering"));
    await growing.all();
  }
  sortParts(cards(), inParts() ? PAGE : Number.POSITIVE_INFINITY);
  return true;
}

/** Orders among themselves the papers that came later. */
export function orderFresh(fresh: readonly HTMLElement[]): void {
  if (asked()) sortParts(fresh, PAGE);
}

/** However much comes at once, it is in the order in which it came page by page. */
function sortParts(papers: readonly HTMLElement[], size: number): void {
  for (let from = 0; from < papers.length; from += size) sort(papers.slice(from, from + size));
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
