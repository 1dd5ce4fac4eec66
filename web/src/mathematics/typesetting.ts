// Typesets the formulas that come near the viewport, a few milliseconds at a time, each on its own:
// a formula carries everything that its looks depend on, so the order never matters.

import { BOXES, fit, release, reserve, settle } from "./boxes.ts";
import { texButton } from "./copying.ts";
import { formula, source } from "./formula.ts";
import { neighbours } from "./neighbours.ts";
import { fold } from "./printing.ts";

type Engine = typeof import("../mathjax/engine.ts");

const SLICE = 10; // milliseconds of work between two looks at the reader's input
const NEAR = "120% 0px"; // of the viewport, above and below
const REST = 150; // milliseconds without scrolling, after which the browser keeps in sight what is in sight

const waiting = new Set<HTMLElement>();
let engine: Promise<Engine> | undefined;
let ready: Engine | undefined;
let working = false;

/** Those of them that are near; who scrolls quickly leaves others behind, and they wait for theirs. */
const close = new Set<HTMLElement>();

const near = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) waiting.add(target as HTMLElement);
      if (isIntersecting) close.add(target as HTMLElement);
      else close.delete(target as HTMLElement);
    }
    void work();
  },
  { rootMargin: NEAR },
);

/** Has the formulas inside `root` typeset when the reader comes near them. */
export function watch(root: Element): void {
  const formulas = untouched(root);
  if (formulas.length > 0) load().catch(() => {});
  for (const element of formulas) near.observe(element);
  within(root, BOXES).forEach(reserve);
}

/** Forgets the formulas inside `root`: call before removing it. */
export function forget(root: Element): void {
  for (const element of within(root, `.math, ${BOXES}`)) {
    release(element);
    done(element);
  }
}

function done(element: HTMLElement): void {
  near.unobserve(element);
  waiting.delete(element);
  close.delete(element);
}

/** Typesets all that is left, for paper. Works at once when the engine is there. */
export function everything(): void {
  for (const element of untouched(document.documentElement)) waiting.add(element);
  if (!ready) return void work();
  slice(ready, [...waiting], Number.POSITIVE_INFINITY);
  fold(ready);
}

function untouched(root: Element): HTMLElement[] {
  return within(root, ".math:not(.typeset, .bad-math, [hidden])");
}

function within(root: Element, selector: string): HTMLElement[] {
  const inside = [...root.querySelectorAll<HTMLElement>(selector)];
  return root.matches(selector) ? [root as HTMLElement, ...inside] : inside;
}

function load(): Promise<Engine> {
  engine ??= (import("./mathjax/engine.js" as string) as Promise<Engine>)
    .then(async (mathjax) => {
      await mathjax.dressed();
      return mathjax;
    })
    .catch((error) => {
      engine = undefined; // the sources stay readable; the next formula that comes near tries again
      throw error;
    });
  return engine;
}

async function work(): Promise<void> {
  if (working || waiting.size === 0) return;
  working = true;
  try {
    ready = await load();
    while (waiting.size > 0) {
      const next = ordered();
      await slice(ready, next, performance.now() + SLICE);
      await new Promise((resolve) => setTimeout(resolve, next.length > 0 ? 0 : REST));
    }
  } catch {
    document.documentElement.classList.add("plain"); // the engine did not come: the sources are to be read
  } finally {
    working = false;
  }
}

/** Works until `deadline`; the promise is for a part of the font that one formula has to wait for. */
function slice(mathjax: Engine, elements: HTMLElement[], deadline: number): Promise<unknown> {
  const finished: [HTMLElement, HTMLElement][] = [];
  let pause: Promise<unknown> | undefined;
  for (const element of elements) {
    if (performance.now() > deadline || (pause && deadline < Number.POSITIVE_INFINITY)) break;
    done(element);
    if (!element.isConnected) continue;
    try {
      finished.push([element, mathjax.typeset(formula(element), element)]);
    } catch (error) {
      pause = mathjax.missing(error)?.then(
        () => waiting.add(element),
        () => refuse(element, "a part of the font did not come"),
      );
      if (!pause) refuse(element, (error as { message?: string }).message ?? String(error));
    }
  }
  if (finished.length > 0) mathjax.dress();
  for (const [element, typeset] of finished) put(element, typeset);
  const fresh = finished.map(([element]) => element);
  settle(fresh);
  fit(fresh);
  return pause ?? Promise.resolve();
}

let scrolled = Number.NEGATIVE_INFINITY;
addEventListener("scroll", () => (scrolled = performance.now()), { passive: true });

/**
 * What waits, in the order that serves the reader: what is near before what was passed, ahead before behind. What is
 * behind may have got less room than it takes, and would push away what is read in mid-scroll: it waits for a rest.
 */
function ordered(): HTMLElement[] {
  const behind = (element: HTMLElement) => element.getBoundingClientRect().bottom < 0;
  const here = [...waiting].filter((element) => close.has(element));
  const ahead = here.filter((element) => !behind(element));
  if (performance.now() - scrolled < REST) return ahead;
  return [...new Set([...ahead, ...here, ...waiting])];
}

function put(element: HTMLElement, typeset: HTMLElement): void {
  element.dataset.tex = source(element);
  element.replaceChildren(typeset);
  element.classList.add("typeset");
  if (element.matches(".inline")) neighbours(element);
  if (element.parentElement?.matches(".eq") && !element.nextElementSibling) element.after(texButton());
  reserve(element);
}

function refuse(element: HTMLElement, why: string): void {
  element.classList.add("bad-math");
  element.title = why;
}
