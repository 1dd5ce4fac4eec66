// Papers that a reader does not want are folded to one line that says why, and that opens them; none is dropped.

import { cards, paper } from "../lists/paper.ts";
import { words } from "../words.ts";
import { expression } from "./expression.ts";
import { has, library } from "./library.ts";

/** What the reader opened stays open. */
const open = new Set<string>();
let all = false;
let button: HTMLButtonElement | undefined;

export function folding(): void {
  document.addEventListener("click", ({ target }) => {
    const pressed = target instanceof Element && target.closest<HTMLElement>(".folded-line button");
    if (!pressed) return;
    const card = pressed.closest<HTMLElement>(".card");
    if (card) unfold(card);
  });
}

/** Folds papers that are not wanted, and unfolds the others. */
export function foldUnwanted(papers: readonly HTMLElement[] = cards()): void {
  const unwanted = library().exclude.flatMap((text) => expression(text) ?? []);
  const asked = [...document.querySelectorAll<HTMLElement>(".toggles")].map(
    ({ dataset }) => dataset.category ?? "",
  );
  const excluded = library().excluded.filter((name) => !has(asked, name));
  for (const card of papers) {
    const { categories, folded } = paper(card);
    const category = excluded.find((name) => has(categories, name));
    const word = unwanted.find((words) => words.matches(folded));
    const why = category
      ? words("folded_category", { reason: category })
      : word && words("folded_word", { reason: word.text });
    set(card, why);
  }
  count();
}

function set(card: HTMLElement, why: string | undefined): void {
  const line = card.querySelector<HTMLElement>(".folded-line");
  if (why) (line ?? fresh(card)).firstElementChild?.replaceChildren(why);
  else line?.remove();
  card.classList.toggle("unwanted", Boolean(why));
  card.classList.toggle("folded", Boolean(why) && !all && !open.has(card.id));
}

function fresh(card: HTMLElement): HTMLElement {
  const line = document.createElement("p");
  line.className = "folded-line meta";
  const show = document.createElement("button");
  show.type = "button";
  show.className = "quiet";
  show.textContent = words("show");
  show.setAttribute("aria-describedby", card.getAttribute("aria-labelledby") ?? "");
  line.append(document.createElement("span"), show);
  card.querySelector(":is(h2, h3)")?.after(line);
  return line;
}

function unfold(card: HTMLElement): void {
  open.add(card.id);
  card.classList.remove("folded");
  card.querySelector<HTMLElement>(".title-link")?.focus({ preventScroll: true });
  count();
}

/** Says in the bar how many are hidden; a press shows all of them. */
function count(): void {
  const unwanted = document.querySelectorAll(".papers > .card.unwanted").length;
  const hidden = document.querySelectorAll(".papers > .card.folded").length;
  const end = document.querySelector(".bar .end");
  if (!button && unwanted > 0 && end) {
    button = document.createElement("button");
    button.type = "button";
    button.className = "quiet hidden-count";
    button.addEventListener("click", () => {
      all = !all;
      if (!all) open.clear();
      foldUnwanted();
    });
    end.prepend(button);
  }
  if (!button) return;
  button.hidden = unwanted === 0;
  button.textContent = hidden > 0 ? `${words("hidden", { n: hidden })} · ${words("show")}` : words("fold");
}
