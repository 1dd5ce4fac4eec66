// A list grows when its end comes near: the next page of it is asked for, and its papers are put below. The link to
// that page stays, for who presses it, and for another attempt when one fails.

import { words } from "../words.ts";
import { cards } from "./paper.ts";
import { parameter, setParameter } from "./place.ts";

const NEAR = "0px 0px 250% 0px";
/** The most papers that the server shows at once. */
const MOST = 500;
/** Who filters a list sees few of its papers, and its end is always near: it does not grow without end. */
const ENOUGH = 500;
/** Who comes back finds a place so far down, however much an address says was shown. */
const FURTHEST = 5000;
/** Papers beyond what was shown among which the one that a link names is looked for: others may have come before it. */
const MORE = 500;

type Dress = (cards: HTMLElement[]) => void;

/** A list that may go on. */
export class Growing {
  readonly #list: HTMLElement;
  readonly #pager: HTMLElement;
  readonly #status: HTMLElement;
  readonly #dress: Dress;
  readonly #mayGrow: () => boolean;
  #busy: Promise<boolean> | undefined;
  #failed = false;
  /** How many papers the address says are shown; the server shows fewer of very many. */
  readonly #shown = Number(parameter("show")) || 0;
  readonly #end: IntersectionObserver;

  /** `dress` makes fresh papers as the others are; `sparse` says whether most of them are hidden. */
  constructor(list: HTMLElement, pager: HTMLElement, dress: Dress, sparse: () => boolean) {
    this.#list = list;
    this.#pager = pager;
    this.#dress = dress;
    this.#mayGrow = () => !this.#failed && !(sparse() && cards().length >= ENOUGH);
    this.#status = document.createElement("p");
    this.#status.className = "vh";
    this.#status.setAttribute("role", "status");
    pager.before(this.#status);
    pager.addEventListener("click", (event) => this.#pressed(event));
    this.#end = new IntersectionObserver(
      ([entry]) => entry?.isIntersecting && this.#mayGrow() && void this.more(),
      { rootMargin: NEAR },
    );
    this.#end.observe(pager);
  }

  /** Adds the next papers, at most `count`; says whether any came. Whoever asks meanwhile waits for the same ones. */
  more(count?: number): Promise<boolean> {
    this.#busy ??= this.#grow(count).finally(() => {
      this.#busy = undefined;
    });
    return this.#busy;
  }

  /** Adds all that is left. */
  async all(): Promise<void> {
    while (await this.more(MOST));
  }

  /** Adds papers until one of them is there: as many as the address says were shown, and a few pages more. */
  async until(id: string): Promise<void> {
    const end = Math.min(this.#shown, FURTHEST) + MORE;
    while (!document.getElementById(id) && cards().length < end) {
      if (!(await this.more(100))) return;
    }
  }

  async #grow(count?: number): Promise<boolean> {
    const link = this.#next();
    if (!link) return false;
    const address = new URL(link.href);
    if (count) address.searchParams.set("show", String(count));
    this.#failed = false;
    link.setAttribute("aria-busy", "true");
    this.#status.textContent = words("more_coming");
    try {
      const response = await fetch(address, { headers: { Accept: "text/html" } });
      if (!response.ok) throw new Error(String(response.status));
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const list = page.querySelector<HTMLElement>(".papers");
      if (!list) throw new Error("no list");
      this.#take(list);
      return true;
    } catch {
      this.#fail(link);
      return false;
    } finally {
      link.removeAttribute("aria-busy");
    }
  }

  #take(page: HTMLElement): void {
    const here = new Set(cards().map(({ id }) => id));
    const fresh = [...page.querySelectorAll<HTMLElement>(":scope > .card")].filter(({ id }) => !here.has(id));
    const next = page.querySelector<HTMLAnchorElement>(".pager a[rel=next]");
    const link = this.#next();
    this.#pager.querySelector(".note")?.remove();
    if (next && link) {
      link.href = next.href;
      const name = next.querySelector("strong");
      if (name) link.querySelector("strong")?.replaceWith(name);
    } else link?.remove();
    const holder = document.createDocumentFragment();
    holder.append(...fresh);
    this.#status.before(holder);
    this.#dress(fresh);
    this.#count(page.dataset.total, fresh.length, !next);
    // An end that is still near after this is noticed only when it is looked at anew.
    this.#end.unobserve(this.#pager);
    if (next) this.#end.observe(this.#pager);
  }

  #count(total: string | undefined, came: number, ended: boolean): void {
    const loaded = cards().length;
    setParameter("show", String(loaded));
    const first = Number(this.#list.dataset.first) || 1;
    const last = first + loaded - 1;
    const whole = total !== undefined && first === 1 && last >= Number(total);
    const text = whole
      ? words("range_all", { n: last })
      : words(total === undefined ? "range_open" : "range_of", { first, last, total: total ?? "" });
    const places = [document.querySelector(".bar .range"), this.#next()?.querySelector("span")];
    for (const place of places) if (place) place.textContent = text;
    this.#status.textContent = ended ? words("more_end", { n: loaded }) : words("more_came", { n: came });
  }

  #fail(link: HTMLAnchorElement): void {
    this.#failed = true;
    this.#status.textContent = words("more_failed");
    if (this.#pager.querySelector(".note")) return;
    const note = document.createElement("p");
    note.className = "note warn";
    note.textContent = words("more_failed");
    this.#pager.prepend(note);
    const name = link.querySelector("strong");
    if (name) name.textContent = words("more_retry");
  }

  /** Who presses the link goes on reading at the first paper that came. */
  #pressed(event: MouseEvent): void {
    const link = this.#next();
    if (!link?.contains(event.target as Node)) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const last = cards().at(-1);
    void this.more().then((came) => {
      const title = came ? last?.nextElementSibling?.querySelector<HTMLElement>(".title-link") : undefined;
      title?.focus({ preventScroll: true });
    });
  }

  #next(): HTMLAnchorElement | null {
    return this.#pager.querySelector("a[rel=next]");
  }
}
