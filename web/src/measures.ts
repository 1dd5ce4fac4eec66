// How much room a formula will take, guessed from its TeX before the engine is there, so that the page does not move
// when it comes. Lengths are in em of the text around it.

import { stripped } from "./formula.ts";

/** The engine sets formulas a little larger than the text. */
const SCALE = 1.06;
const SCRIPT = Math.SQRT1_2;
/** What is nested deeper than this is somebody's joke. */
const DEEP = 50;

type Kind = "ord" | "inner" | "op" | "bin" | "rel" | "open" | "close" | "punct" | "space";
type Atom = readonly [width: number, kind: Kind];

/** Names of one kind, in groups of like width: "0.5 a b c|0.7 d". */
function group(kind: Kind, text: string): [string, Atom][] {
  return text.split("|").flatMap((part) => {
    const [width, ...names] = part.split(" ");
    return names.map((name): [string, Atom] => [name, [Number(width), kind]]);
  });
}

// As the font has them, to a hundredth.
const ATOMS = new Map<string, Atom>([
  ...group(
    "ord",
    "0.3 l|0.34 i|0.36 t|0.41 j|0.43 b c|0.45 q r|0.47 e s z|0.48 g o v|0.49 y|0.52 d k|0.53 a|0.55 f",
  ),
  ...group(
    "ord",
    "0.57 u x|0.58 h|0.6 n|0.72 w|0.88 m|0.5 p I 0 1 2 3 4 5 6 7 8 9 / *|0.63 J|0.64 S|0.68 L|0.7 T",
  ),
  ...group(
    "ord",
    "0.72 Z|0.75 A F P|0.76 B C O R U Y|0.77 E V|0.79 G Q|0.83 D|0.85 X|0.88 H N|0.89 K|1.04 M|1.05 W",
  ),
  ["|", [0.28, "ord"]],
  ["\\|", [0.4, "ord"]],
  ...group(
    "ord",
    "0.28 . ! \\vert|0.4 \\Vert|0.41 \\prime|0.47 ?|0.78 @ \\top \\bot \\angle \\varnothing|0.83 \\% \\# \\Re",
  ),
  ...group(
    "ord",
    "0.35 \\iota|0.41 \\epsilon|0.42 \\ell|0.45 \\delta \\xi|0.47 \\varepsilon \\zeta \\theta|0.49 \\eta",
  ),
  ...group(
    "ord",
    "0.51 \\tau \\nu \\rho|0.54 \\gamma \\upsilon \\hbar \\Im|0.56 \\beta \\pi \\sigma \\partial \\exists",
  ),
  ...group(
    "ord",
    "0.58 \\kappa \\lambda|0.59 \\phi \\vartheta|0.6 \\mu|0.62 \\omega|0.63 \\chi \\Gamma|0.64 \\alpha",
  ),
  ...group(
    "ord",
    "0.65 \\varphi \\psi|0.67 \\Xi \\forall \\neg \\lnot|0.69 \\Lambda|0.72 \\Sigma \\Phi \\Omega \\square",
  ),
  ...group(
    "ord",
    "0.75 \\Pi|0.78 \\Theta \\Psi \\Upsilon|0.83 \\Delta \\nabla|0.44 \\dagger|0.5 \\emptyset \\$|0.61 \\aleph",
  ),
  ...group("ord", "0.97 \\triangle|1 \\infty"),
  ...group("inner", "0.84 \\dots \\ldots|0.78 \\cdots"),
  ...group("op", "1.06 \\sum|0.94 \\prod \\coprod|0.67 \\int \\oint|1.03 \\iint|1.11 \\bigoplus \\bigotimes"),
  ...group("op", "0.83 \\bigcup \\bigcap \\bigwedge \\bigvee"),
  ...group(
    "bin",
    "0.78 + - \\pm \\mp \\times \\div \\oplus \\otimes \\odot|0.5 \\star \\bullet \\ast|0.57 \\setminus",
  ),
  ...group("bin", "0.28 \\cdot|0.41 \\circ|0.67 \\cup \\cap \\wedge \\vee \\sqcup \\land \\lor"),
  ...group(
    "rel",
    "0.78 = < > \\le \\ge \\leq \\geq \\leqslant \\geqslant \\sim \\approx \\equiv \\propto \\simeq \\cong",
  ),
  ...group(
    "rel",
    "0.78 \\ne \\neq \\subset \\supset \\subseteq \\supseteq \\prec \\succ \\preceq \\succeq \\perp \\asymp",
  ),
  ...group(
    "rel",
    "0.78 \\lesssim \\gtrsim|0.28 : \\mid|0.67 \\in \\ni \\notin|0.5 \\parallel|0.61 \\vdash|0.45 \\models",
  ),
  ...group(
    "rel",
    "1 \\to \\ll \\gg \\gets \\mapsto \\coloneqq \\rightarrow \\leftarrow \\Rightarrow \\Leftarrow",
  ),
  ...group(
    "rel",
    "1 \\leftrightarrow \\Leftrightarrow \\hookrightarrow|1.46 \\longrightarrow \\longmapsto|2.05 \\implies \\iff",
  ),
  ...group("open", "0.28 [ \\lvert|0.39 ( \\langle|0.4 \\lVert|0.44 \\lfloor \\lceil|0.5 \\{"),
  ...group("close", "0.28 ] \\rvert|0.39 ) \\rangle|0.4 \\rVert|0.44 \\rfloor \\rceil|0.5 \\}"),
  ...group("punct", "0.28 , ; \\colon"),
  ...group("space", "0.167 \\,|0.222 \\:|0.278 \\;|0.25 \\ |-0.167 \\!|1 \\quad|2 \\qquad|0.25 ~"),
]);

/** By how much these lean over a subscript. */
const LEANING = letters("0.05 f H I C K|0.11 F P|0.08 J N U M|0.12 T \\int|0.19 V Y|0.1 W");
const BLACKBOARD = letters(
  "0.39 I|0.5 J|0.55 S|0.61 F P|0.67 B E L T Z|0.72 A C D N R U V X Y|0.78 G H K O Q|0.94 M|1 W",
);
const SCRIPTED = letters(
  "0.62 E I S Y C|0.7 G J O V Q Z U|0.77 P L B T|0.82 R|0.87 A D X F|1 K N W|1.06 H|1.15 M",
);
const UPRIGHT = letters(
  "0.28 i l . , : ; ' ! |0.3 j|0.36 I f|0.39 r s t ( ) [ ]|0.33 -|0.44 c e z|0.5 a g o J|0.53 k q v x y|" +
    "0.56 b d h n p u S|0.61 Z L|0.66 F E P|0.72 B C T R w|0.75 A H N U V X Y D|0.78 K O Q G|0.83 m|0.92 M|1.03 W",
);

function letters(text: string): Map<string, number> {
  return new Map(group("ord", text).map(([name, [width]]) => [name, width]));
}

const NAMES =
  /^\\(?:log|ln|exp|sin|cos|tan|tanh|max|min|sup|inf|lim|det|dim|ker|deg|gcd|arg|Pr|argmax|argmin)$/;
const ALPHABET = /^\\math(?:bb|cal|frak|scr)$/;
const WORDS = /^\\(?:text|textrm|textbf|textit|mathrm|mathsf|mathtt|mathbf|mathit|operatorname|mbox)$/;
const BOLD = /^\\(?:boldsymbol|bm|pmb)$/;
const FRACTION = /^\\([dt]?)(?:frac|binom)$/;
const SIZED = /^\\(?:left|right|middle|[bB]ig{1,2}[lrm]?)$/;
const ACCENT = /^\\(?:hat|bar|tilde|dot|ddot|vec|check|breve|acute|grave|mathring)$/;
const SILENT =
  /^\\(?:displaystyle|begin|end|textstyle|limits|nolimits|label|notag|nonumber|mathstrut|big\/)$/;

/** The width of a formula in the text. */
export function width(source: string): number {
  return SCALE * new Reader(stripped(source)).row(1).width;
}

// What stands higher in the text than a line, and lower.
const TALL: [RegExp, number, number][] = [
  [/\\displaystyle[\s\S]*\\(?:sum|prod|big[a-z]+)(?![A-Za-z])\s*[_^]/, 1.5, 1.35],
  [/\\displaystyle[\s\S]*\\(?:int|oint|iint)(?![A-Za-z])/, 1.45, 0.96],
  [/\\d(?:frac|binom)(?![A-Za-z])|\\displaystyle[\s\S]*\\frac(?![A-Za-z])/, 1.43, 0.75],
];

/** How far a formula in the text goes above and below the line's foot, if further than the line. */
export function reach(source: string): [above: number, below: number] | undefined {
  const tall = TALL.find(([what]) => what.test(source));
  return tall && [tall[1], tall[2]];
}

/** A part of a formula that stands in one line, and what it is as TeX. */
export interface Piece {
  tex: string;
  width: number;
}

/** The pieces that a long formula in the text may be broken into; together they are the source. */
export function pieces(source: string): Piece[] {
  const tex = stripped(source);
  const start = source.indexOf(tex);
  const reader = new Reader(tex);
  const end = { at: source.length - start, before: reader.row(1).width, after: 0 };
  let last = { at: -start, after: 0 };
  return [...reader.breaks, end].map((next) => {
    const tex = source.slice(start + last.at, start + next.at);
    const width = SCALE * (next.before - last.after);
    last = next;
    return { tex, width };
  });
}

class Reader {
  /** Where the engine may end a line: before the operators that stand outside of groups. */
  readonly breaks: { at: number; before: number; after: number }[] = [];
  readonly #tokens: string[];
  readonly #places: number[];
  #at = 0;
  /** Inside how many pairs of delimiters that grow. */
  #paired = 0;
  #depth = 0;
  /** How much smaller the parts of a fraction are. */
  #script = SCRIPT;
  /** Whether sums and integrals are those of a display. */
  #large = false;

  constructor(tex: string) {
    const found = [...tex.matchAll(/\\[A-Za-z]+\*?|\\[\s\S]|[^\s]/gu)];
    this.#tokens = found.map(([token]) => token);
    this.#places = found.map(({ index }) => index);
  }

  /** Reads up to the end of a group; `size` is that of the letters. */
  row(size: number): { width: number } {
    let [width, last, before, stacked] = [0, "open" as Kind, "", 0];
    for (;;) {
      const token = this.#tokens[this.#at];
      if (token === undefined) break;
      this.#at++;
      if (token === "}") break;
      if (token === "^" || token === "_") {
        const scripts = this.#scripts(token, size, LEANING.get(before) ?? 0);
        width += stacked ? Math.max(0, scripts - stacked) : scripts;
        continue;
      }
      if (token === "'") {
        width += 0.37 * size;
        continue;
      }
      before = token;
      const at = this.#places[this.#at - 1] ?? 0;
      let [own, kind] = this.#atom(token, size);
      if (this.#large && kind === "op" && ATOMS.has(token)) own *= 1.4;
      stacked = this.#large && kind === "op" && !token.includes("int") ? own : 0;
      if (kind === "bin" && ["open", "bin", "rel", "op", "punct"].includes(last)) kind = "ord";
      const gap = space(last, kind, size);
      if ((kind === "bin" || kind === "rel") && this.#depth === 0 && this.#paired === 0)
        this.breaks.push({ at, before: width, after: width + gap });
      width += own + gap;
      if (kind !== "space") last = kind;
    }
    return { width };
  }

  /** Both scripts of an atom stand one above the other; under a letter that leans there is room. */
  #scripts(first: string, size: number, lean: number): number {
    const one = this.#oneScript(first, size, lean);
    const next = this.#tokens[this.#at];
    if ((next !== "^" && next !== "_") || next === first) return one;
    this.#at++;
    return Math.max(one, this.#oneScript(next, size, lean));
  }

  #oneScript(which: string, size: number, lean: number): number {
    const shift = which === "_" ? -lean : lean > 0 ? 0.05 : 0;
    return this.#argument(size * SCRIPT) + (0.08 + shift) * size;
  }

  #atom(token: string, size: number): Atom {
    if (this.#depth > DEEP) return [0, "space"];
    this.#depth++;
    const atom = this.#read(token, size);
    this.#depth--;
    return atom;
  }

  #read(token: string, size: number): Atom {
    if (token === "{") return [this.row(size).width, "ord"];
    const known = ATOMS.get(token);
    if (known) return [known[0] * size, known[1]];
    if (SIZED.test(token)) {
      const delimiter = this.#tokens[this.#at++] ?? ".";
      this.#paired += token === "\\left" ? 1 : token === "\\right" ? -1 : 0;
      const larger = /^\\(?:left|right|middle)$/.test(token) ? 1.15 : 1.4;
      const width = delimiter === "." ? 0.12 : larger * (ATOMS.get(delimiter)?.[0] ?? 0.4) * size;
      return [width, /right|r$/.test(token) ? "close" : /left|l$/.test(token) ? "open" : "ord"];
    }
    if (NAMES.test(token)) return [upright(token.slice(1)) * size, "op"];
    if (WORDS.test(token))
      return [
        (token.endsWith("bf") ? 1.15 : 1) * upright(this.#words()) * size,
        token === "\\operatorname" ? "op" : "ord",
      ];
    if (ALPHABET.test(token)) {
      const table = token === "\\mathbb" ? BLACKBOARD : token === "\\mathcal" ? SCRIPTED : undefined;
      const own = (letter: string) => table?.get(letter) ?? (/[a-z]/.test(letter) ? 0.48 : 0.8);
      return [[...this.#words()].reduce((sum, letter) => sum + own(letter), 0) * size, "ord"];
    }
    if (BOLD.test(token)) return [1.15 * this.#argument(size), "ord"];
    const fraction = FRACTION.exec(token);
    if (fraction) {
      const part = fraction[1] === "d" ? size : size * this.#script;
      const sides = token.endsWith("binom") ? (fraction[1] === "d" ? 1.35 : 1) : 0.44;
      return [Math.max(this.#argument(part), this.#argument(part)) + sides * size, "ord"];
    }
    if (token === "\\sqrt") {
      if (this.#tokens[this.#at] === "[") this.#at = this.#after("]");
      return [this.#argument(size) + 0.85 * size, "ord"];
    }
    if (token === "\\pmod") return [this.#argument(size) + 3.61 * size, "ord"];
    if (token === "\\bmod") return [1.89 * size, "bin"];
    if (token === "\\displaystyle") [this.#script, this.#large] = [1, true];
    if (token === "\\begin" || token === "\\end") this.#words();
    if (SILENT.test(token)) return [0, "space"];
    if (token === "&" || token === "\\\\") return [1, "space"];
    // An accent or a frame is as wide as what is in it; anything else is taken for a letter.
    if (ACCENT.test(token) || (token.length > 1 && this.#tokens[this.#at] === "{"))
      return [this.#argument(size), "ord"];
    return [(token.length > 1 ? 0.6 : 1) * size, "ord"];
  }

  #argument(size: number): number {
    const token = this.#tokens[this.#at++];
    if (token === undefined) return 0;
    return this.#atom(token, size)[0];
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

// What stands in one line of a display, by height.
const HEIGHTS: [RegExp, number][] = [
  [/\\(?:sum|prod)(?![A-Za-z])\s*_(?:\{[^}]*\}|.)\s*\^/, 3.7],
  [/\\(?:sum|prod|max|min|inf|sup|lim|underbrace|overbrace)(?![A-Za-z])\s*[_{]/, 3.3],
  [/\\(?:int|oint|boxed)(?![A-Za-z])/, 3.2],
  [/\\[dc]?frac(?![A-Za-z])/, 2.8],
];
const MATRIX = /\\begin\{(?:[pbvBV]?matrix|cases|array)\}([\s\S]*?)\\end\{(?:[pbvBV]?matrix|cases|array)\}/g;

/** The least height of a display: room for the usual formula, and for each further line. */
export function height(source: string): number {
  let inner = 0;
  const outer = stripped(source).replace(MATRIX, (_, rows: string) => {
    inner = Math.max(inner, lines(rows, 1.75));
    return "x";
  });
  return Math.max(3.4, 0.8 + Math.max(inner, lines(outer, 1.9)));
}

function lines(tex: string, plain: number): number {
  const own = tex
    .split("\\\\")
    .filter((line) => line.replace(/\\(?:begin|end|label)\{[^}]*\}|\$/g, "").trim() !== "");
  return own.reduce((sum, line) => sum + (HEIGHTS.find(([what]) => what.test(line))?.[1] ?? plain), 0);
}
