// What a page says of a paper. It is read when the paper is first asked about, which is before a browser translates it
// or the engine typesets it.

import { fold } from "../library/expression.ts";
import type { Pieces } from "../library/library.ts";
import type { Facts } from "../library/preference.ts";
import { source } from "../mathematics/formula.ts";

export interface Paper extends Facts {
  element: HTMLElement;
  href: string;
  title: Pieces;
}

const known = new WeakMap<HTMLElement, Paper>();

/** The papers of a list, in their order. */
export function cards(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(".papers > .card")];
}

/** All papers that a page shows in full: those of a list, or the one that it is about. */
export function shown(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(".panel.paper")];
}

/** The paper that something on the page belongs to. */
export function around(element: Element | null): HTMLElement | null {
  return element?.closest<HTMLElement>(".panel.paper") ?? null;
}

export function paper(element: HTMLElement): Paper {
  const read = known.get(element) ?? facts(element);
  known.set(element, read);
  return read;
}

function facts(element: HTMLElement): Paper {
  const link = element.querySelector<HTMLAnchorElement>(".title-link");
  const parts = [link, element.querySelector(".summary")];
  const names = [...element.querySelectorAll(".subjects a")].map((name) => name.textContent ?? "");
  return {
    element,
    id: element.id,
    href: link?.getAttribute("href") ?? "",
    title: pieces(link),
    keywords: (element.getAttribute("keywords") ?? "")
      .split(",")
      .map((term) => term.trim())
      .filter(Boolean),
    categories: names,
    date: element.querySelector("time")?.dateTime ?? "",
    folded: fold(parts.map(prose).join("\n")),
  };
}

/** Text and formulas in turn. */
function pieces(element: Element | null): Pieces {
  const all: Pieces = [""];
  for (const node of element?.childNodes ?? []) {
    const math = node instanceof HTMLElement && node.matches(".math");
    if (math) all.push(source(node), "");
    else all.push(`${all.pop() ?? ""}${node.textContent ?? ""}`);
  }
  return all;
}

function prose(element: Element | null): string {
  return pieces(element)
    .filter((_, at) => at % 2 === 0)
    .join(" ");
}
