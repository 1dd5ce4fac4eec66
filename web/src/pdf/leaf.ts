// A page of a PDF: a picture while it is near the reader, and its text over that for good.

import {
  type PDFDocumentProxy,
  type PDFPageProxy,
  type RenderTask,
  TextLayer,
} from "pdfjs-dist/legacy/build/pdf.mjs";
import { words } from "../words.ts";

/** The most pixels of a picture; some browsers show nothing of larger ones. */
const PIXELS = 2 ** 24;

/** As light in the dark as by day, and never quite white. */
const PAPER = "#fbfaf6";

export class Leaf {
  readonly element = document.createElement("div");
  readonly number: number;
  /** When the page was drawn first, or could not be. */
  readonly drawn: Promise<void>;
  readonly #file: PDFDocumentProxy;
  #page: Promise<PDFPageProxy> | undefined;
  #text: Promise<void> | undefined;
  #task: RenderTask | undefined;
  #near = false;
  /** The width of the picture, in pixels of the screen. */
  #sharp = 0;
  #done = () => {};

  constructor(file: PDFDocumentProxy, number: number, size: { width: number; height: number }) {
    this.#file = file;
    this.number = number;
    this.drawn = new Promise((done) => {
      this.#done = done;
    });
    this.element.className = "leaf";
    this.element.dataset.page = String(number);
    this.element.setAttribute("role", "group");
    this.element.setAttribute("aria-label", words("pdf_page", { n: number }));
    this.#measure(size);
  }

  /** Draws it, as it is near. */
  draw(): void {
    this.#near = true;
    void this.#picture();
    void this.read().catch(() => {});
  }

  /** Draws it anew, if it is near and of another size than it was. */
  sharpen(): void {
    if (this.#near) void this.#picture();
  }

  /** Gives the picture back. */
  clear(): void {
    this.#near = false;
    this.#sharp = 0;
    this.#task?.cancel();
    this.#task = undefined;
    this.element.querySelector("canvas")?.remove();
    this.#done();
  }

  /** Puts the text over the page. */
  read(): Promise<void> {
    this.#text ??= this.#write();
    return this.#text;
  }

  async #write(): Promise<void> {
    const page = await this.#known();
    const container = document.createElement("div");
    container.className = "leaf-text notranslate";
    container.translate = false;
    const textContentSource = page.streamTextContent({ includeMarkedContent: false });
    await new TextLayer({ textContentSource, container, viewport: page.getViewport({ scale: 1 }) }).render();
    this.element.append(container);
  }

  async #picture(): Promise<void> {
    try {
      await this.#paint(await this.#known());
      this.element.removeAttribute("data-failed");
    } catch (error) {
      if ((error as Error).name === "RenderingCancelledException" || !this.#near) return;
      this.element.dataset.failed = words("pdf_page_failed");
    } finally {
      this.#done();
    }
  }

  async #paint(page: PDFPageProxy): Promise<void> {
    const whole = page.getViewport({ scale: 1 });
    const width = this.element.clientWidth;
    const wanted = (width / whole.width) * devicePixelRatio;
    const most = Math.sqrt(PIXELS / (whole.width * whole.height));
    const viewport = page.getViewport({ scale: Math.min(wanted, most) });
    const sharp = Math.floor(viewport.width);
    if (!this.#near || width === 0 || sharp === this.#sharp) return;
    this.#sharp = sharp;
    this.#task?.cancel();
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(sharp, 1);
    canvas.height = Math.max(Math.floor(viewport.height), 1);
    canvas.setAttribute("aria-hidden", "true");
    const task = page.render({ canvas, viewport, background: PAPER });
    this.#task = task;
    await task.promise;
    if (!this.#near || this.#task !== task) return;
    this.element.querySelector("canvas")?.remove();
    this.element.prepend(canvas);
  }

  async #known(): Promise<PDFPageProxy> {
    this.#page ??= this.#file.getPage(this.number);
    const page = await this.#page;
    this.#measure(page.getViewport({ scale: 1 }), page.userUnit);
    return page;
  }

  #measure({ width, height }: { width: number; height: number }, unit = 1): void {
    const { style } = this.element;
    style.setProperty("--w", String(width));
    style.setProperty("--h", String(height));
    style.setProperty("--unit", String(unit));
  }
}
