// Presses of [AI reading] and [Stop]: forms that also work without this script.

import { forget, watch } from "../mathematics/typesetting.ts";
import { words } from "../words.ts";
import { copy, Panel, type Question } from "./panel.ts";
import type { Watcher } from "./patches.ts";
import { Stream } from "./stream.ts";

/** The server's answer to a press. */
interface Started {
  run: number;
  at: string;
  stop: string;
  /** Where the answer is to be found. */
  page: string;
  language: string;
  model: string;
  sections: Question[];
}

const stream = new Stream();
const panels = new WeakMap<HTMLElement, Panel>();

const typesetter: Watcher = {
  sealed: (nodes) => elements(nodes).forEach(watch),
  leaving: (nodes) => elements(nodes).forEach(forget),
};

/** Takes over the forms of this page, and the reading that is being written as it loads. */
export function readings(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (form.matches("form.reading")) take(event, () => press(form));
    if (form.matches("form.stop")) take(event, () => stop(form));
  });
  document.addEventListener("click", ({ target }) => {
    const choice = target instanceof Element ? target.closest<HTMLElement>(".machine [data-lang]") : null;
    if (choice) void translated(choice);
  });
  addEventListener("pagehide", () => stream.pause());
  addEventListener("pageshow", () => stream.resume());
  for (const element of document.querySelectorAll<HTMLElement>(".machine[data-run][data-at]"))
    resume(element);
}

function take(event: Event, action: () => Promise<void>): void {
  event.preventDefault();
  void action();
}

function resume(element: HTMLElement): void {
  const panel = new Panel(element, typesetter);
  panels.set(element, panel);
  panel.onend = () => void told(panel, location.href, null);
  follow(panel, Number(element.dataset.run), element.dataset.at ?? "");
}

async function press(form: HTMLFormElement): Promise<void> {
  const card = form.closest<HTMLElement>(".card-in");
  const open = card?.querySelector<HTMLElement>(":scope > .machine");
  const button = form.querySelector("button");
  if (open && !open.dataset.again) {
    open.hidden = !open.hidden;
    button?.setAttribute("aria-expanded", String(!open.hidden));
    return;
  }
  if (button) button.disabled = true;
  const old = card ? open : form.closest<HTMLElement>(".machine");
  const place = () => (card ? opened(card, open) : renewed(form));
  // An answer that is there stays until another one is begun.
  const before = old?.querySelector(".answer");
  let panel = before ? undefined : place();
  try {
    const started = await post<Started>(form.action, form);
    panel ??= place();
    panel.element.querySelector<HTMLFormElement>("form.stop")?.setAttribute("action", started.stop);
    panel.ask(started.sections, tag(started.language), card ? "h4" : "h3");
    if (before && form.querySelector("[name=continue]")) panel.goesOnFrom(before);
    panel.readBy(started.model);
    panel.found(started.page, started.language);
    follow(panel, started.run, started.at);
    if (card) button?.setAttribute("aria-expanded", "true");
  } catch (error) {
    const sentence = error instanceof Refused ? error.message : words("start_failed");
    if (panel) panel.end({ state: "failed", sentence });
    else if (old) new Panel(old, typesetter).refused(sentence);
  } finally {
    if (button) button.disabled = false;
  }
}

/** The same paper, read in another language. */
async function translated(choice: HTMLElement): Promise<void> {
  const panel = choice.closest<HTMLElement>(".machine");
  const form = panel?.closest(".card-in")?.querySelector<HTMLFormElement>(".side form.reading");
  const language = form?.querySelector<HTMLInputElement>("[name=lang]");
  if (!panel || !form || !language || choice.getAttribute("aria-pressed") === "true") return;
  language.value = choice.dataset.lang ?? "";
  panel.dataset.again = "yes";
  await press(form);
  form.closest(".card-in")?.querySelector<HTMLElement>(".machine [aria-pressed=true]")?.focus();
}

/** A new panel under the abstract of a card, in place of one that ended badly or is in another language. */
function opened(card: HTMLElement, old: HTMLElement | null | undefined): Panel {
  const panel = fresh();
  if (old) stream.drop(Number(old.dataset.run));
  old?.remove();
  card.append(panel.element);
  panel.onend = (state) => {
    if (state !== "done") panel.element.dataset.again = "yes";
    void told(panel, panel.page, state === "done" ? undefined : null);
  };
  return panel;
}

/** The same section of a paper's page, begun anew. */
function renewed(form: HTMLFormElement): Panel {
  const old = form.closest<HTMLElement>(".machine");
  const panel = fresh();
  const title = document.createElement("h2");
  const small = panel.element.querySelector("header > h3");
  if (small) {
    title.append(...small.childNodes);
    small.replaceWith(title);
  }
  panel.element.id = old?.id ?? "";
  panel.element.tabIndex = -1;
  if (old) {
    // On the page of the paper each language has an address.
    panel.element
      .querySelector("header .tongues")
      ?.replaceWith(...old.querySelectorAll("header .end > [hreflang]"));
    old.replaceWith(panel.element);
  }
  panel.element.focus({ preventScroll: true });
  form.querySelector("p")?.remove();
  panel.onend = () => void told(panel, location.href, form);
  return panel;
}

/**
 * Takes over what the page of the paper says of a reading that has ended: where it is from, and on that page itself
 * how to have another one; `form` is for when that page does not come. If that page has a better answer than this one
 * came to be, that is shown.
 */
async function told(panel: Panel, page: string | undefined, form?: HTMLFormElement | null): Promise<void> {
  const html = page
    ? await fetch(page)
        .then((response) => response.text())
        .catch(() => "")
    : "";
  const whole = new DOMParser().parseFromString(html, "text/html").querySelector("#ai");
  const better = whole && whole.getAttribute("data-attempt") !== panel.element.dataset.run;
  const answer = better ? whole.querySelector<HTMLElement>(":scope > .answer") : null;
  if (answer) {
    panel.element.querySelector(":scope > .answer")?.replaceWith(answer);
    watch(answer);
  }
  const footer = whole?.querySelector(":scope > footer");
  if (footer) panel.element.querySelector(":scope > footer")?.replaceWith(footer);
  if (form === undefined) return;
  const others = [...(whole?.querySelectorAll(":scope > form.reading, :scope > .earlier") ?? [])];
  if (form && others.length === 0) others.push(form);
  panel.element.querySelector(":scope > footer")?.before(...others);
}

function fresh(): Panel {
  const element = copy("reading-panel").firstElementChild as HTMLElement;
  const panel = new Panel(element, typesetter);
  panels.set(element, panel);
  panel.stage({ stage: "queued", place: 1 });
  return panel;
}

function follow(panel: Panel, run: number, at: string): void {
  panel.element.dataset.run = String(run);
  stream.add(at, run, panel);
}

async function stop(form: HTMLFormElement): Promise<void> {
  const element = form.closest<HTMLElement>(".machine");
  const panel = element && panels.get(element);
  const button = form.querySelector("button");
  if (!panel || !form.hasAttribute("action")) return;
  if (button) button.disabled = true;
  try {
    const { run, state } = await post<{ run: number; state: string }>(form.action);
    if (state === "cancelled") return; // the stream says how it ended
    stream.drop(run);
    panel.end({ state: "cancelled" });
  } catch {
    if (button) button.disabled = false;
  }
}

/** The server said no, and why. */
class Refused extends Error {}

async function post<T>(address: string, form?: HTMLFormElement): Promise<T> {
  const fields = form ? [...new FormData(form)].map(([name, value]) => [name, String(value)]) : [];
  const response = await fetch(address, {
    method: "POST",
    headers: { Accept: "application/json" },
    body: new URLSearchParams(fields),
  });
  if (response.ok) return (await response.json()) as T;
  const problem = (await response.json().catch(() => ({}))) as { title?: string; detail?: string };
  throw new Refused(problem.detail ?? problem.title ?? words("start_failed"));
}

function tag(language: string): string {
  return language === "zh" ? "zh-CN" : language;
}

function elements(nodes: readonly Node[]): Element[] {
  return nodes.filter((node) => node instanceof Element);
}
