// Marks words in titles and abstracts without touching the page: the browser paints them over the text. Nothing in it
// changes, so translations go on, and what is inside a formula is never looked at.

import { paper } from "../lists/paper.ts";
import { type Expression, fold, places } from "./expression.ts";

/** Where the browser cannot do that, words are not marked. */
const able = typeof Highlight === "function" && "highlights" in CSS;

/** Paints what is wanted in the papers that are meant. What was painted by that name before goes. */
export function highlight(
  name: string,
  papers: readonly HTMLElement[],
  expressions: readonly Expression[],
): void {
  if (!able) return;
  if (expressions.length === 0) return void CSS.highlights.delete(name);
  const marks = new Highlight();
  for (const element of papers) {
    const met = expressions.filter((words) => words.matches(paper(element).folded));
    const wanted = met.flatMap((words) => words.wanted);
    if (wanted.length > 0) for (const range of ranges(element, wanted)) marks.add(range);
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
