// The preview: a list of blocks, each with a key that is the same for the same HTML. What stays is left alone, so that
// only what changed is built and typeset anew.

import { parsed, type Watcher } from "../readings/patches.ts";

/** A block as the server names it; `html` only where the page has no block of that key. */
export interface Block {
  key: string;
  /** The line of the source at which it begins, from 1. */
  line: number;
  html?: string;
}

interface Shown {
  key: string;
  line: number;
  html: string;
  nodes: Node[];
}

export class Blocks {
  readonly #place: Element;
  readonly #watcher: Watcher;
  #shown: Shown[] = [];

  constructor(place: Element, watcher: Watcher) {
    this.#place = place;
    this.#watcher = watcher;
  }

  /** The keys of what is there. */
  get keys(): string[] {
    return [...new Set(this.#shown.map(({ key }) => key))];
  }

  /** Makes the page show these blocks. Gives how many were built. */
  show(blocks: readonly Block[]): number {
    const html = new Map(this.#shown.map((shown) => [shown.key, shown.html]));
    for (const block of blocks) if (block.html !== undefined) html.set(block.key, block.html);
    const next = blocks.map(({ key, line }) => ({ key, line, html: html.get(key) ?? "" }));
    if (this.#shown.length === 0 && this.#adopt(next)) return 0;
    const start = common(this.#shown, next);
    const most = Math.min(this.#shown.length, next.length) - start;
    const end = Math.min(most, common([...this.#shown].reverse(), [...next].reverse()));
    const built = this.#replace(start, end, next);
    for (const [at, { line }] of next.entries()) (this.#shown[at] as Shown).line = line;
    return built;
  }

  /** The element at a line of the source, and how far into its lines that is, from 0 to 1. */
  at(line: number): { element: Element; part: number } | undefined {
    const first = this.#shown.findLastIndex((block) => block.line <= line);
    const begin = this.#shown[first]?.line ?? 1;
    const same = this.#shown.filter((block) => block.line === begin);
    const after = this.#shown.find((block) => block.line > begin)?.line ?? line + 1;
    const part = Math.min(1, (line - begin) / Math.max(1, after - begin));
    // In HTML of the author many blocks begin where that begins.
    const block = same[Math.min(same.length - 1, Math.floor(part * same.length))];
    const element = block?.nodes.find((node) => node instanceof Element);
    return element ? { element: element as Element, part: same.length > 1 ? 0 : part } : undefined;
  }

  /** Takes over what the page came with, if it is the same. */
  #adopt(next: Omit<Shown, "nodes">[]): boolean {
    const there = [...this.#place.childNodes];
    const counted = next.map((block) => ({ ...block, count: parsed(block.html).length }));
    if (counted.reduce((sum, { count }) => sum + count, 0) !== there.length) return false;
    this.#shown = counted.map(({ count, ...block }) => ({ ...block, nodes: there.splice(0, count) }));
    return true;
  }

  #replace(start: number, end: number, next: Omit<Shown, "nodes">[]): number {
    if (this.#shown.length === 0) {
      this.#watcher.leaving([...this.#place.childNodes]);
      this.#place.replaceChildren();
    }
    const old = this.#shown.slice(start, this.#shown.length - end);
    const free = new Map<string, Shown[]>();
    for (const block of old) free.set(block.key, [...(free.get(block.key) ?? []), block]);
    const fresh: Node[] = [];
    const middle = next.slice(start, next.length - end).map((block): Shown => {
      const kept = free.get(block.key)?.shift();
      if (kept) return kept;
      const nodes = parsed(block.html);
      fresh.push(...nodes);
      return { ...block, nodes };
    });
    for (const { nodes } of [...free.values()].flat()) {
      this.#watcher.leaving(nodes);
      for (const node of nodes) node.parentNode?.removeChild(node);
    }
    const after = this.#shown.slice(this.#shown.length - end).flatMap(({ nodes }) => nodes)[0] ?? null;
    for (const node of middle.flatMap(({ nodes }) => nodes)) this.#place.insertBefore(node, after);
    this.#shown.splice(start, old.length, ...middle);
    this.#watcher.sealed(fresh);
    return fresh.length;
  }
}

/** How many blocks two lists have in common from their beginning on. */
function common(one: readonly { key: string }[], other: readonly { key: string }[]): number {
  let same = 0;
  while (same < one.length && same < other.length && one[same]?.key === other[same]?.key) same += 1;
  return same;
}
