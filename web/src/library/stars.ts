// The star buttons. Which papers are starred is known from the reader's own library, so that it is right on a page from
// any cache; the site is told as well, and counts.

import { around, paper, shown } from "../lists/paper.ts";
import { toast } from "../toast.ts";
import { words } from "../words.ts";
import { change, library, now, type Star } from "./library.ts";

/** Buttons whose press the site has not answered yet. */
const waiting = new WeakSet<HTMLElement>();

/** Whether the reader has gone on to another page: then no answer says that the site refused. */
let left = false;

/** The page of what the site remembers of this reader's stars. */
const REMEMBERED = "/stars";

export function stars(): void {
  addEventListener("pagehide", () => {
    left = true;
  });
  addEventListener("pageshow", () => {
    left = false;
  });
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (!form.matches("form.star")) return;
    event.preventDefault();
    void toggle(form);
  });
}

/** Shows on papers whether they are starred. */
export function starred(papers: readonly HTMLElement[] = shown()): void {
  for (const element of papers) {
    const button = element.querySelector<HTMLButtonElement>("form.star button");
    if (button && !waiting.has(button)) press(button, isStarred(element, button));
  }
}

function isStarred(element: HTMLElement, button: HTMLButtonElement): boolean {
  const here = location.pathname === REMEMBERED && button.dataset.pressed === undefined;
  return here || library().stars.has(element.id);
}

async function toggle(form: HTMLFormElement): Promise<void> {
  const element = around(form);
  const button = form.querySelector("button");
  if (!element || !button || waiting.has(button)) return;
  const on = button.getAttribute("aria-pressed") !== "true";
  keep(element, on);
  press(button, on);
  button.dataset.pressed = "";
  waiting.add(button);
  try {
    const count = await send(form.action, on);
    const place = button.querySelector("small");
    if (place) place.textContent = count > 0 ? String(count) : "";
  } catch {
    if (left) return;
    keep(element, !on);
    press(button, !on);
    toast(words("star_failed"));
  } finally {
    waiting.delete(button);
  }
}

async function send(address: string, on: boolean): Promise<number> {
  const response = await fetch(address, {
    method: "POST",
    keepalive: true, // who stars a paper and goes on at once has starred it
    headers: { Accept: "application/json" },
    body: new URLSearchParams({ on: on ? "1" : "0" }),
  });
  if (!response.ok) throw new Error(String(response.status));
  return ((await response.json()) as { stars: number }).stars;
}

function keep(element: HTMLElement, on: boolean): void {
  const { id, title, href, keywords } = paper(element);
  const star: Star = { title, href, at: now(), keywords: [...keywords] };
  change(({ stars }) => (on ? stars.set(id, star) : stars.delete(id)));
}

function press(button: HTMLButtonElement, on: boolean): void {
  button.setAttribute("aria-pressed", String(on));
  const sign = button.querySelector("[aria-hidden]");
  if (sign) sign.textContent = on ? "★" : "☆";
}
