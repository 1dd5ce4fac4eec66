// How much room a formula will take, guessed from its TeX before the engine is there, so that the page does not move
// when it comes. Lengths are in em of the text around it.

import { stripped } from "./formula.ts";
import { ATOMS, type Atom, BLACKBOARD, type Kind, LEANING, letter, SCRIPTED, UPRIGHT } from "./letters.ts";

/** The engine sets formulas a little larger than the text. */
const SCALE = 1.06;
const SCRIPT = Math.SQRT1_2;
/** What is nested deeper than this is somebody's joke. */
const DEEP = 50;

const NAMES =
  /^\\(?:log|ln|exp|sin|cos|tan|tanh|max|min|sup|inf|lim|det|dim|ker|deg|gcd|arg|Pr|argmax|argmin)$/;
const ALPHABET = /^\\math(?:bb|cal|frak|scr)$/;
const WORDS = /^\\(?:text|textrm|textbf|textit|mathrm|mathsf|mathtt|mathbf|mathit|operatorname|mbox)$/;
const BOLD = /^\\(?:boldsymbol|bm|pmb)$/;
const FRACTION = /^\\([cdt]?)(?:frac|binom)$/;
const SIZED = /^\\(?:left|right|middle|[bB]ig{1,2}[lrm]?)$/;
const ACCENT = /^\\(?:hat|bar|tilde|dot|ddot|vec|check|breve|acute|grave|mathring|wide\w+|over\w+)$/;
const BRACE = /^\\(?:under|over)brace$/;
const SILENT = /^\\(?:textstyle|scriptstyle|limits|nolimits|notag|nonumber|mathstrut|hline|big\/)$/;
const LABEL = /^\\(?:label|tag\*?)$/;

/** How far a box goes to the right of where it begins, and above and below its line. */
interface Box {
  width: number;
  above: number;
  below: number;
}

/** Above the line stands what fractions, tables and delimiters have their middle at. */
const AXIS = 0.25;

/** The width of a formula in the text. */
export function width(source: string): number {
  return SCALE * new Reader(stripped(source)).row(1).width;
}

/** The least height of a display: room for the usual formula, and for what is higher. */
export function height(source: string): number {
  const { above, below } = new Reader(stripped(source), true).table(1, "aligned");
  return Math.max(3.4, SCALE * (above + below) + 1.4);
}

/** A part of a formula that stands in one line, and what it is as TeX. */
export interface Piece extends Box {
  tex: string;
  /** The space before it, which goes where a line ends. */
  gap: number;
}

/** The pieces that a long formula in the text may be broken into; together they are the source. */
export function pieces(source: string): Piece[] {
  const tex = stripped(source);
  const start = source.indexOf(tex);
  const reader = new Reader(tex);
  reader.row(1);
  let from = 0;
  return reader.parts.map(({ end, gap, width, above, below }, n) => {
    const to = n === reader.parts.length - 1 ? source.length : start + end;
    const piece = source.slice(from, to);
    from = to;
    return { tex: piece, gap: SCALE * gap, width: SCALE * width, above: SCALE * above, below: SCALE * below };
  });
}

class Reader {
  /** What stays whole in a line: lines may end before the operators that stand outside of groups. */
  readonly parts: (Box & { end: number; gap: number })[] = [];
  readonly #tokens: string[];
  readonly #places: number[];
  #at = 0;
  /** Inside how many pairs of delimiters that grow. */
  #paired = 0;
  #depth = 0;
  /** Whether sums, integrals and fractions are those of a display. */
  #large: boolean;

  constructor(tex: string, large = false) {
    const found = [...tex.matchAll(/\\[A-Za-z]+\*?|\\[\s\S]|[^\s]/gu)];
    this.#tokens = found.map(([token]) => token);
    this.#places = found.map(({ index }) => index);
    this.#large = large;
  }

  /** Reads up to the end of a group, or before one of `stops`; `size` is that of the letters. */
  row(size: number, stops: readonly string[] = []): Box {
    const whole: Box = { width: 0, above: 0, below: 0 };
    let part = { width: 0, above: 0, below: 0, gap: 0 };
    let last: Kind = "open";
    const outer = this.#depth === 0;
    for (;;) {
      const token = this.#tokens[this.#at];
      if (token === undefined || stops.includes(token)) break;
      const at = this.#places[this.#at] ?? 0;
      this.#at++;
      if (token === "}") break;
      const { kind: own, ...box } = this.#scripted(token, size);
      const kind: Kind = own === "bin" && ["open", "bin", "rel", "op", "punct"].includes(last) ? "ord" : own;
      const gap = space(last, kind, size);
      const begun = part.width > 0 || this.parts.length > 0;
      const ends = kind === "bin" || kind === "rel" || /^\\q?quad$/.test(token);
      if (outer && begun && this.#paired === 0 && ends) {
        this.parts.push({ ...part, end: at });
        part = { width: -gap, above: 0, below: 0, gap };
      }
      for (const sum of [whole, part]) {
        sum.width += gap + box.width;
        sum.above = Math.max(sum.above, box.above);
        sum.below = Math.max(sum.below, box.below);
      }
      if (kind !== "space") last = kind;
    }
    if (outer) this.parts.push({ ...part, end: Number.POSITIVE_INFINITY });
    return whole;
  }

  /** An atom with the scripts after it. */
  #scripted(token: string, size: number): Box & { kind: Kind } {
    if (token === "^" || token === "_") this.#at--; // nothing before it
    const [high, low] = letter(token);
    const bare = token === "^" || token === "_" || token === "'";
    const atom: Atom = bare ? [0, "ord"] : this.#atom(token, size);
    const [width, kind, above = high * size, below = low * size] = atom;
    const box = { width, above, below, kind };
    if (token === "'") box.width += 0.37 * size;
    const stacked = BRACE.test(token) || (this.#large && kind === "op" && !token.includes("int"));
    const lean = LEANING.get(token) ?? 0;
    // Scripts of a letter stand where they stand; those of what is larger go with it.
    const grown = ATOMS.has(token) && kind !== "op" ? { above: 0, below: 0 } : { above, below };
    let scripts = 0;
    for (let seen = ""; ; ) {
      const next = this.#tokens[this.#at];
      if (next === "'") {
        this.#at++;
        box.width += 0.37 * size;
        continue;
      }
      if ((next !== "^" && next !== "_") || next === seen) break;
      seen = next;
      this.#at++;
      const script = this.#small(size * SCRIPT);
      if (stacked) limit(box, script, next, size);
      else scripts = Math.max(scripts, script.width + (0.08 + shift(next, lean)) * size);
      if (!stacked) raise(box, script, next, grown, size);
    }
    box.width += scripts;
    return box;
  }

  /** An argument that is set as in the text, whatever is around it. */
  #small(size: number): Box {
    const large = this.#large;
    this.#large = false;
    const box = this.#argument(size);
    this.#large = large;
    return box;
  }

  #atom(token: string, size: number): Atom {
    if (this.#depth > DEEP) return [0, "space"];
    this.#depth++;
    const atom = this.#read(token, size);
    this.#depth--;
    return atom;
  }

  #read(token: string, size: number): Atom {
    if (token === "{") return this.#group(size);
    if (/^\\[vd]dots$/.test(token))
      return [(token === "\\vdots" ? 0.28 : 1.28) * size, "inner", 1.06 * size, 0.1 * size];
    const known = ATOMS.get(token);
    if (known) return this.#known(token, known, size);
    if (token === "\\left") return this.#grown(size);
    if (SIZED.test(token)) return this.#sized(token, size);
    if (NAMES.test(token)) return [upright(token.slice(1)) * size, "op"];
    if (WORDS.test(token)) return this.#text(token, size);
    if (ALPHABET.test(token)) {
      const table = token === "\\mathbb" ? BLACKBOARD : token === "\\mathcal" ? SCRIPTED : undefined;
      const own = (letter: string) => table?.get(letter) ?? (/[a-z]/.test(letter) ? 0.48 : 0.8);
      return [[...this.#words()].reduce((sum, letter) => sum + own(letter), 0) * size, "ord"];
    }
    const fraction = FRACTION.exec(token);
    if (fraction) return this.#fraction(token, fraction[1] ?? "", size);
    if (/^\\(?:stackrel|(?:over|under)set)$/.test(token)) return this.#stack(token, size);
    if (token === "\\sqrt") return this.#root(size);
    if (token === "\\pmod") return [this.#argument(size).width + 3.61 * size, "ord"];
    if (token === "\\bmod") return [1.89 * size, "bin"];
    if (token === "\\displaystyle") this.#large = true;
    if (token === "\\textstyle") this.#large = false;
    if (token === "\\begin") return this.#environment(size);
    if (token === "\\end" || LABEL.test(token)) this.#words();
    if (token === "\\displaystyle" || token === "\\end" || SILENT.test(token) || LABEL.test(token))
      return [0, "space", 0, 0];
    if (token === "&" || token === "\\\\") return [1, "space"];
    return this.#dressed(token, size);
  }

  #text(token: string, size: number): Atom {
    const text = this.#words();
    const width = (token.endsWith("bf") ? 1.15 : 1) * upright(text) * size;
    const kind = token === "\\operatorname" ? "op" : "ord";
    return /\p{Script=Han}/u.test(text)
      ? [width, kind, size, 0.45 * size]
      : [width, kind, 0.7 * size, 0.2 * size];
  }

  #known(token: string, [width, kind]: Atom, size: number): Atom {
    if (kind !== "op") return [width * size, kind];
    const long = token.includes("int");
    const grown = (this.#large ? 1.4 : 1) * size;
    const half = (this.#large ? (long ? 1.12 : 0.71) : long ? 0.56 : 0.5) * size;
    return [width * grown, kind, half + AXIS * size, half - AXIS * size];
  }

  #group(size: number): Atom {
    const large = this.#large;
    const { width, above, below } = this.row(size);
    this.#large = large;
    return [width, "ord", above, below];
  }

  /** What is between \left and \right, and both. */
  #grown(size: number): Atom {
    const open = this.#tokens[this.#at++] ?? ".";
    this.#paired++;
    const inner = this.row(size, ["\\right"]);
    this.#paired--;
    const closed = this.#tokens[this.#at] === "\\right";
    if (closed) this.#at++;
    const close = closed ? (this.#tokens[this.#at++] ?? ".") : ".";
    const need = Math.max(inner.above - AXIS * size, inner.below + AXIS * size);
    const step = steps(need / size);
    const half = (HALVES[step] ?? need / size) * size;
    return [
      inner.width + delimiter(open, step, size) + delimiter(close, step, size),
      "inner",
      Math.max(inner.above, half + AXIS * size),
      Math.max(inner.below, half - AXIS * size),
    ];
  }

  #sized(token: string, size: number): Atom {
    const own = this.#tokens[this.#at++] ?? ".";
    const step = BIG[token.slice(1).replace(/[lrm]$/, "")] ?? 1;
    const half = (HALVES[step] ?? 0.5) * size;
    const kind = /right|r$/.test(token) ? "close" : /l$/.test(token) ? "open" : "ord";
    return [delimiter(own, step, size), kind, half + AXIS * size, half - AXIS * size];
  }

  #fraction(token: string, how: string, size: number): Atom {
    const large = how === "d" || how === "c" || (how === "" && this.#large);
    const part = large ? size : size * SCRIPT;
    const sides = token.endsWith("binom") ? (large ? 1.35 : 1) : 0.44;
    const [over, under] = [this.#small(part), this.#small(part)];
    const clear = (large ? 0.21 : 0.09) * size;
    const up = Math.max((large ? 0.677 : 0.394) * size, over.below + AXIS * size + clear);
    const down = Math.max((large ? 0.686 : 0.345) * size, under.above - AXIS * size + clear);
    return [Math.max(over.width, under.width) + sides * size, "ord", up + over.above, down + under.below];
  }

  #stack(token: string, size: number): Atom {
    const script = this.#small(size * SCRIPT);
    const box = this.#argument(size);
    limit(box, script, token === "\\underset" ? "_" : "^", size);
    return [box.width, "rel", box.above, box.below];
  }

  #root(size: number): Atom {
    if (this.#tokens[this.#at] === "[") this.#at = this.#after("]");
    const { width, above, below } = this.#argument(size);
    const need = above + below + 0.15 * size;
    const surd = [1, 1.2, 1.8, 2.4, 3].find((step) => step * size >= need) ?? need / size;
    const spare = (surd * size - need) / 2;
    return [
      width + (need > 1.1 * size ? 1.02 : 0.85) * size,
      "ord",
      above + 0.15 * size + spare,
      below + spare,
    ];
  }

  #environment(size: number): Atom {
    const name = this.#words();
    if (/^(?:array|alignat|alignedat)/.test(name)) this.#words();
    const { width, above, below } = this.table(name === "smallmatrix" ? size * SCRIPT : size, name);
    return [width, name.endsWith("matrix") || name === "cases" ? "inner" : "ord", above, below];
  }

  /** Rows of cells, up to the end of the environment. */
  table(size: number, name: string): Box {
    const cells = /matrix|cases|array/.test(name);
    const large = this.#large;
    const columns: number[] = [];
    let rows = 0;
    let total = 0;
    let [column, above, below] = [0, 0, 0];
    const line = () => {
      if (above + below === 0) return;
      rows++;
      total += Math.max(above, 0.75 * size) + Math.max(below, 0.25 * size);
      [column, above, below] = [0, 0, 0];
    };
    while (this.#at < this.#tokens.length) {
      this.#large = large && !cells;
      const cell = this.row(size, ENDS);
      columns[column] = Math.max(columns[column] ?? 0, cell.width);
      [above, below] = [Math.max(above, cell.above), Math.max(below, cell.below)];
      const end = this.#tokens[this.#at++];
      column++;
      if (end === "\\\\") {
        line();
        total += this.#extra();
      }
      if (end !== "\\end") continue;
      this.#words();
      break;
    }
    line();
    this.#large = large;
    const between = name === "cases" ? 0.2 : cells ? 0.4 : 0.3;
    const half = (total + between * size * Math.max(0, rows - 1)) / 2;
    const gaps = Math.max(0, columns.length - 1) * (cells ? 1 : 0) * size;
    const sides = /^[pbvBV]matrix|cases/.test(name) ? (rows > 1 ? 1.8 : 1.1) * size : 0;
    const width = columns.reduce((sum, one) => sum + one, 0) + gaps + sides;
    return { width, above: half + AXIS * size, below: half - AXIS * size };
  }

  /** The length that may stand after the end of a row. */
  #extra(): number {
    if (this.#tokens[this.#at] !== "[") return 0;
    const start = this.#at + 1;
    this.#at = this.#after("]");
    const length = /^([\d.]+)(e[mx]|pt)$/.exec(this.#tokens.slice(start, this.#at - 1).join(""));
    return length ? Math.min(5, Number(length[1]) * ({ em: 1, ex: 0.44, pt: 0.1 }[length[2] ?? ""] ?? 0)) : 0;
  }

  /** What stands over, under or around something is about as wide; anything else is taken for a letter. */
  #dressed(token: string, size: number): Atom {
    const bare =
      token.length === 1 || !(ACCENT.test(token) || BOLD.test(token) || this.#tokens[this.#at] === "{");
    if (bare) return [(token.length > 1 ? 0.6 : 1) * size, "ord"];
    const { width, above, below } = this.#argument(size);
    if (BOLD.test(token)) return [1.15 * width, "ord", above, below];
    if (token === "\\underbrace") return [width, "op", above, below + 0.85 * size];
    if (token === "\\overbrace") return [width, "op", above + 0.55 * size, below];
    if (token === "\\boxed") return [width + 0.7 * size, "ord", above + 0.4 * size, below + 0.4 * size];
    return [width, "ord", above + (ACCENT.test(token) ? 0.33 * size : 0), below];
  }

  #argument(size: number): Box {
    const token = this.#tokens[this.#at++];
    if (token === undefined) return { width: 0, above: 0, below: 0 };
    const [high, low] = letter(token);
    const [width, , above = high * size, below = low * size] = this.#atom(token, size);
    return { width, above, below };
  }

  /** The letters of an argument as they stand. */
  #words(): string {
    const token = this.#tokens[this.#at++] ?? "";
    if (token !== "{") return token;
    const start = this.#at;
    this.#at = this.#after("}");
    return this.#tokens.slice(start, this.#at - 1).join("");
  }

  /** The place behind the next such token, or the end. */
  #after(token: string): number {
    const at = this.#tokens.indexOf(token, this.#at);
    return at < 0 ? this.#tokens.length : at + 1;
  }
}

const ENDS = ["&", "\\\\", "\\end"];

/** By which steps delimiters grow: half the height of each, and its width by that of the smallest. */
const HALVES = [0.5, 0.55, 0.6, 0.72, 0.9, 1.05, 1.2, 1.5];
const ROUND = [1, 1.08, 1.17, 1.35, 1.53, 1.7, 1.89, 2.04, 2.25];
const SQUARE = [1, 1.2, 1.5, 1.6, 1.7, 1.8, 1.9, 2.1, 2.4];
const BIG: Record<string, number> = { big: 3, Big: 4, bigg: 5, Bigg: 7 };

/** The step that delimiters go to around what reaches so far from the axis: TeX lets a little stick out. */
function steps(need: number): number {
  const step = HALVES.findIndex((half) => half >= Math.max(need * 0.9, need - 0.25));
  return step < 0 ? HALVES.length : step;
}

function delimiter(token: string, step: number, size: number): number {
  if (token === ".") return 0.12 * size;
  const grows = /^[()]$|angle$/.test(token)
    ? ROUND
    : /^(?:[[\]]|\\[lr](?:floor|ceil))$/.test(token)
      ? SQUARE
      : undefined;
  const factor = grows?.[step] ?? (/^\\[{}]$/.test(token) ? 1 + 0.08 * step : 1);
  return (ATOMS.get(token)?.[0] ?? 0.4) * factor * size;
}

/** A subscript stands under a letter that leans, a superscript a little off. */
function shift(script: string, lean: number): number {
  if (script === "_") return -lean;
  return lean > 0 ? 0.05 : 0;
}

/** Puts a script at the right of a box. */
function raise(
  box: Box,
  script: Box,
  which: string,
  base: { above: number; below: number },
  size: number,
): void {
  if (which === "^") {
    const up = Math.max(0.38 * size, base.above - 0.386 * size * SCRIPT);
    box.above = Math.max(box.above, up + script.above);
  } else {
    const down = Math.max(0.2 * size, base.below + 0.05 * size);
    box.below = Math.max(box.below, down + script.below);
  }
}

/** Puts a script over or under a box. */
function limit(box: Box, script: Box, which: string, size: number): void {
  const high = script.above + script.below;
  if (which === "^") box.above += Math.max(0.11 * size, 0.2 * size - script.below) + high + 0.1 * size;
  else box.below += Math.max(0.17 * size, 0.6 * size - script.above) + high + 0.1 * size;
  box.width = Math.max(box.width, script.width);
}

function space(left: Kind, right: Kind, size: number): number {
  if (size < 1 || left === "open") return 0;
  if (left === "rel" || right === "rel") return left === right || right === "close" ? 0 : 0.278;
  if (left === "bin" || right === "bin") return 0.222;
  if (left === "inner" || right === "inner") return right === "close" ? 0 : 0.167;
  if (left === "punct") return 0.167;
  const operator = left === "op" ? right === "ord" || right === "op" : right === "op";
  return operator ? 0.167 : 0;
}

/** The width of upright letters. */
function upright(text: string): number {
  let width = 0;
  for (const letter of text) width += UPRIGHT.get(letter) ?? (letter < "\u2e80" ? 0.5 : 1 / SCALE);
  return width;
}
