// What the source pane knows of TeX in Markdown, to colour it. Which formulas there are is the server's to say.

import { Tag } from "@lezer/highlight";
import type { InlineContext, MarkdownConfig } from "@lezer/markdown";

/** TeX: a formula with its delimiters, or a reference to one. */
export const formula = Tag.define();

const OPENERS: [RegExp, (found: RegExpExecArray) => string][] = [
  [/^\$\$/, () => "$$"],
  [/^\$(?=[^\s$])/, () => "$"],
  [/^\\\(/, () => "\\)"],
  [/^\\\[/, () => "\\]"],
  [/^\\begin\{([a-z]+\*?)\}/, ([, name]) => `\\end{${name}}`],
  [/^\\(?:eq)?ref\{/, () => "}"],
];
const DOLLAR = 36;
const BACKSLASH = 92;

/** Formulas as inline elements, before anything else in them is taken for Markdown. */
export const formulas: MarkdownConfig = {
  defineNodes: [{ name: "Formula", style: formula }],
  parseInline: [{ name: "Formula", before: "Escape", parse }],
};

function parse(context: InlineContext, next: number, at: number): number {
  if (next !== DOLLAR && next !== BACKSLASH) return -1;
  const rest = context.slice(at, context.end);
  for (const [opener, closer] of OPENERS) {
    const found = opener.exec(rest);
    if (!found) continue;
    const close = closer(found);
    const end = closing(rest, found[0].length, close);
    return end < 0 ? -1 : context.addElement(context.elt("Formula", at, at + end));
  }
  return -1;
}

/** Where a formula ends; a dollar after a backslash is none. */
function closing(text: string, from: number, close: string): number {
  let at = text.indexOf(close, from);
  while (at > 0 && close.startsWith("$") && text[at - 1] === "\\") at = text.indexOf(close, at + 1);
  return at < 0 ? -1 : at + close.length;
}
