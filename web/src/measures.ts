// How much room a formula will take, guessed from its TeX before the engine is there, so that the page does not move
// when it comes. Lengths are in em of the text around it.

import { stripped } from "./formula.ts";

/** The engine sets formulas a little larger than the text. */
const SCALE = 1.06;
const SCRIPT = 0.7;
/** What is nested deeper than this is somebody's joke. */
const DEEP = 50;

type Kind = "ord" | "op" | "bin" | "rel" | "open" | "close" | "punct" | "space";
type Atom = readonly [width: number, kind: Kind];

/** Names of one kind, in groups of like width: "0.5 a b c|0.7 d". */
function group(kind: Kind, text: string): [string, Atom][] {
  return text.split("|").flatMap((part) => {
    const [width, ...names] = part.split(" ");
    return names.map((name): [string, Atom] => [name, [Number(width), kind]]);
  });
}

const ATOMS = new Map<string, Atom>([
  ...group("ord", "0.3 l .|0.36 i j t|0.43 b c|0.47 e r s z d f g o q v y p|0.53 a k h x u n|0.73 w|0.88 m"),
  ...group("ord", "0.45 I|0.56 J T V Y|0.64 F P S|0.68 L U Z|0.75 A B C O Q R|0.8 D E G H X N|0.9 K W M"),
  ...group("ord", "0.5 0 1 2 3 4 5 6 7 8 9 / * ?|0.28 ! '|0.78 @ \\top \\bot \\cdots \\dagger"),
  ...group("ord", "0.28 \\vert|0.5 \\Vert \\% \\$ \\#|0.42 \\ell \\epsilon \\delta \\iota \\xi|1 \\infty"),
  ...group(
    "ord",
    "0.47 \\varepsilon \\theta \\zeta \\tau \\nu \\eta|0.64 \\alpha \\phi \\varphi \\chi \\psi \\omega",
  ),
  ...group(
    "ord",
    "0.56 \\beta \\gamma \\kappa \\lambda \\mu \\pi \\rho \\sigma \\partial \\upsilon \\emptyset",
  ),
  ...group(
    "ord",
    "0.65 \\Gamma \\forall \\exists|0.8 \\Delta \\Theta \\Lambda \\Pi \\Sigma \\Phi \\Psi \\Omega \\nabla",
  ),
  ...group("ord", "1.17 \\dots \\ldots"),
  ["|", [0.28, "ord"]],
  ["\\|", [0.5, "ord"]],
  ...group("op", "1.06 \\sum \\coprod|0.94 \\prod|0.56 \\int \\oint|0.83 \\bigcup \\bigcap \\bigoplus"),
  ...group(
    "bin",
    "0.78 + - \\pm \\times \\oplus \\otimes \\odot \\ast|0.5 \\circ \\star \\bullet \\setminus|0.28 \\cdot",
  ),
  ...group("bin", "0.67 \\cup \\cap \\wedge \\vee"),
  ...group(
    "rel",
    "0.78 = < > \\le \\ge \\leq \\geq \\sim \\approx \\equiv \\propto \\subset \\subseteq \\prec \\succ",
  ),
  ...group(
    "rel",
    "0.78 \\simeq \\cong \\ne \\neq|0.28 : \\mid|0.67 \\in \\ni \\notin|1 \\to \\ll \\gg \\gets \\mapsto",
  ),
  ...group(
    "rel",
    "1 \\rightarrow \\leftarrow \\Rightarrow \\leftrightarrow \\coloneqq|1.64 \\longrightarrow \\implies",
  ),
  ...group("open", "0.39 ( \\langle|0.28 [|0.5 \\{|0.44 \\lfloor \\lceil"),
  ...group("close", "0.39 ) \\rangle|0.28 ]|0.5 \\}|0.44 \\rfloor \\rceil"),
  ...group("punct", "0.28 , ;"),
  ...group("space", "0.167 \\,|0.222 \\:|0.278 \\;|0.25 \\ |-0.167 \\!|1 \\quad|2 \\qquad|0.33 ~"),
]);

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
  return SCALE * 1.01 * new Reader(stripped(source)).row(1).width + 0.03;
}

class Reader {
  readonly #tokens: string[];
  #at = 0;
  #depth = 0;
  /** How much smaller the parts of a fraction are. */
  #script = SCRIPT;

  constructor(tex: string) {
    this.#tokens = tex.match(/\\[A-Za-z]+\*?|\\[\s\S]|[^\s]/gu) ?? [];
  }

  /** Reads up to the end of a group; `size` is that of the letters. */
  row(size: number): { width: number } {
    let [width, last] = [0, "open" as Kind];
    for (;;) {
      const token = this.#tokens[this.#at];
      if (token === undefined) break;
      this.#at++;
      if (token === "}") break;
      if (token === "^" || token === "_") {
        width += this.#scripts(token, size);
        continue;
      }
      let [own, kind] = this.#atom(token, size);
      if (kind === "bin" && ["open", "bin", "rel", "op", "punct"].includes(last)) kind = "ord";
      width += own + space(last, kind, size);
      if (kind !== "space") last = kind;
    }
    return { width };
  }

  /** Both scripts of an atom stand one above the other. */
  #scripts(first: string, size: number): number {
    const one = this.#argument(size * SCRIPT);
    const next = this.#tokens[this.#at];
    if ((next !== "^" && next !== "_") || next === first) return one + 0.08;
    this.#at++;
    return Math.max(one, this.#argument(size * SCRIPT)) + 0.08;
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
      const delimiter = this.#tokens[this.#at++];
      return [delimiter === "." ? 0.12 : 0.56 * size, /right|r$/.test(token) ? "close" : "open"];
    }
    if (NAMES.test(token)) return [upright(token.slice(1)) * size, "op"];
    if (WORDS.test(token)) return [upright(this.#words()) * size, token === "\\operatorname" ? "op" : "ord"];
    if (ALPHABET.test(token))
      return [(token === "\\mathbb" ? 0.72 : 0.82) * this.#words().length * size, "ord"];
    if (BOLD.test(token)) return [1.15 * this.#argument(size), "ord"];
    const fraction = FRACTION.exec(token);
    if (fraction) {
      const part = fraction[1] === "d" ? size : size * this.#script;
      return [Math.max(this.#argument(part), this.#argument(part)) + 0.24, "ord"];
    }
    if (token === "\\sqrt") {
      if (this.#tokens[this.#at] === "[") this.#at = this.#after("]");
      return [this.#argument(size) + 0.83 * size, "ord"];
    }
    if (token === "\\pmod") return [this.#argument(size) + 3.4 * size, "ord"];
    if (token === "\\displaystyle") this.#script = 1;
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
  if (left === "punct") return 0.167;
  const operator = left === "op" ? right === "ord" || right === "op" : right === "op";
  return operator ? 0.167 : 0;
}

/** The width of upright letters. */
function upright(text: string): number {
  let width = 0;
  for (const letter of text) {
    if (/[ijlI.,:;'|!]/.test(letter)) width += 0.28;
    else if (/[frst()-]/.test(letter)) width += 0.39;
    else if (/[mwMW]/.test(letter)) width += 0.85;
    else if (/[A-Z]/.test(letter)) width += 0.71;
    else width += letter < "\u2e80" ? 0.52 : 1 / SCALE;
  }
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
