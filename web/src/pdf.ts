// Presses of [PDF]: the paper opens below its abstract, where its source lets pages of others read it. Without this
// script, with a modifier key or another button, and once a source has refused, [PDF] is a link to the source.

import { copy } from "./panel.ts";
import { around } from "./paper.ts";
import type { Failure, Reason } from "./pdf/failure.ts";
import { words } from "./words.ts";

type Viewer = typeof import("./pdf/viewer.ts");
type Document = Awaited<ReturnType<Viewer["show"]>>;

/** A PDF that is open on the page, or is about to be. */
interface Open {
  panel: HTMLElement;
  link: HTMLAnchorElement;
  closing: AbortController;
  document?: Document;
}

const open = new WeakMap<HTMLElement, Open>();
/** Sources that let nobody read; they are not asked again by this page. */
const refusing = new Set<string>();

/** Takes over the links of PDFs, and links to a page of one (`#page=7`). */
export function pdfs(): void {
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey) return;
    if (event.shiftKey || event.altKey || !(event.target instanceof Element)) return;
    const pressed = event.target.closest<HTMLAnchorElement>('a.title-pdf, .panel.paper a[href*="#page="]');
    const paper = around(pressed);
    const link = paper?.querySelector<HTMLAnchorElement>("a.title-pdf[data-opens]");
    if (!pressed || !paper || !link || pressed.closest(".pdf")) return;
    if (press(paper, link, page(pressed))) event.preventDefault();
  });
}

/** Says whether the press was for this script. */
function press(paper: HTMLElement, link: HTMLAnchorElement, wanted: number | undefined): boolean {
  const there = open.get(paper);
  if (there && wanted === undefined) {
    close(paper, there);
    return true;
  }
  if (there) {
    there.document?.go(wanted ?? 1);
    return true;
  }
  if (refusing.has(source(link))) return false;
  void show(paper, link, wanted ?? 1);
  return true;
}

async function show(paper: HTMLElement, link: HTMLAnchorElement, wanted: number): Promise<void> {
  const panel = furnish(paper, link);
  const own: Open = { panel, link, closing: new AbortController() };
  open.set(paper, own);
  panel.addEventListener("click", ({ target }) => {
    if (target instanceof Element && target.closest("[data-do=close]")) close(paper, own);
  });
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing) return;
    event.stopPropagation();
    close(paper, own);
  });
  say(panel, words("pdf_loading", { host: new URL(source(link)).host }));
  try {
    const { show } = await viewer();
    const address = link.dataset.opens ?? link.href;
    own.document = await show({ panel, address, page: wanted, signal: own.closing.signal });
    say(panel, words("pdf_shown", { n: own.document.pages }));
  } catch (error) {
    if (!own.closing.signal.aborted) fail(own, (error as Partial<Failure>).reason ?? "refused");
  }
}

function furnish(paper: HTMLElement, link: HTMLAnchorElement): HTMLElement {
  const panel = copy("pdf-panel").firstElementChild as HTMLElement;
  const [name, title] = [`pdf-${paper.dataset.paper}`, `t-${paper.dataset.paper}`];
  panel.id = name;
  const heading = panel.querySelector("header > .vh");
  if (heading) heading.id = `${name}-h`;
  panel.setAttribute("aria-labelledby", `${name}-h ${title}`);
  for (const out of panel.querySelectorAll<HTMLAnchorElement>("a.source")) out.href = link.href;
  link.setAttribute("aria-expanded", "true");
  link.setAttribute("aria-controls", name);
  const place = paper.querySelector(".card-in > .side") ?? paper.querySelector(".sheet > header");
  place?.after(panel);
  panel.querySelector<HTMLElement>(".leaves")?.focus({ preventScroll: true });
  return panel;
}

function close(paper: HTMLElement, { panel, link, closing, document }: Open): void {
  closing.abort();
  document?.close();
  const inside = panel.contains(globalThis.document.activeElement);
  open.delete(paper);
  panel.remove();
  link.removeAttribute("aria-controls");
  if (link.matches("[data-opens]")) link.setAttribute("aria-expanded", "false");
  if (inside) link.focus();
}

/** One sentence, with the way to the source; [PDF] itself leads there from now on. */
function fail({ panel, link, closing }: Open, reason: Reason): void {
  closing.abort();
  if (reason === "refused" && navigator.onLine) refusing.add(source(link));
  const inside = panel.contains(document.activeElement);
  const text = words(`pdf_${reason}`);
  panel.classList.add("failed");
  const note = panel.querySelector<HTMLElement>(":scope > .note");
  note?.prepend(`${text} `);
  if (note) note.hidden = false;
  panel.querySelector(".leaves")?.remove();
  say(panel, text);
  for (const name of ["data-opens", "aria-expanded", "aria-controls"]) link.removeAttribute(name);
  if (inside) note?.querySelector("a")?.focus({ preventScroll: true });
}

function say(panel: HTMLElement, text: string): void {
  const status = panel.querySelector(":scope > [role=status]");
  if (status) status.textContent = text;
}

function page(link: HTMLAnchorElement): number | undefined {
  const number = /#page=(\d{1,5})$/.exec(link.getAttribute("href") ?? "")?.[1];
  return number === undefined ? undefined : Number(number);
}

function source(link: HTMLAnchorElement): string {
  return new URL(link.dataset.opens ?? link.href).origin;
}

let loaded: Promise<Viewer> | undefined;

/** The library comes with the first PDF. */
function viewer(): Promise<Viewer> {
  loaded ??= (import("./pdf/viewer.js" as string) as Promise<Viewer>).catch((error) => {
    loaded = undefined; // the next press may have more luck
    throw error;
  });
  return loaded;
}
