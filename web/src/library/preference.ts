// The order that a reader would like: papers about what they star and open, in categories that they watch, with words
// that they look for. It is made in their browser, and the same library always makes the same order.

import { type Expression, expression } from "./expression.ts";
import type { Library } from "./library.ts";

/** What the order depends on. */
export interface Facts {
  id: string;
  keywords: readonly string[];
  categories: readonly string[];
  /** As `2026-11-23`. */
  date: string;
  /** Title and abstract, folded. */
  folded: string;
}

export interface Taste {
  terms: ReadonlyMap<string, number>;
  watched: ReadonlySet<string>;
  include: readonly Expression[];
}

const STAR = 3;
const OPENED = 1;
const WATCHED = 2;
const WORDS = 3;

/** How much a reader cares for each term: three for each paper that they starred, one for each that they opened. */
export function terms(library: Readonly<Library>): Map<string, number> {
  const forgotten = new Set(library.forgotten.map((term) => term.toLowerCase()));
  const weights = new Map<string, number>();
  const add = (keywords: readonly string[], weight: number) => {
    for (const term of new Set(keywords.map((term) => term.toLowerCase()))) {
      if (!forgotten.has(term)) weights.set(term, (weights.get(term) ?? 0) + weight);
    }
  };
  for (const { keywords } of library.stars.values()) add(keywords, STAR);
  for (const { keywords } of library.opened.values()) add(keywords, OPENED);
  return weights;
}

export function taste(library: Readonly<Library>): Taste {
  return {
    terms: terms(library),
    watched: new Set(library.watched.map((name) => name.toLowerCase())),
    include: library.include.flatMap((text) => expression(text) ?? []),
  };
}

/** Each term counts less the more often it was met: the tenth paper about a thing says less than the second. */
export function score(paper: Facts, { terms, watched, include }: Taste): number {
  const known = paper.keywords.map((term) => terms.get(term.toLowerCase()) ?? 0);
  const liked = known.reduce((sum, weight) => sum + Math.log2(1 + weight), 0);
  const followed = paper.categories.some((name) => watched.has(name.toLowerCase())) ? WATCHED : 0;
  const worded = include.filter((words) => words.matches(paper.folded)).length * WORDS;
  return liked + followed + worded;
}

/** The papers, the best first; of equal ones the newer, then the one whose name comes first. */
export function preferred<P extends Facts>(papers: readonly P[], taste: Taste): P[] {
  const scored = papers.map((paper) => ({ paper, score: score(paper, taste) }));
  scored.sort(
    (a, b) => b.score - a.score || compare(b.paper.date, a.paper.date) || compare(a.paper.id, b.paper.id),
  );
  return scored.map(({ paper }) => paper);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
