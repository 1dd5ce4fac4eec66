// Single keys that act on papers. They do nothing where the reader writes, and can be switched off.

import { inboxKeys } from "../discussing/inbox.ts";
import { library } from "../library/library.ts";
import { toggleSeen } from "../library/seen.ts";
import { cards } from "./paper.ts";
import { closeKeys, toggleKeys } from "./shortcuts.ts";

const actions: Record<string, () => boolean> = {
  j: () => step(1),
  k: () => step(-1),
  o: () => press(title(current())),
  p: () => press(within(".title-pdf")),
  s: () => press(within("form.reading button")),
  x: () => press(within("form.stop button")),
  r: () =>
    press(within(".side a[href$='#related']")) || press(document.querySelector('.toc a[href="#related"]')),
  f: () => press(within("form.star button")),
  c: () => press(within('[data-copy="txt"]')),
  m: seen,
  "/": search,
  "[": () => press(document.querySelector(".previous-day")),
  "]": () => press(document.querySelector(".next-day")),
  "g h": () => go("/"),
  "g a": () => go("/papers"),
  "g s": () => go("/stars"),
  t: theme,
  "?": toggleKeys,
};

const TOGETHER = 1500; // milliseconds between two keys that belong together

/** The first of two keys, and when it was pressed. */
let first = { key: "", at: Number.NEGATIVE_INFINITY };

/** Listens for the keys, except where the reader writes. */
export function keys(): void {
  const own = inboxKeys();
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape" && closeKeys()) return;
    if (writes(event.target)) {
      if (event.key === "Escape") (event.target as HTMLElement).blur();
      return;
    }
    if (!library().keys) return;
    const begun = event.timeStamp - first.at < TOGETHER ? `${first.key} ` : "";
    first = { key: event.key, at: event.key === "g" && !begun ? event.timeStamp : Number.NEGATIVE_INFINITY };
    const pressed = begun + event.key;
    if ((own[pressed] ?? actions[pressed])?.()) event.preventDefault();
  });
}

function step(by: 1 | -1): boolean {
  const all = [...document.querySelectorAll<HTMLElement>("main :is(.card, article.entry)")];
  const items = all.filter((item) => !item.hidden);
  const selected = current();
  const here = selected ? items.indexOf(selected) : -1;
  const next = items[here < 0 && by < 0 ? items.length - 1 : here + by];
  if (!next) return false;
  for (const item of all) item.removeAttribute("aria-current");
  next.setAttribute("aria-current", "true");
  next.scrollIntoView({ block: "start" });
  title(next)?.focus({ preventScroll: true });
  return true;
}

function current(): HTMLElement | null {
  return document.querySelector<HTMLElement>("main :is(.card, .entry)[aria-current]");
}

/** The paper that is meant: the current one, the one with the focus, or the only one. */
function meant(): HTMLElement | null {
  const focused = document.activeElement?.closest<HTMLElement>(".card");
  return current() ?? focused ?? document.querySelector<HTMLElement>(".panel.paper:not(.card)");
}

function title(item: HTMLElement | null): HTMLElement | null | undefined {
  return item?.querySelector<HTMLElement>(":is(h2, h3) a");
}

function within(selector: string): HTMLElement | null {
  return meant()?.querySelector<HTMLElement>(selector) ?? null;
}

function press(element: HTMLElement | null | undefined): boolean {
  element?.click();
  return Boolean(element);
}

function seen(): boolean {
  const paper = meant();
  if (!paper || !cards().includes(paper)) return false;
  toggleSeen(paper);
  return true;
}

function search(): boolean {
  const field = document.querySelector<HTMLInputElement>("input[type=search]");
  field?.focus();
  field?.select();
  return Boolean(field);
}

function go(address: string): boolean {
  location.assign(address);
  return true;
}

/** The next of the three themes. */
function theme(): boolean {
  const radios = [...document.querySelectorAll<HTMLInputElement>("input[name=theme]")];
  const here = radios.findIndex((radio) => radio.checked);
  return press(radios[(here + 1) % radios.length]);
}

function writes(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches("textarea, select, input:not([type=radio], [type=checkbox])"))
  );
}
