// A long day of a category, made up.

const WORDS =
  "stochastic optimal transport spectral graph kernel diffusion control policy matrix entropy manifold".split(
    " ",
  );

/** One paper of the day; any number is a paper of its own. */
export function made(number) {
  const word = (by) => WORDS[(number * by + by) % WORDS.length];
  const id = `2611.${String(number).padStart(5, "0")}v1`;
  const sentences = Array.from(
    { length: 2 + (number % 4) },
    (_, n) =>
      `The ${word(n + 1)} ${word(n + 3)} of $x_{${n}}^{${number}}$ bounds $\\sum_{i=1}^{${n + 2}} \\alpha_i$ for every ${word(n + 5)} method.`,
  );
  return {
    id,
    title: `On the ${word(3)} ${word(7)} of case $N=${number}$`,
    authors: ["Ann Author", `Bob Number${number}`],
    abstract: sentences.join(" "),
    categories: ["math.OC", number % 3 === 0 ? "cs.LG" : "math.PR"],
    date: "2026-11-23",
    keywords: [word(3), word(7)].join(";"),
    source: "arxiv-daily",
  };
}

/** Papers from one number to before another. */
export const papers = (from, to) => Array.from({ length: to - from }, (_, n) => made(from + n));

export const DAY = "/arxiv/math.OC?date=2026-11-23";
