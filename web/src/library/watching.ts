// The reader's own group in the rail of a list: what they watch, and whether they watch or exclude what this list is of.

import { change, has, type List, library, put } from "./library.ts";

/** Of one category can only be said one of these. */
const OTHER = { watched: "excluded", excluded: "watched" } as const;

export function watching(): void {
  const group = document.querySelector<HTMLElement>(".yours");
  group?.addEventListener("click", ({ target }) => {
    const button = target instanceof Element && target.closest<HTMLElement>("[data-list]");
    if (!button) return;
    const list = button.dataset.list as keyof typeof OTHER;
    const category = button.closest<HTMLElement>("[data-category]")?.dataset.category ?? "";
    const on = button.getAttribute("aria-pressed") !== "true";
    change((library) => {
      library[list] = put(library[list], category, on);
      if (on) library[OTHER[list]] = put(library[OTHER[list]], category, false);
    });
  });
}

/** Shows what is watched and excluded. */
export function showWatched(): void {
  for (const row of document.querySelectorAll<HTMLElement>(".yours [data-category]")) {
    for (const button of row.querySelectorAll<HTMLElement>("[data-list]")) {
      const there = has(library()[button.dataset.list as List], row.dataset.category ?? "");
      button.setAttribute("aria-pressed", String(there));
    }
  }
  const list = document.querySelector<HTMLElement>(".watching");
  if (!list) return;
  list.hidden = library().watched.length === 0;
  list.replaceChildren(...library().watched.map(entry));
}

function entry(category: string): HTMLElement {
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.href = `/arxiv/${encodeURIComponent(category)}`;
  link.translate = false;
  link.textContent = category;
  if (location.pathname === link.pathname) link.setAttribute("aria-current", "page");
  item.append(link);
  return item;
}
