// Papers on a page, as the reader's own library has them: starred, seen, folded, filtered, in order, and growing.

import { expression } from "../library/expression.ts";
import { applyFilter, filter, filtering } from "../library/filter.ts";
import { folding, foldUnwanted } from "../library/folding.ts";
import { highlight } from "../library/highlight.ts";
import { library, onchange } from "../library/library.ts";
import { order, orderFresh } from "../library/order.ts";
import { seeing, showSeen, watchSeen } from "../library/seen.ts";
import { starred, stars } from "../library/stars.ts";
import { showWatched, watching } from "../library/watching.ts";
import { watch } from "../mathematics/typesetting.ts";
import { copies } from "./copies.ts";
import { Growing } from "./growing.ts";
import { reserveHeights } from "./heights.ts";
import { cards, shown } from "./paper.ts";
import { comeBack, linked, notePlace, remembered } from "./place.ts";

export function papers(): void {
  if (shown().length === 0 && !document.querySelector(".papers")) return;
  stars();
  copies();
  folding();
  watching();
  offer(cards());
  showSeen();
  dress();
  seeing();
  onchange(dress);
  filter();
  void list();
}

/** The list of the page, if it is one. */
async function list(): Promise<void> {
  const element = document.querySelector<HTMLElement>(".papers");
  const pager = element?.querySelector<HTMLElement>(":scope > .pager");
  if (!element || !pager) return;
  const growing = pager.querySelector("a[rel=next]")
    ? new Growing(element, pager, fresh, filtering)
    : undefined;
  const ordered = await order(growing);
  document.documentElement.classList.remove("ordering"); // set by theme.ts
  const place = remembered() ?? (ordered || !isThere() ? linked() : undefined);
  if (place) await growing?.until(place.anchor);
  if (place) comeBack(place);
  notePlace();
}

/** Whether the browser itself finds the paper that the address names. */
function isThere(): boolean {
  const place = linked();
  return place === undefined || document.getElementById(place.anchor) !== null;
}

/** What changes with the library. */
function dress(): void {
  starred();
  showWatched();
  mark();
  const { excluded, exclude } = library();
  const unwanted = [...excluded, "", ...exclude].join("\n");
  if (unwanted !== folded) foldUnwanted();
  folded = unwanted;
}

/** What was unwanted when papers were folded last. */
let folded = "";

/** Makes papers that came later as the others are. */
function fresh(papers: HTMLElement[]): void {
  for (const card of papers) watch(card);
  starred(papers);
  showSeen(papers);
  orderFresh(papers);
  offer(papers);
  applyFilter(papers);
  mark();
}

function offer(papers: HTMLElement[]): void {
  reserveHeights(papers);
  watchSeen(papers);
  foldUnwanted(papers);
}

let marked = "";

/** Marks the words that the reader looks for, where they or the papers are others than before. */
function mark(): void {
  const asked = [shown().length, ...library().include].join("\n");
  if (asked === marked) return;
  marked = asked;
  const wanted = library().include.flatMap((text) => expression(text) ?? []);
  highlight("included", shown(), wanted);
}
