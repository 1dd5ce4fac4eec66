// The panel of one reading: stages in words, the questions at once, answers as they grow.

import { words } from "../words.ts";
import { LiveDocument, type Patch, type Watcher } from "./patches.ts";
import type { Ending, Reader, Stage, State } from "./stream.ts";
import { Thoughts } from "./thoughts.ts";

/** A question of the set, as the server names it. */
export interface Question {
  id: string;
  title: string;
}

const STAGES = ["queued", "fetching", "reading", "waiting", "asking", "thinking", "writing"] as const;

/** A view of one run. It knows nothing of connections. */
export class Panel implements Reader {
  readonly element: HTMLElement;
  readonly #watcher: Watcher;
  readonly #answer: HTMLElement;
  readonly #stages: HTMLElement | null;
  readonly #status: HTMLElement | null;
  readonly #passed = new Map<Stage["stage"], string>();
  readonly #thoughts = new Thoughts();
  #documents: LiveDocument[] = [];
  /** Called once, with how it ended. */
  onend: (state: State | "gone") => void = () => {};

  /** Takes over a panel that is in the page or comes from the template `reading-panel`. */
  constructor(element: HTMLElement, watcher: Watcher) {
    this.element = element;
    this.#watcher = watcher;
    this.#answer = element.querySelector<HTMLElement>(".answer") ?? element;
    this.#stages = element.querySelector(".stages");
    this.#status = element.querySelector("[role=status]");
  }

  /** Shows all questions, none of them answered. */
  ask(questions: readonly Question[], language: string, heading: string): void {
    this.#answer.lang = language;
    this.#answer.replaceChildren(
      ...questions.flatMap((question, index) => section(index + 1, question, heading)),
    );
    this.clear();
  }

  /** Shows what the page has to say of this reader, for example that it only quotes. */
  readBy(model: string): void {
    for (const element of this.element.querySelectorAll<HTMLElement>("[data-when]")) {
      element.hidden = element.dataset.when !== model;
    }
  }

  /** Where the answer is to be found; empty before it was begun. */
  get page(): string {
    return this.element.querySelector<HTMLAnchorElement>("a.share")?.href ?? "";
  }

  /** Says where the answer is to be found, and which of the languages it is in. */
  found(page: string, language: string): void {
    const link = this.element.querySelector<HTMLAnchorElement>("a.share");
    if (link) link.href = page;
    for (const choice of this.element.querySelectorAll<HTMLElement>("[data-lang]"))
      choice.setAttribute("aria-pressed", String(choice.dataset.lang === language));
  }

  /** Begins anew. What a section holds stays to be read until something comes in its place. */
  clear(): void {
    this.#thoughts.clear();
    const places = [...this.#answer.querySelectorAll<HTMLElement>(":scope > .faq-a")];
    for (const place of places) question(place)?.classList.toggle("wait", !place.hasChildNodes());
    this.#documents = places.map((place) => new LiveDocument(place, this.#watcher));
    this.#busy(true);
  }

  /** Goes on from an answer: its sections stay to be read where they are. */
  goesOnFrom(answer: Element): void {
    const before = [...answer.querySelectorAll<HTMLElement>(":scope > .faq-a")];
    const places = this.#answer.querySelectorAll<HTMLElement>(":scope > .faq-a");
    for (const [number, place] of places.entries())
      place.replaceChildren(...(before[number]?.childNodes ?? []));
    this.clear();
  }

  stage(stage: Stage): void {
    const text = said(stage);
    this.#passed.set(stage.stage, text);
    this.#say(text);
    // Said before it writes: what the page has to say of it stands above the answers.
    if (stage.stage === "asking") this.readBy(stage.model);
    if (stage.stage === "thinking") this.#thoughts.begin();
    else this.#thoughts.end();
    if (!this.#stages) return;
    const order = STAGES.filter((name) => this.#passed.has(name));
    this.#stages.replaceChildren(
      ...order.map((name) => {
        const item = document.createElement("li");
        item.append(name === "thinking" ? this.#thoughts.element : (this.#passed.get(name) ?? ""));
        if (name === stage.stage) item.setAttribute("aria-current", "step");
        else item.className = "done";
        return item;
      }),
    );
  }

  thought(text: string): void {
    this.#thoughts.add(text);
  }

  patch(section: number, patches: Patch[]): void {
    if (this.#documents.length === 0) this.clear(); // what the server drew of it is drawn again
    const live = this.#documents[section];
    if (!live) throw new Error(`no section ${section}`);
    for (const patch of patches) live.apply(patch);
    const place = this.#answer.querySelectorAll<HTMLElement>(":scope > .faq-a")[section];
    if (place && !live.empty) question(place)?.classList.remove("wait");
    place?.classList.toggle("growing", !live.ended);
  }

  end({ state, sentence, fault, model, tokens, notes }: Ending): void {
    this.#close();
    const text = {
      done: words("done"),
      cancelled: words("stopped"),
      interrupted: words("interrupted"),
      failed: sentence ?? words("failed", { code: fault ?? "" }),
      running: "",
    }[state];
    this.#say(text);
    if (state !== "done") this.note(text, "warn");
    const known = [...this.element.querySelectorAll(":scope > .note")].map((note) => note.textContent);
    for (const note of notes ?? []) if (!known.includes(note)) this.note(note, "about");
    // Another one than was asked may have replied.
    if (model) this.readBy(model);
    this.#facts(model, tokens);
    this.onend(state);
  }

  /** Says why no other answer is begun. */
  refused(sentence: string): void {
    this.element.querySelector(".note.refused")?.remove();
    this.note(sentence, "warn refused");
    this.#say(sentence);
  }

  gone(): void {
    this.#close();
    this.onend("gone");
  }

  connected(yes: boolean): void {
    if (yes) this.element.querySelector(".note.lost")?.remove();
    else if (!this.element.querySelector(".note.lost")) this.note(words("reconnecting"), "warn lost");
  }

  /** One sentence below the answers: what is above them would push away what is being read. */
  note(text: string, kind: string): void {
    const note = document.createElement("p");
    note.className = `note ${kind}`;
    note.textContent = text;
    this.element.querySelector(":scope > .answer")?.after(note);
  }

  #say(text: string): void {
    if (this.#status && this.#status.textContent !== text) this.#status.textContent = text;
  }

  #busy(yes: boolean): void {
    if (yes) this.#answer.setAttribute("aria-busy", "true");
    else this.#answer.removeAttribute("aria-busy");
  }

  #close(): void {
    this.#busy(false);
    this.#thoughts.end();
    // The stages stay, and so does the height of the header: the text below may be being read.
    for (const item of this.#stages?.children ?? []) {
      item.removeAttribute("aria-current");
      item.className = "done";
    }
    this.connected(true);
    const header = this.element.querySelector<HTMLElement>(":scope > header");
    if (header) header.style.minHeight = `${header.offsetHeight}px`;
    this.element.querySelector("form.stop")?.remove();
    for (const place of this.#answer.querySelectorAll(".growing")) place.classList.remove("growing");
  }

  /** Says where the text comes from, unless the page says it already. */
  #facts(model: string | undefined, tokens: [number, number] | undefined): void {
    const footer = this.element.querySelector(":scope > footer");
    // The server's own footer names the model already.
    if (!footer || footer.childElementCount > 1) return;
    const facts = [model, tokens && words("tokens", { read: tokens[0], written: tokens[1] })];
    for (const fact of facts.reverse()) {
      if (!fact) continue;
      const span = document.createElement("span");
      span.dataset.fact = "";
      span.translate = false;
      span.textContent = fact;
      footer.prepend(span);
    }
  }
}

/** On the page of the paper each has an anchor; in a list there may be several panels. */
function section(number: number, { id, title }: Question, heading: string): Element[] {
  const parts = [...copy("reading-section").children];
  return parts.map((part) => {
    if (!part.matches(".faq-q")) return part;
    const head = document.createElement(heading);
    head.className = part.className;
    if (heading === "h3") head.id = `q-${id}`;
    head.append(...part.childNodes);
    fill(head, ".no", String(number));
    fill(head, ".q", title);
    return head;
  });
}

/** A copy of a template's content. */
export function copy(id: string): DocumentFragment {
  const template = document.getElementById(id);
  if (!(template instanceof HTMLTemplateElement)) throw new Error(`the page has no template ${id}`);
  return template.content.cloneNode(true) as DocumentFragment;
}

function fill(root: ParentNode, selector: string, text: string): void {
  const place = root.querySelector(selector);
  if (place) place.textContent = text;
}

function question(place: Element): Element | null {
  const before = place.previousElementSibling;
  return before?.matches(".faq-q") ? before : null;
}

function said(stage: Stage): string {
  switch (stage.stage) {
    case "queued":
      return stage.place > 1 ? words("queued_place", { n: stage.place - 1 }) : words("queued");
    case "writing":
      return words("writing", { n: stage.section, m: stage.sections });
    case "waiting":
      return words("waiting", { n: stage.seconds });
    case "asking":
      return words("asking", { model: stage.model });
    case "reading":
      return stage.page ? `${words("reading")} ${stage.page}/${stage.pages ?? "?"}` : words("reading");
    default:
      return words(stage.stage);
  }
}
