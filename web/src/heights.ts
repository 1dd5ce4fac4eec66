// How high a paper will be, guessed from its texts before it is laid out, so that the scroll bar does not lie.

/** Letters are about this wide, in em. */
const LATIN = 0.46;
const HAN = 1;

/** Gives papers that were not laid out yet the height that they will have, more or less. */
export function reserveHeights(cards: readonly HTMLElement[]): void {
  const sample = cards[0]?.querySelector<HTMLElement>(".summary");
  if (!sample) return;
  const style = getComputedStyle(sample);
  const column = sample.getBoundingClientRect().width || 320;
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  const narrow = column < 32 * rem;
  for (const card of cards) {
    const title = lines(card.querySelector(".title-link"), 1.125 * rem, column);
    const people = lines(card.querySelector(".by"), 0.8125 * rem, column);
    const text = lines(card.querySelector(".summary"), rem, column);
    const abstract = text * Number.parseFloat(style.lineHeight);
    const body = title * 1.125 * 1.3 * rem + people * 0.8125 * 1.4 * rem + abstract;
    const side = narrow ? 4.5 * rem : 0;
    const height = Math.max(body + side, narrow ? 0 : 10 * rem) + 4 * rem;
    card.style.setProperty("contain-intrinsic-block-size", `auto ${Math.round(height)}px`);
  }
}

function lines(element: Element | null, size: number, column: number): number {
  const text = element?.textContent ?? "";
  const han = text.match(/[\u3000-\u9fff\uff00-\uffef]/g)?.length ?? 0;
  return Math.ceil((((text.length - han) * LATIN + han * HAN) * size) / column);
}
