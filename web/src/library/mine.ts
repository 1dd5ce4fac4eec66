// The reader's own page: what their browser keeps, to be looked at, changed and taken along.

import { keyList } from "../lists/shortcuts.ts";
import { watch } from "../mathematics/typesetting.ts";
import { words } from "../words.ts";
import { expression } from "./expression.ts";
import { has, LISTS, type List, library, onchange, type Pieces, put, type Star } from "./library.ts";
import { edit, portable } from "./portable.ts";
import { terms } from "./preference.ts";

/** Terms in the cloud, and the sizes that they come in. */
const TERMS = 60;
const SIZES = 5;

export function mine(): void {
  const page = document.querySelector<HTMLElement>("#mine .kept");
  if (!page) return;
  page.hidden = false;
  page.querySelector(".key-list")?.append(keyList());
  const show = () => {
    showStars(page);
    for (const name of LISTS) showList(page, name);
    showCloud(page);
    const keys = page.querySelector<HTMLInputElement>("#keys-on");
    if (keys) keys.checked = library().keys;
  };
  for (const name of LISTS) writing(page, name);
  page.querySelector("#keys-on")?.addEventListener("change", ({ target }) => {
    edit((library) => {
      library.keys = (target as HTMLInputElement).checked;
    });
  });
  portable(page);
  onchange(show);
  show();
}

function showStars(page: HTMLElement): void {
  const stars = [...library().stars].sort(([, a], [, b]) => b.at - a.at);
  const list = page.querySelector<HTMLElement>(".starred");
  list?.replaceChildren(...stars.map(([id, star]) => starEntry(id, star)));
  if (list) watch(list);
  const count = page.querySelector("[data-count]");
  if (count) count.textContent = stars.length > 0 ? String(stars.length) : "";
  none(list, stars.length);
}

function starEntry(id: string, { title, href, at }: Star): HTMLElement {
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.href = href;
  link.append(...written(title));
  if (link.textContent === "") link.textContent = id;
  const facts = document.createElement("small");
  const name = document.createElement("span");
  name.translate = false;
  name.textContent = id;
  const day = new Date(at * 1000).toLocaleDateString(document.documentElement.lang, { dateStyle: "medium" });
  const remove = removal(id, () => edit(({ stars }) => stars.delete(id)), "stars-h");
  facts.append(name, ` · ${day} `, remove);
  item.append(link, facts);
  return item;
}

/** Text, and formulas that the engine will typeset. */
function written(title: Pieces): Node[] {
  return title.map((piece, at) => {
    if (at % 2 === 0) return document.createTextNode(piece);
    const math = document.createElement("span");
    math.className = "math inline notranslate";
    math.translate = false;
    math.textContent = piece;
    return math;
  });
}

function showList(page: HTMLElement, name: List): void {
  const list = page.querySelector(`[data-list="${name}"] .chips`);
  const chips = library()[name].map((text) => {
    const item = document.createElement("li");
    item.className = "chip";
    const shown = document.createElement("b");
    shown.textContent = text;
    const change = () =>
      edit((library) => {
        library[name] = put(library[name], text, false);
      });
    item.append(shown, removal(text, change, `${name}-h`));
    return item;
  });
  list?.replaceChildren(...chips);
}

function writing(page: HTMLElement, name: List): void {
  const form = page.querySelector<HTMLFormElement>(`[data-list="${name}"] form`);
  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    const field = form.elements.namedItem("text") as HTMLInputElement;
    const text = field.value.trim().replace(/\s+/g, " ");
    const category = name === "watched" || name === "excluded";
    if (category ? text === "" : !expression(text)) return;
    field.value = "";
    if (has(library()[name], text)) return;
    edit((library) => {
      library[name] = put(library[name], text, true);
    });
    say(page, words("added", { name: text }));
  });
}

function showCloud(page: HTMLElement): void {
  const weights = [...terms(library())].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, TERMS);
  const most = Math.max(1, ...weights.map(([, weight]) => weight));
  const list = page.querySelector<HTMLElement>(".cloud");
  const entries = weights
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([term, weight]) => {
      const item = document.createElement("li");
      item.dataset.size = String(Math.ceil((SIZES * Math.log2(1 + weight)) / Math.log2(1 + most)));
      const link = document.createElement("a");
      link.href = `/search?query=${encodeURIComponent(`"${term}"`)}`;
      link.textContent = term;
      const change = () =>
        edit((library) => {
          library.forgotten = put(library.forgotten, term, true);
        });
      item.append(link, removal(term, change, "cloud-h"));
      return item;
    });
  list?.replaceChildren(...entries);
  none(list, entries.length);
}

/** A sentence stands where there is nothing. */
function none(list: HTMLElement | null, count: number): void {
  const note = list?.parentElement?.querySelector<HTMLElement>("[data-none]");
  if (note) note.hidden = count > 0;
}

/** A button that takes a thing away. The focus goes to the heading, as the button is gone then. */
function removal(name: string, remove: () => void, heading: string): HTMLElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet remove";
  button.setAttribute("aria-label", words("remove", { name }));
  const sign = document.createElement("span");
  sign.setAttribute("aria-hidden", "true");
  sign.textContent = "×";
  button.append(sign);
  button.addEventListener("click", () => {
    remove();
    document.getElementById(heading)?.focus({ preventScroll: true });
    const page = document.querySelector<HTMLElement>("#mine .kept");
    if (page) say(page, words("removed", { name }));
  });
  return button;
}

function say(page: HTMLElement, text: string): void {
  const status = page.querySelector(":scope > [role=status]");
  if (status) status.textContent = text;
}
