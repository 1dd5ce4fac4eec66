// MathJax as a library: TeX to CHTML with New Computer Modern, built from its sources, so that there is no loader
// that could call another host, no menu, no worker, and no package that untrusted TeX could switch on. What is
// not imported here does not exist: no autoload, require, html, unicode, bbox, action, texhtml, setoptions.

import { MathJaxMhchemFontExtension } from "@mathjax/mathjax-mhchem-font-extension/js/chtml.js";
import { MathJaxNewcmFont } from "@mathjax/mathjax-newcm-font/js/chtml.js";
import { browserAdaptor } from "@mathjax/src/js/adaptors/browserAdaptor.js";
import type { MathDocument } from "@mathjax/src/js/core/MathDocument.js";
import { STATE } from "@mathjax/src/js/core/MathItem.js";
import type { MmlNode } from "@mathjax/src/js/core/MmlTree/MmlNode.js";
import { RegisterHTMLHandler } from "@mathjax/src/js/handlers/html.js";
import { Label } from "@mathjax/src/js/input/tex/Tags.js";
import { TeX } from "@mathjax/src/js/input/tex.js";
import "@mathjax/src/js/input/tex/ams/AmsConfiguration.js";
import "@mathjax/src/js/input/tex/boldsymbol/BoldsymbolConfiguration.js";
import "@mathjax/src/js/input/tex/braket/BraketConfiguration.js";
import "@mathjax/src/js/input/tex/cancel/CancelConfiguration.js";
import "@mathjax/src/js/input/tex/color/ColorConfiguration.js";
import "@mathjax/src/js/input/tex/configmacros/ConfigMacrosConfiguration.js";
import "@mathjax/src/js/input/tex/mathtools/MathtoolsConfiguration.js";
import "@mathjax/src/js/input/tex/mhchem/MhchemConfiguration.js";
import "@mathjax/src/js/input/tex/textmacros/TextMacrosConfiguration.js";
import { mathjax } from "@mathjax/src/js/mathjax.js";
import { ChtmlWrapper } from "@mathjax/src/js/output/chtml/Wrapper.js";
import { CHTML } from "@mathjax/src/js/output/chtml.js";
import { SafeHandler } from "@mathjax/src/js/ui/safe/SafeHandler.js";
import type { Formula } from "../mathematics/formula.ts";

type Dom = MathDocument<HTMLElement, Text, Document>;

const PACKAGES = [
  "base",
  "ams",
  "boldsymbol",
  "braket",
  "cancel",
  "color",
  "configmacros",
  "mathtools",
  "mhchem",
  "textmacros",
];

// Commands of those packages that reach past their formula: raw MathML, and settings that outlive it.
const REFUSED = /\\(?:mmlToken|mathtoolsset|(?:new|renew|use)tagform|DeclarePairedDelimiter\w*)(?![A-Za-z])/;

/** Elements within elements: browsers end the page when they lay out very many of them. */
const DEEP = 120;
/** Lengths that somebody writes may shift and stretch a formula over no more than this, in em. */
const FAR = 200;
const LENGTH = /\d{2}[\d.]*\s*(?:e[mx]|p[tc]|in|cm|mm|mu|sp|bp|dd|cc)/;

/** The state of a formula that was read, and lost what is not safe. */
const SAFE = (STATE.COMPILED ?? 0) + 1;

const COMMON = ["MJX-NCM-N", "MJX-NCM-ZERO", "MJX-BRK"];

mathjax.asyncLoad = (name: string) => {
  const file = name.slice(name.lastIndexOf("/") + 1, -".js".length);
  return import(`../../node_modules/@mathjax/mathjax-newcm-font/mjs/chtml/dynamic/${file}.js`);
};

const input = new TeX<HTMLElement, Text, Document>({
  packages: PACKAGES,
  tags: "ams",
  // Labels are the server's: to the engine they would be one too many, where a starred row has one or a formula names
  // its own.
  macros: { bm: ["\\boldsymbol{#1}", 1], label: ["", 1], medspace: "\\:", thickspace: "\\;" },
  mathtools: { "allow-mathtoolsset": false },
  formatError: (_: unknown, error: Error) => {
    throw error;
  },
});

const fontURL = new URL("./woff2", import.meta.url).href;
MathJaxNewcmFont.addExtension({ ...MathJaxMhchemFontExtension, fontURL });
const output = new CHTML<HTMLElement, Text, Document>({
  fontData: MathJaxNewcmFont,
  fontURL,
  scale: 1.06,
  matchFontHeight: false,
  linebreaks: { lineleading: 0.45 },
});
// The element around the formula holds its source: no need for a piece of it on every node.
Object.assign(ChtmlWrapper.skipAttributes, { "data-latex": true, "data-latex-item": true });

RegisterHTMLHandler(browserAdaptor());
const handler = mathjax.handlers.handlesDocument(document);
SafeHandler(handler);

const page = mathjax.document(document, {
  InputJax: input,
  OutputJax: output,
  safeOptions: { allow: { URLs: "none", classes: "none", cssIDs: "none", styles: "none" } },
}) as Dom;

/**
 * The typeset form of one formula, not yet in the page; a display may be broken into lines of a width in pixels.
 * Throws what cannot be typeset.
 */
export function typeset(formula: Formula, place: HTMLElement, lines?: number): HTMLElement {
  if (REFUSED.test(formula.tex)) throw new Error("a command that is not allowed here");
  const { tags } = input.parseOptions;
  tags.reset(formula.number);
  for (const [label, tag] of Object.entries(formula.refs)) tags.allLabels[label] = new Label(tag, label);
  const item = new page.options.MathItem(formula.tex, input, formula.display);
  item.start.node = place.firstChild ?? place;
  const style = getComputedStyle(place);
  const em = Number.parseFloat(style.fontSize);
  output.options.displayOverflow = lines ? "linebreak" : "overflow";
  const width = lines || place.clientWidth || place.parentElement?.clientWidth || 40 * em;
  item.setMetrics(em, em / 2, width, 1);
  item.convert(page, SAFE);
  item.root.walkTree((node: MmlNode) => {
    if (matrix(node)) node.attributes.set("class", "matrix");
  });
  if (lines) steady(item.root);
  item.convert(page);
  const root = item.typesetRoot as HTMLElement;
  if (deeper(root, DEEP)) throw new Error("nested too deeply");
  if (LENGTH.test(formula.tex) && vast(output.getBBox(item, page)))
    throw new Error("a length that is too great");
  return disarmed(root, formula);
}

/** Lines end in no cell of a matrix, and of aligned equations only in what stands last in its row. */
function steady(root: MmlNode): void {
  root.walkTree((cell) => {
    if (!cell.isKind("mtd")) return;
    if (!matrix(cell.parent.parent) && cell === cell.parent.childNodes.at(-1)) return;
    cell.walkTree((part) => {
      if (part.isKind("mo") || part.isKind("mspace")) part.attributes.set("linebreak", "nobreak");
    });
  });
}

function matrix(node: MmlNode): boolean {
  return node.isKind("mtable") && node.attributes.getExplicit("displaystyle") !== true;
}

function deeper(root: Element, levels: number): boolean {
  let level: Element[] = [root];
  for (let depth = 0; depth < levels && level.length > 0; depth++)
    level = level.flatMap(({ children }) => [...children]);
  return level.length > 0;
}

function vast({ h, d }: { h: number; d: number }): boolean {
  return Math.max(Math.abs(h), Math.abs(d)) > FAR;
}

/** The promise to wait for when typesetting stopped because a part of the font has still to come. */
export function missing(error: unknown): Promise<unknown> | undefined {
  const retry = (error as { retry?: unknown } | null)?.retry;
  return retry instanceof Promise ? retry : undefined;
}

/** Brings the page's style sheet up to date with the letters used so far. Call before showing what was typeset. */
export function dress(): void {
  const sheet = output.styleSheet(page);
  if (!sheet.isConnected) document.head.append(sheet);
}

/** Waits for the letters that nearly every formula has: without them it would be shown, and then change its width. */
export async function dressed(): Promise<void> {
  dress();
  await Promise.allSettled(COMMON.map((family) => document.fonts.load(`1em ${family}`)));
}

function disarmed(root: HTMLElement, formula: Formula): HTMLElement {
  for (const element of root.querySelectorAll("*")) {
    for (const { name, value } of [...element.attributes]) {
      const link = name === "href" && !/^(?:https?:\/\/|#)/i.test(value);
      // Ids would meet those of other formulas: numbers are counted per document.
      if (link || name === "id" || name.startsWith("on")) element.removeAttribute(name);
    }
    if (element.localName === "img") element.remove();
  }
  root.setAttribute("role", "img");
  root.setAttribute("aria-label", formula.tex.trim());
  return root;
}
