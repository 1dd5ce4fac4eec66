// What a model thinks before it writes: how long it has been at it, and, folded, what. No part of the answer.

import { words } from "../words.ts";

/** One line that counts seconds; it opens once there is something to be read in it. */
export class Thoughts {
  /** For the list of stages. */
  readonly element = document.createElement("span");
  readonly #line = document.createElement("summary");
  readonly #text = document.createElement("p");
  #begun: number | undefined;
  #clock: ReturnType<typeof setInterval> | undefined;

  begin(): void {
    this.#begun ??= performance.now();
    this.#clock ??= setInterval(() => this.#count(), 1000);
    this.#count();
  }

  add(text: string): void {
    if (!this.#text.isConnected) this.#fold();
    this.#text.append(text);
  }

  end(): void {
    clearInterval(this.#clock);
    this.#clock = undefined;
  }

  clear(): void {
    this.end();
    this.#begun = undefined;
    this.#text.replaceChildren();
  }

  /** There are thoughts: what was a line becomes one that can be opened. */
  #fold(): void {
    const details = document.createElement("details");
    this.#text.translate = false;
    details.append(this.#line, this.#text);
    this.element.replaceChildren(details);
    this.#count();
  }

  #count(): void {
    const seconds = Math.round((performance.now() - (this.#begun ?? performance.now())) / 1000);
    const text = seconds > 0 ? words("thinking_for", { n: seconds }) : words("thinking");
    if (this.#line.isConnected) this.#line.textContent = text;
    else this.element.textContent = text;
  }
}
