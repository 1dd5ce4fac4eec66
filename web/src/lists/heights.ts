// How high a paper will be, guessed from its texts before it is laid out, so that the scroll bar does not lie.

/** Letters are about this wide, in em. */
const LATIN = 0.46;
const HAN = 1;

/** What was measured of the list, which is not to be laid out for every guess. */
interface Column {
  /** The width of the window when it was measured. */
  across: number;
  width: number;
  line: number;
  rem: number;
}

let column: Column | undefined;

/** Gives papers that were not laid out yet the height that they will have, more or less. */
export function reserveHeights(cards: readonly HTMLElement[]): void {
  const { width, line, rem } = measured();
  const narrow = width < 32 * rem;
  const least = (narrow ? 4 : 14) * rem;
  const heights = cards.map((card) => {
    const title = lines(card.querySelector(".title-link"), 1.125 * rem, width);
    const people = lines(card.querySelector(".by"), 0.8125 * rem, width);
    const text = lines(card.querySelector(".summary"), rem, width);
    const side = narrow ? 4.5 * rem : 0;
    const body = title * 1.46 * rem + people * 1.14 * rem + text * line;
    return Math.max(least, body + side + 4 * rem);
  });
  for (const [at, card] of cards.entries())
    card.style.setProperty("contain-intrinsic-block-size", `auto ${Math.round(heights[at] ?? least)}px`);
}

function measured(): Column {
  const across = innerWidth;
  if (column?.across === across) return column;
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  const sample = document.querySelector<HTMLElement>(".papers > .card .summary");
  const width = sample?.getBoundingClientRect().width || 20 * rem;
  const line = (sample && Number.parseFloat(getComputedStyle(sample).lineHeight)) || 1.5 * rem;
  column = { across, width, line, rem };
  return column;
}

function lines(element: Element | null, size: number, width: number): number {
  const text = element?.textContent ?? "";
  const han = text.match(/[\u3000-\u9fff\uff00-\uffef]/g)?.length ?? 0;
  return Math.ceil((((text.length - han) * LATIN + han * HAN) * size) / width);
}
