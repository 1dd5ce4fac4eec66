// Which papers a reader has seen: those that stood in the middle of the screen for a while and then left it, and those
// that they opened.

import { around, paper, shown } from "../lists/paper.ts";
import { toast } from "../toast.ts";
import { words } from "../words.ts";
import { change, library, now, today } from "./library.ts";

const WHILE = 1500; // milliseconds
const MIDDLE = "-25% 0px -25% 0px";

/** Since when papers have stood in the middle. */
const since = new Map<HTMLElement, number>();
/** What the reader said themselves is not changed by looking. */
const decided = new Set<string>();

const middle = new IntersectionObserver(
  (entries) => {
    const at = performance.now();
    const left: HTMLElement[] = [];
    for (const { target, isIntersecting } of entries) {
      const element = target as HTMLElement;
      const start = since.get(element);
      if (isIntersecting) since.set(element, start ?? at);
      else since.delete(element);
      if (!isIntersecting && start !== undefined && at - start >= WHILE) left.push(element);
    }
    mark(left);
  },
  { rootMargin: MIDDLE },
);

/** A paper that was read goes grey when it is out of sight. */
const gone = new IntersectionObserver((entries) => {
  showSeen(
    entries.filter(({ isIntersecting }) => !isIntersecting).map(({ target }) => target as HTMLElement),
  );
});

export function seeing(): void {
  document.addEventListener("click", opening);
  document.addEventListener("auxclick", (event) => event.button === 1 && opening(event));
  document.addEventListener("submit", ({ target }) => {
    if (target instanceof HTMLElement && target.matches("form.reading")) open(around(target));
  });
  addEventListener("pagehide", leave);
  const only = document.querySelector<HTMLElement>(".panel.paper:not(.card)");
  if (only) open(only);
}

/** Watches papers of a list. */
export function watchSeen(cards: readonly HTMLElement[]): void {
  for (const card of cards) {
    middle.observe(card);
    gone.observe(card);
  }
}

/** Shows which papers were seen. */
export function showSeen(papers: readonly HTMLElement[] = shown()): void {
  for (const element of papers) element.classList.toggle("seen", library().seen.has(element.id));
}

/** Marks a paper as seen, or takes the mark back. */
export function toggleSeen(element: HTMLElement): void {
  const on = !library().seen.has(element.id);
  decided.add(element.id);
  change(({ seen }) => (on ? seen.set(element.id, today()) : seen.delete(element.id)));
  showSeen([element]);
  toast(words(on ? "seen" : "unseen"));
}

function opening({ target }: MouseEvent): void {
  const link = target instanceof Element ? target.closest<HTMLElement>(".title-link, .title-pdf") : null;
  const element = around(link);
  if (!link || !element) return;
  open(element);
  const count = link.matches(".title-pdf") && element.dataset.paper;
  if (!count || counted.has(count)) return;
  counted.add(count);
  void fetch(`/papers/${count}/opened`, { method: "POST", keepalive: true }).catch(() =>
    counted.delete(count),
  );
}

/** Papers whose PDF was opened from this page: once is enough. */
const counted = new Set<string>();

function open(element: HTMLElement | null): void {
  if (!element) return;
  const { id, keywords } = paper(element);
  change(({ opened, seen }) => {
    opened.set(id, { at: now(), keywords: [...keywords] });
    if (!decided.has(id)) seen.set(id, today());
  });
  showSeen([element]);
}

function leave(): void {
  const at = performance.now();
  mark([...since].filter(([, start]) => at - start >= WHILE).map(([element]) => element));
}

function mark(papers: readonly HTMLElement[]): void {
  const fresh = papers.filter(({ id }) => !decided.has(id) && !library().seen.has(id));
  if (fresh.length === 0) return;
  change(({ seen }) => {
    for (const { id } of fresh) seen.set(id, today());
  });
  showSeen(fresh.filter(isOutOfSight)); // it may have gone in one jump
}

function isOutOfSight(element: HTMLElement): boolean {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom < 0 || top > innerHeight;
}
