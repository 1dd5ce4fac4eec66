// One PDF in a panel of the page: its pages near the reader are drawn, the text of all of them is there to be found.
// pdf.js reads it in a worker. It evaluates nothing, and what it has as WebAssembly it also has as JavaScript.

import {
  GlobalWorkerOptions,
  getDocument,
  type PDFDocumentLoadingTask,
  type PDFDocumentProxy,
} from "pdfjs-dist/legacy/build/pdf.mjs";
import { Failure, type Reason } from "./failure.ts";
import { Leaf } from "./leaf.ts";

/** The largest file, in bytes. */
const LARGEST = 60 * 2 ** 20;
/** Milliseconds without a byte, and until the document can be read at all. */
const SILENCE = 30_000;
const PATIENCE = 300_000;
/** How many pages away from the reader are drawn, as a margin of the box. */
const NEAR = "60% 0px";
/** The most pages whose text is there before they are come to. */
const FOUND = 300;
const STEP = 1.25;
const [LEAST, MOST] = [0.4, 5];

export interface Place {
  panel: HTMLElement;
  address: string;
  /** The page to begin with, from 1. */
  page: number;
  signal: AbortSignal;
}

export interface Shown {
  pages: number;
  go(page: number): void;
  close(): void;
}

/** Shows a PDF. Fails with a [`Failure`]. */
export async function show(place: Place): Promise<Shown> {
  // Whoever closed it while this module was on its way wants no worker.
  place.signal.throwIfAborted();
  const task = load(place.address);
  place.signal.addEventListener("abort", () => void task.destroy());
  const file = await patiently(task);
  try {
    const size = await sized(file);
    place.signal.throwIfAborted();
    const book = new Book(place.panel, file, size);
    place.signal.addEventListener("abort", () => book.close());
    book.begin(place.page);
    return book;
  } catch (error) {
    void task.destroy();
    throw reason(error);
  }
}

function load(url: string): PDFDocumentLoadingTask {
  const assets = new URL(`${document.documentElement.dataset.assets}/pdf/`, location.href).href;
  GlobalWorkerOptions.workerSrc = `${assets}worker.js`;
  return getDocument({
    url,
    cMapUrl: `${assets}cmaps/`,
    standardFontDataUrl: `${assets}fonts/`,
    wasmUrl: `${assets}decoders/`,
    useWasm: false,
    useWorkerFetch: true,
    disableWorkerRendering: true,
    enableXfa: false,
    canvasMaxAreaInBytes: 2 ** 27,
    maxImageSize: 2 ** 26,
    verbosity: 0,
  });
}

/** The document, unless it is too large or its source falls silent. */
async function patiently(task: PDFDocumentLoadingTask): Promise<PDFDocumentProxy> {
  let silence: ReturnType<typeof setTimeout> | undefined;
  let over: ReturnType<typeof setTimeout> | undefined;
  const stopped = new Promise<never>((_, stop) => {
    const late = () => stop(new Failure("late"));
    const wait = () => {
      clearTimeout(silence);
      silence = setTimeout(late, SILENCE);
    };
    over = setTimeout(late, PATIENCE);
    task.onProgress = ({ loaded, total }: { loaded: number; total?: number }) => {
      if (Math.max(loaded, total || 0) > LARGEST) stop(new Failure("large"));
      wait();
    };
    wait();
  });
  try {
    return await Promise.race([task.promise, stopped]);
  } catch (error) {
    void task.destroy();
    throw reason(error);
  } finally {
    clearTimeout(silence);
    clearTimeout(over);
  }
}

function reason(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const { name, status } = error as { name?: string; status?: number };
  const reasons: Record<string, Reason> = {
    InvalidPDFException: "broken",
    FormatError: "broken",
    PasswordException: "locked",
    ResponseException: status ? "missing" : "refused",
  };
  return new Failure(reasons[name ?? ""] ?? "refused");
}

/** The size of the first page stands for all, until each is known. */
async function sized(file: PDFDocumentProxy): Promise<{ width: number; height: number }> {
  const { width, height } = (await file.getPage(1)).getViewport({ scale: 1 });
  return { width, height };
}

class Book implements Shown {
  readonly pages: number;
  readonly #file: PDFDocumentProxy;
  readonly #panel: HTMLElement;
  readonly #box: HTMLElement;
  readonly #field: HTMLInputElement | null;
  readonly #leaves: Leaf[];
  readonly #near: IntersectionObserver;
  readonly #sizes: ResizeObserver;
  readonly #own = new AbortController();
  readonly #width: number;
  /** Against the width of the box. */
  #zoom = 1;
  #redraw: ReturnType<typeof setTimeout> | undefined;

  constructor(panel: HTMLElement, file: PDFDocumentProxy, size: { width: number; height: number }) {
    this.#panel = panel;
    this.#file = file;
    this.pages = file.numPages;
    this.#width = size.width;
    this.#box = panel.querySelector<HTMLElement>(".leaves") ?? panel;
    this.#field = panel.querySelector("input");
    this.#leaves = Array.from({ length: file.numPages }, (_, at) => new Leaf(file, at + 1, size));
    this.#near = new IntersectionObserver((entries) => this.#seen(entries), {
      root: this.#box,
      rootMargin: NEAR,
    });
    this.#sizes = new ResizeObserver(() => this.#fit());
  }

  begin(page: number): void {
    const total = this.#panel.querySelector("[data-total]");
    if (total) total.textContent = String(this.pages);
    this.#box.replaceChildren(...this.#leaves.map(({ element }) => element));
    this.#box.removeAttribute("aria-busy");
    this.#panel.classList.add("shown");
    this.#fit();
    if (page > 1) this.go(page);
    for (const { element } of this.#leaves) this.#near.observe(element);
    this.#sizes.observe(this.#box);
    this.#listen();
    void this.#read();
  }

  /** Brings a page to the top of the box; the page around it stays where it is. */
  go(page: number): void {
    const leaf = this.#leaves[Math.min(Math.max(page, 1), this.pages) - 1];
    if (leaf) this.#box.scrollTo({ top: leaf.element.offsetTop - this.#box.clientTop, behavior: "instant" });
    this.#tell();
  }

  close(): void {
    this.#own.abort();
    clearTimeout(this.#redraw);
    this.#near.disconnect();
    this.#sizes.disconnect();
    for (const leaf of this.#leaves) leaf.clear();
    void this.#file.loadingTask.destroy();
  }

  #listen(): void {
    const { signal } = this.#own;
    let frame = 0;
    const tell = () => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => this.#tell());
    };
    this.#box.addEventListener("scroll", tell, { passive: true, signal });
    this.#field?.addEventListener("change", () => this.go(Number(this.#field?.value) || 1), { signal });
    this.#panel.addEventListener("click", ({ target }) => this.#press(target), { signal });
  }

  #press(target: EventTarget | null): void {
    const button = target instanceof Element && target.closest<HTMLElement>("[data-zoom]");
    if (!button) return;
    const { zoom } = button.dataset;
    const next = zoom === "fit" ? 1 : this.#zoom * (zoom === "in" ? STEP : 1 / STEP);
    const before = this.#box.scrollTop / this.#box.scrollHeight;
    this.#zoom = Math.min(Math.max(next, LEAST), MOST);
    this.#fit();
    this.#box.scrollTop = before * this.#box.scrollHeight;
  }

  #fit(): void {
    const room = this.#box.clientWidth;
    if (room === 0) return;
    this.#box.style.setProperty("--leaf-scale", String((room / this.#width) * this.#zoom));
    const whole = Math.abs(this.#zoom - 1) < 0.01;
    this.#panel.querySelector('[data-zoom="fit"]')?.setAttribute("aria-pressed", String(whole));
    clearTimeout(this.#redraw);
    this.#redraw = setTimeout(() => {
      for (const leaf of this.#leaves) leaf.sharpen();
    }, 150);
  }

  #seen(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      const leaf = this.#leaves[Number((target as HTMLElement).dataset.page) - 1];
      if (isIntersecting) leaf?.draw();
      else leaf?.clear();
    }
  }

  /** Shows the number of the page that is in the middle. */
  #tell(): void {
    const middle = this.#box.scrollTop + this.#box.clientHeight / 2;
    const leaf = this.#leaves.findLast(({ element }) => element.offsetTop <= middle) ?? this.#leaves[0];
    if (this.#field && document.activeElement !== this.#field) this.#field.value = String(leaf?.number ?? 1);
  }

  /** Puts the text of the pages into the page one after the other, so that the browser finds it. */
  async #read(): Promise<void> {
    await this.#leaves[0]?.drawn;
    for (const leaf of this.#leaves.slice(0, FOUND)) {
      if (this.#own.signal.aborted) return;
      await leaf.read().catch(() => {});
      await new Promise((rest) => setTimeout(rest));
    }
  }
}
