// j/k walk through a list, o opens, s starts the reading, x stops it, / searches, Esc leaves the field.

const actions: Record<string, () => boolean> = {
  j: () => step(1),
  k: () => step(-1),
  o: () => press(title(current())),
  s: () => press(within("form.reading button")),
  x: () => press(within("form.stop button")),
  "/": search,
};

/** Listens for the keys, except where the reader writes. */
export function keys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (writes(event.target)) {
      if (event.key === "Escape") (event.target as HTMLElement).blur();
      return;
    }
    if (actions[event.key]?.()) event.preventDefault();
  });
}

function step(by: 1 | -1): boolean {
  const items = [...document.querySelectorAll<HTMLElement>("main :is(.card, article.entry)")];
  const selected = current();
  const here = selected ? items.indexOf(selected) : -1;
  const next = items[here < 0 && by < 0 ? items.length - 1 : here + by];
  if (!next) return false;
  for (const item of items) item.removeAttribute("aria-current");
  next.setAttribute("aria-current", "true");
  next.scrollIntoView({ block: "start" });
  title(next)?.focus({ preventScroll: true });
  return true;
}

function current(): HTMLElement | null {
  return document.querySelector<HTMLElement>("main :is(.card, .entry)[aria-current]");
}

function title(item: HTMLElement | null): HTMLElement | null | undefined {
  return item?.querySelector<HTMLElement>(":is(h2, h3) a");
}

/** In the current paper, or in the page when it is about one paper. */
function within(selector: string): HTMLElement | null {
  return (current() ?? document.querySelector<HTMLElement>("article.paper"))?.querySelector(selector) ?? null;
}

function press(element: HTMLElement | null | undefined): boolean {
  element?.click();
  return Boolean(element);
}

function search(): boolean {
  const field = document.querySelector<HTMLInputElement>("input[type=search]");
  field?.focus();
  field?.select();
  return Boolean(field);
}

function writes(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches("textarea, select, input:not([type=radio], [type=checkbox])"))
  );
}
