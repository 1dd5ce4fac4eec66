// Where a reader is in a list is in the address and in the history: how much was loaded, which paper is at the top of
// the screen, and how far from it. So going back, a reload and a shared link come to the same place.

const REST = 200; // milliseconds without scrolling, after which the place is noted
const FRAMES = 20; // for so many nothing must move any more before the place is trusted

/** Room for the bar that stays at the top, and a little more; in pixels. */
const BAR = 60;

interface Place {
  anchor: string;
  /** From the upper edge of the window to that of the paper, in pixels. */
  offset: number;
}

export function parameter(name: string): string | undefined {
  return new URLSearchParams(location.search).get(name) ?? undefined;
}

/** Changes one part of the address, without a new entry in the history. */
export function setParameter(name: string, value: string | undefined): void {
  const address = new URL(location.href);
  if (value === undefined) address.searchParams.delete(name);
  else address.searchParams.set(name, value);
  replace(address, history.state);
}

/** Notes where the reader is, from now on. */
export function notePlace(): void {
  let rest: ReturnType<typeof setTimeout> | undefined;
  addEventListener(
    "scroll",
    () => {
      clearTimeout(rest);
      rest = setTimeout(note, REST);
    },
    { passive: true },
  );
  addEventListener("pagehide", note);
  document.addEventListener("click", note, { capture: true });
}

/** The paper at which the reader was, if they come back to this page. */
export function remembered(): Place | undefined {
  const { anchor, offset } = (history.state ?? {}) as Partial<Place>;
  return typeof anchor === "string" && typeof offset === "number" ? { anchor, offset } : undefined;
}

/** The paper that the address names, to stand below the bar. */
export function linked(): Place | undefined {
  const anchor = decodeURIComponent(location.hash.slice(1));
  return anchor === "" ? undefined : { anchor, offset: BAR };
}

/** Brings the paper to where it was, and keeps it there until all above it has its height or the reader moves on. */
export function comeBack({ anchor, offset }: Place): void {
  const element = document.getElementById(anchor);
  if (!element) return;
  history.scrollRestoration = "manual"; // the browser knows only pixels
  const own = new AbortController();
  for (const event of ["wheel", "touchstart", "pointerdown", "keydown"])
    addEventListener(event, () => own.abort(), { signal: own.signal, passive: true });
  let still = 0;
  const settle = () => {
    if (own.signal.aborted) return;
    const off = element.getBoundingClientRect().top - offset;
    if (Math.abs(off) > 1) scrollBy({ top: off, behavior: "instant" });
    still = Math.abs(off) > 1 ? 0 : still + 1;
    if (still < FRAMES) requestAnimationFrame(settle);
    else own.abort();
  };
  settle();
}

function note(): void {
  const card = scrollY > 0 ? top() : undefined;
  const address = new URL(location.href);
  address.hash = card?.previousElementSibling?.matches(".card") ? `#${encodeURIComponent(card.id)}` : "";
  const { anchor, offset, ...others } = (history.state ?? {}) as Record<string, unknown>;
  const place = card && { anchor: card.id, offset: card.getBoundingClientRect().top };
  replace(address, { ...others, ...place });
}

/** The paper that is at the upper edge of the window, below the bar. */
function top(): HTMLElement | undefined {
  const upper = document.querySelector(".bar")?.getBoundingClientRect().bottom ?? 0;
  const cards = [...document.querySelectorAll<HTMLElement>(".papers > .card:not([hidden])")];
  let [low, high] = [0, cards.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cards[middle]?.getBoundingClientRect().bottom ?? 0) > upper + 1) high = middle;
    else low = middle + 1;
  }
  return cards[low];
}

function replace(address: URL, state: unknown): void {
  try {
    history.replaceState(state, "", address.href.replace(/#$/, ""));
  } catch {
    // a browser that is asked too often refuses; the next place is noted again
  }
}
