// The inbox of moderators by keyboard: one comment is the current one, and single keys decide about it.

const PLACE = "inbox";

/** What keys do in the inbox; nothing elsewhere. */
export function inboxKeys(): Record<string, () => boolean> {
  if (!document.querySelector("[data-inbox]")) return {};
  return {
    j: () => step(1),
    k: () => step(-1),
    a: () => decide("a"),
    s: () => decide("s"),
    d: () => decide("d"),
    x: pick,
    u: undo,
  };
}

/** The messages of these keys, for the list of keys. */
export const INBOX_KEYS: [string[], string][] = [
  [["j", "k"], "choose"],
  [["a"], "approve"],
  [["s"], "spam"],
  [["d"], "delete"],
  [["x"], "pick"],
  [["u"], "undo"],
];

/** Goes on where the last decision was made, and offers to choose all. */
export function inbox(): void {
  if (!document.querySelector("[data-inbox]")) return;
  const place = sessionStorage.getItem(PLACE);
  sessionStorage.removeItem(PLACE);
  if (place !== null) select(Math.min(Number(place), items().length - 1));
  const all = document.querySelector<HTMLElement>("[data-all]");
  const box = all?.querySelector("input");
  if (all) all.hidden = false;
  box?.addEventListener("change", () => {
    for (const one of document.querySelectorAll<HTMLInputElement>('input[name="id"]'))
      one.checked = box.checked;
  });
}

function items(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(".inbox-list > li > article")];
}

function current(): HTMLElement | undefined {
  const focused = document.activeElement?.closest<HTMLElement>(".inbox-list > li > article");
  return focused ?? items().find((item) => item.hasAttribute("aria-current"));
}

function step(by: 1 | -1): boolean {
  const all = items();
  const here = current();
  const at = here ? all.indexOf(here) + by : by > 0 ? 0 : all.length - 1;
  return select(at);
}

function select(at: number): boolean {
  const all = items();
  const next = all[at];
  if (!next) return false;
  for (const item of all) item.removeAttribute("aria-current");
  next.setAttribute("aria-current", "true");
  next.scrollIntoView({ block: "nearest" });
  next.focus({ preventScroll: true });
  return true;
}

function decide(key: string): boolean {
  const item = current();
  const button = item?.querySelector<HTMLButtonElement>(`button[aria-keyshortcuts="${key}"]`);
  if (!item || !button) return false;
  sessionStorage.setItem(PLACE, String(items().indexOf(item)));
  button.click();
  return true;
}

function pick(): boolean {
  const box = current()?.querySelector<HTMLInputElement>('input[name="id"]');
  box?.click();
  return Boolean(box);
}

function undo(): boolean {
  const button = document.querySelector<HTMLButtonElement>('button[name="undo"]');
  const item = current();
  if (button && item) sessionStorage.setItem(PLACE, String(items().indexOf(item)));
  button?.click();
  return Boolean(button);
}
