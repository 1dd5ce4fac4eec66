// A PDF below the abstract of its paper: the panel, and what it says if the source does not give the PDF.

import { copy } from "../readings/panel.ts";
import { words } from "../words.ts";
import type { Failure, Reason } from "./failure.ts";
import type { Shown } from "./viewer.ts";

/** A PDF that is open on the page, or is about to be. */
interface Open {
  panel: HTMLElement;
  link: HTMLAnchorElement;
  closing: AbortController;
  document?: Shown;
}

const open = new WeakMap<HTMLElement, Open>();
/** Sources that let nobody read; they are not asked again by this page. */
const refusing = new Set<string>();

/** [PDF] of a paper was pressed, or a link to a page of it. */
export async function press(
  paper: HTMLElement,
  link: HTMLAnchorElement,
  wanted: number | undefined,
): Promise<void> {
  const there = open.get(paper);
  if (there && wanted !== undefined) there.document?.go(wanted);
  else if (there) close(paper, there);
  else if (refusing.has(source(link))) location.assign(link.href);
  else await show(paper, link, wanted ?? 1);
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
    const { show } = await import("./viewer.ts");
    const address = link.dataset.opens ?? link.href;
    own.document = await show({ panel, address, page: wanted, signal: own.closing.signal });
    say(panel, words("pdf_shown", { n: own.document.pages }));
  } catch (error) {
    if (!own.closing.signal.aborted) fail(own, (error as Partial<Failure>).reason);
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
function fail({ panel, link, closing }: Open, reason: Reason | undefined): void {
  closing.abort();
  if (reason === "refused" && navigator.onLine) refusing.add(source(link));
  const inside = panel.contains(document.activeElement);
  const text = words(`pdf_${reason ?? "refused"}`);
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

function source(link: HTMLAnchorElement): string {
  return new URL(link.dataset.opens ?? link.href).origin;
}
