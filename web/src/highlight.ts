// Marks words in titles and abstracts without touching the page: the browser paints them over the text. Nothing in it
// changes, so translations go on, and what is inside a formula is never looked at.

import { fold, places } from "./expression.ts";

/** Where the browser cannot do that, words are not marked. */
const able = typeof Highlight === "function" && "highlights" in CSS;

/** Paints the words that any of the patterns finds in some papers. What was painted by that name before goes. */
export function highlight(name: string, papers: readonly HTMLElement[], patterns: readonly RegExp[]): void {
  if (!able) return;
  if (patterns.length === 0) return void CSS.highlights.delete(name);
  const marks = new Highlight();
  for (const element of papers) {
    for (const range of ranges(element, patterns)) marks.add(range);
  }
  CSS.highlights.set(name, marks);
}

function ranges(element: HTMLElement, patterns: readonly RegExp[]): Range[] {
  const texts = [...element.querySelectorAll(".title-link, .summary")].flatMap(prose);
  return texts.flatMap((text) => {
    return places(fold(text.data), patterns).map(([start, end]) => {
      const range = document.createRange();
      range.setStart(text, start);
      range.setEnd(text, end);
      return range;
    });
  });
}

function prose(root: Element): Text[] {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) => {
    return node instanceof Element && node.matches(".math")
      ? NodeFilter.FILTER_REJECT
      : NodeFilter.FILTER_ACCEPT;
  });
  const texts: Text[] = [];
  while (walker.nextNode()) if (walker.currentNode instanceof Text) texts.push(walker.currentNode);
  return texts;
}
