// Words as readers combine them: `diffusion AND (control OR planning)`, `"low rank"`, `diffusion -image`, `quanti*`.
// Words that only stand beside one another must all occur. Reading never fails: what makes no sense is left out.
// A word is found whole, as a plural too; with a star, whatever begins with it; Chinese anywhere in a text.

export interface Expression {
  /** What the reader wrote. */
  text: string;
  /** Whether a text – folded by `fold` – is meant. */
  matches(folded: string): boolean;
  /** Finds in a folded text the words that are wanted. */
  wanted: RegExp[];
}

type Test = (folded: string) => boolean;

/** Reads an expression; nothing if no word is in it. */
export function expression(text: string): Expression | undefined {
  const reader = new Reader(tokens(text));
  const test = reader.either();
  return test && { text, matches: test, wanted: reader.wanted };
}

/** A text without accents and capitals, letter by letter, so that places in it are places in the original. */
export function fold(text: string): string {
  return text.toLowerCase().length === text.length
    ? text.toLowerCase().replace(/[^\0-\x7f]/gu, plain)
    : text.replace(/./gsu, (letter) => (letter < "\x80" ? letter.toLowerCase() : plain(letter)));
}

/** Where in a folded text any of the patterns is. */
export function places(folded: string, patterns: readonly RegExp[]): [number, number][] {
  return patterns.flatMap((pattern) => {
    return [...folded.matchAll(pattern)].map(({ index, 0: found }) => {
      return [index, index + found.length] as [number, number];
    });
  });
}

function plain(letter: string): string {
  const bare = letter.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  return bare.length === letter.length ? bare : letter;
}

function tokens(text: string): string[] {
  const straight = text
    .replace(/[“”„«»]/g, '"')
    .replace(/（/g, "(")
    .replace(/）/g, ")");
  return straight.match(/"[^"]*"?|[()]|-(?=[^\s-])|[^\s()"]+/g) ?? [];
}

class Reader {
  readonly wanted: RegExp[] = [];
  readonly #tokens: string[];
  #at = 0;
  #negated = false;

  constructor(tokens: string[]) {
    this.#tokens = tokens;
  }

  either(): Test | undefined {
    const any: Test[] = [];
    do {
      const test = this.#all();
      if (test) any.push(test);
    } while (this.#take("OR") || this.#take("|"));
    return any.length > 1 ? (text) => any.some((test) => test(text)) : any[0];
  }

  #all(): Test | undefined {
    const all: Test[] = [];
    for (;;) {
      const token = this.#tokens[this.#at];
      if (token === undefined || token === "OR" || token === "|") break;
      if (token === ")" && this.#depth > 0) break;
      const test = this.#one();
      if (test) all.push(test);
    }
    return all.length > 1 ? (text) => all.every((test) => test(text)) : all[0];
  }

  #depth = 0;

  #one(): Test | undefined {
    const token = this.#tokens[this.#at++] ?? "";
    if (token === "-" || token === "NOT") return this.#not();
    if (token === "(") {
      if (this.#depth > 20) return undefined;
      this.#depth++;
      const test = this.either();
      this.#depth--;
      this.#take(")");
      return test;
    }
    if (token === "AND" || token === ")") return undefined;
    const found = pattern(token);
    if (!found) return undefined;
    if (!this.#negated) this.wanted.push(found);
    return (text) => text.search(found) >= 0;
  }

  #not(): Test | undefined {
    if (this.#at >= this.#tokens.length) return undefined;
    this.#negated = !this.#negated;
    const test = this.#one();
    this.#negated = !this.#negated;
    return test && ((text) => !test(text));
  }

  #take(token: string): boolean {
    const there = this.#tokens[this.#at] === token;
    if (there) this.#at++;
    return there;
  }
}

const LETTER = "[\\p{L}\\p{N}]";

/** Finds a word or a phrase; words in a phrase may be joined by hyphens. */
function pattern(token: string): RegExp | undefined {
  const words = fold(token.replace(/"/g, " "))
    .split(/[\s\u2010-\u2015-]+/)
    .filter(Boolean);
  const star = words.at(-1)?.endsWith("*") ?? false;
  const bare = words.map((word) => word.replace(/\*+$/, "")).filter(Boolean);
  const first = bare[0];
  const last = bare.at(-1);
  if (!first || !last) return undefined;
  const body = bare
    .map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"))
    .join("[\\s\\u2010-\\u2015-]+");
  const before = /^[\p{L}\p{N}]/u.test(first) && !/^\p{Script=Han}/u.test(first) ? `(?<!${LETTER})` : "";
  const after = star ? `${LETTER}*` : ending(last);
  return new RegExp(`${before}${body}${after}`, "gu");
}

function ending(word: string): string {
  if (!/[\p{L}\p{N}]$/u.test(word) || /\p{Script=Han}$/u.test(word)) return "";
  return /[a-z]$/.test(word) ? `(?:e?s)?(?!${LETTER})` : `(?!${LETTER})`;
}
