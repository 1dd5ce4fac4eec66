// What is too wide for small paper: displays are broken over lines, beside the whole ones, for as long as is printed;
// of tables the style for paper is told how wide they are at least.

import { type Formula, formula } from "./formula.ts";

type Engine = typeof import("../mathjax/engine.ts");

/** The text column of A5 and of larger paper, at the size that letters have on the screen, in pixels. */
const SMALL = 500;
const LARGE = 672;
/** What is at most so much wider than its place is set smaller rather than broken. */
const SMALLER = 1.2;

/** Gives each wide display a form that fits into the column of small paper. Nothing of it is seen on the screen. */
export function fold(mathjax: Engine): void {
  const forms = [...document.querySelectorAll<HTMLElement>(".math.display.broad")].flatMap((element) => {
    const wide = Number(element.style.getPropertyValue("--broad")) * size(element);
    const room = SMALL - indent(element);
    const rigid = [...element.querySelectorAll(".matrix")].some((part) => part.clientWidth > room);
    if (wide < SMALLER * room || rigid) return [];
    element.classList.toggle("vast", wide > SMALLER * LARGE);
    return broken(mathjax, element, room);
  });
  mathjax.dress();
  for (const { element, form } of forms) element.append(form);
  const widths = forms.map(({ form }) => extent(form) / size(form));
  for (const [n, { form }] of forms.entries()) form.style.setProperty("--broad", (widths[n] ?? 0).toFixed(2));
  for (const table of document.querySelectorAll<HTMLElement>("table")) narrow(table);
}

/** Takes the folded forms away again. */
export function unfold(): void {
  for (const form of document.querySelectorAll(".math > .folded")) form.remove();
}

function broken(
  mathjax: Engine,
  element: HTMLElement,
  room: number,
): { element: HTMLElement; form: HTMLElement }[] {
  const form = document.createElement("div");
  form.className = "folded";
  form.style.width = `${room}px`;
  try {
    form.append(mathjax.typeset(joined(formula(element)), element, room));
    return [{ element, form }];
  } catch {
    return []; // it stays whole, and becomes small
  }
}

/** Where an author broke one long formula for another width, the engine would not break it again. */
function joined(formula: Formula): Formula {
  const multline = /^\s*\\begin\{multline(\*?)\}((?:(?!\\begin)[\s\S])*)\\end\{multline\1\}\s*$/.exec(
    formula.tex,
  );
  if (!multline) return formula;
  const [, star, rows = ""] = multline;
  const tex = rows.replace(/\\\\(?:\[[^\]]*\])?|\\shove(?:left|right)(?![A-Za-z])/g, " ");
  return { ...formula, tex: `\\begin{equation${star}}${tex}\\end{equation${star}}` };
}

/** Says how narrow a table can be, in em of its text, and by how much its place is narrower than the text. */
function narrow(table: HTMLElement): void {
  const { cssText } = table.style;
  table.style.cssText = "display: table; width: min-content; max-width: none";
  const least = table.getBoundingClientRect().width / size(table);
  table.style.cssText = cssText;
  const place = table.closest<HTMLElement>(".scroll") ?? table;
  table.style.setProperty("--broad", least.toFixed(2));
  table.style.setProperty("--indent", `${indent(place)}px`);
}

/** How much narrower than the text a display is, in a list or a quotation. */
function indent(element: HTMLElement): number {
  const column = element.closest(".prose, .faq-a, .said, .abs");
  const parent = element.closest(".eq, .scroll, table")?.parentElement ?? element;
  return column ? Math.max(0, column.clientWidth - parent.clientWidth) : 0;
}

/** The width that lines really have. */
function extent(form: HTMLElement): number {
  const boxes = [...form.querySelectorAll("mjx-math *")].map((part) => part.getBoundingClientRect());
  const edges = boxes.filter(({ width }) => width > 0);
  return Math.max(...edges.map(({ right }) => right)) - Math.min(...edges.map(({ left }) => left));
}

function size(element: HTMLElement): number {
  return Number.parseFloat(getComputedStyle(element).fontSize);
}
