// A field that leaves of a list only the papers that have certain words. What it holds is in the address.

import { cards, paper } from "../lists/paper.ts";
import { parameter, setParameter } from "../lists/place.ts";
import { words } from "../words.ts";
import { type Expression, expression } from "./expression.ts";
import { highlight } from "./highlight.ts";

const NAME = "filter";
const PAUSE = 120; // milliseconds without a key

let filtered: Expression | undefined;
let status: HTMLElement | undefined;

/** Whether only some of the papers are shown. */
export const filtering = (): boolean => filtered !== undefined;

export function filter(): void {
  const field = document.querySelector<HTMLInputElement>("#filter");
  if (!field) return;
  field.value = parameter(NAME) ?? "";
  status = document.createElement("span");
  status.className = "num matching";
  status.setAttribute("role", "status");
  document.querySelector(".bar .end")?.prepend(status); // there it is seen where the field is folded away, too
  let pause: ReturnType<typeof setTimeout> | undefined;
  field.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(() => {
      setParameter(NAME, field.value.trim() || undefined);
      filtered = expression(field.value);
      applyFilter();
    }, PAUSE);
  });
  filtered = expression(field.value);
  applyFilter();
}

/** Hides the papers that do not match, and marks why the others do. */
export function applyFilter(papers: readonly HTMLElement[] = cards()): void {
  for (const card of papers) card.hidden = Boolean(filtered) && !filtered?.matches(paper(card).folded);
  const all = cards();
  const left = all.filter((card) => !card.hidden);
  highlight("filtered", left, filtered ? [filtered] : []);
  if (status) status.textContent = filtered ? words("filtered", { n: left.length, total: all.length }) : "";
}
