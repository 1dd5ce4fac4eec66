// How much room letters and signs take, as the font of the engine has them, in em.

/** What an atom is in TeX: the space between two depends on it. */
export type Kind = "ord" | "inner" | "op" | "bin" | "rel" | "open" | "close" | "punct" | "space";
export type Atom = readonly [width: number, kind: Kind, above?: number, below?: number];

/** Names of one kind, in groups of like width: "0.5 a b c|0.7 d". */
function group(kind: Kind, text: string): [string, Atom][] {
  return text.split("|").flatMap((part) => {
    const [width, ...names] = part.split(" ");
    return names.map((name): [string, Atom] => [name, [Number(width), kind]]);
  });
}

// As the font has them, to a hundredth.
export const ATOMS = new Map<string, Atom>([
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
export const LEANING = letters("0.05 f H I C K|0.11 F P|0.08 J N U M|0.12 T \\int|0.19 V Y|0.1 W");
export const BLACKBOARD = letters(
  "0.39 I|0.5 J|0.55 S|0.61 F P|0.67 B E L T Z|0.72 A C D N R U V X Y|0.78 G H K O Q|0.94 M|1 W",
);
export const SCRIPTED = letters(
  "0.62 E I S Y C|0.7 G J O V Q Z U|0.77 P L B T|0.82 R|0.87 A D X F|1 K N W|1.06 H|1.15 M",
);
export const UPRIGHT = letters(
  "0.28 i l . , : ; ' ! |0.3 j|0.36 I f|0.39 r s t ( ) [ ]|0.33 -|0.44 c e z|0.5 a g o J|0.53 k q v x y|" +
    "0.56 b d h n p u S|0.61 Z L|0.66 F E P|0.72 B C T R w|0.75 A H N U V X Y D|0.78 K O Q G|0.83 m|0.92 M|1.03 W",
);

function letters(text: string): Map<string, number> {
  return new Map(group("ord", text).map(([name, [width]]) => [name, width]));
}

/** What goes no higher than an x, and what goes below the line. */
const LOW =
  /^(?:[acegm-su-z]|\\(?:alpha|epsilon|varepsilon|gamma|eta|iota|kappa|mu|nu|omega|pi|rho|sigma|tau|upsilon|chi|[lc]?dots))$/;
const DESCENDS = /^(?:[gjpqyfQ,;]|\\(?:beta|gamma|eta|mu|rho|chi|zeta|xi|varphi|phi|psi|tau))$/;

/** How far a letter goes above and below its line. */
export function letter(token: string): [above: number, below: number] {
  if (/^[()[\]|]$|\\[lr]?(?:vert|Vert|angle|floor|ceil)$|^\\[{}|]$/.test(token)) return [0.75, 0.25];
  return [LOW.test(token) ? 0.45 : 0.7, DESCENDS.test(token) ? 0.21 : 0.02];
}
