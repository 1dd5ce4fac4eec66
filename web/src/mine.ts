// The reader's own page: what their browser keeps, to be looked at, changed and taken along.

import { expression } from "./expression.ts";
import {
  additions,
  change,
  empty,
  erase,
  has,
  LISTS,
  type Library,
  type List,
  library,
  merge,
  onchange,
  type Pieces,
  put,
  read,
  type Star,
  write,
} from "./library.ts";
import { terms } from "./preference.ts";
import { keyList } from "./shortcuts.ts";
import { toast } from "./toast.ts";
import { watch } from "./typesetting.ts";
import { words } from "./words.ts";

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
  files(page);
  onchange(show);
  show();
}

/** Where storage is refused, the reader is told. */
function edit(how: (library: Library) => void): void {
  if (!change(how)) toast(words("not_kept"));
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

function files(page: HTMLElement): void {
  const place = (selector: string) => page.querySelector<HTMLElement>(selector);
  const importing = place(".importing");
  const erasing = place("#erasing");
  const field = page.querySelector<HTMLInputElement>("#import");
  let other = empty();

  place("[data-do=export]")?.addEventListener("click", ({ currentTarget }) => {
    const link = currentTarget as HTMLAnchorElement;
    URL.revokeObjectURL(link.href);
    link.href = URL.createObjectURL(new Blob([write(library())], { type: "application/json" }));
  });
  field?.addEventListener("change", async () => {
    const file = field.files?.[0];
    field.value = ""; // the same file may be chosen again
    if (!file || !importing) return;
    const found = read(await file.text());
    other = found ?? empty();
    preview(importing, found);
  });
  place("[data-do=merge]")?.addEventListener("click", () => {
    edit((library) => Object.assign(library, merge(library, other)));
    if (importing) importing.hidden = true;
    field?.focus();
    toast(words("import_done"));
  });
  place("[data-do=leave]")?.addEventListener("click", () => {
    if (importing) importing.hidden = true;
    field?.focus();
  });
  const ask = (open: boolean) => {
    if (erasing) erasing.hidden = !open;
    place("[data-do=erase]")?.setAttribute("aria-expanded", String(open));
    place(open ? "[data-do=keep]" : "[data-do=erase]")?.focus();
  };
  place("[data-do=erase]")?.addEventListener("click", () => ask(Boolean(erasing?.hidden)));
  place("[data-do=keep]")?.addEventListener("click", () => ask(false));
  place("[data-do=erase-all]")?.addEventListener("click", () => {
    erase();
    ask(false);
    toast(words("erased"));
  });
}

/** Says what a file would add, before anything is changed. */
function preview(place: HTMLElement, found: Library | undefined): void {
  const added = found ? additions(library(), found) : [];
  const [sentence, list, acts] = [...place.children];
  const text = found ? (added.length > 0 ? "import_adds" : "import_nothing") : "import_broken";
  if (sentence) sentence.textContent = words(text);
  const lines = added.map(([name, n]) => {
    const line = document.createElement("li");
    line.textContent = words(`part_${name}`, { n });
    return line;
  });
  list?.replaceChildren(...lines);
  place.classList.toggle("bad", !found);
  place.hidden = false;
  const useful = acts?.querySelector<HTMLElement>("[data-do=merge]");
  if (useful) useful.hidden = added.length === 0;
  place.focus();
}
