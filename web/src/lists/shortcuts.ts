// The list of keys: beside the page when ? asks for it, and on the reader's own page.

import { INBOX_KEYS } from "../discussing/inbox.ts";
import { words } from "../words.ts";

/** Keys that do one thing, and the message that says what. */
const KEYS: [string[], string][] = [
  [["j"], "next"],
  [["k"], "previous"],
  [["o", "Enter"], "open"],
  [["p"], "pdf"],
  [["s"], "reading"],
  [["x"], "stop"],
  [["r"], "related"],
  [["f"], "star"],
  [["c"], "copy"],
  [["m"], "seen"],
  [["/"], "search"],
  [["[", "]"], "days"],
  [["g h"], "home"],
  [["g a"], "papers"],
  [["g s"], "stars"],
  [["t"], "theme"],
  [["?"], "help"],
  [["Esc"], "close"],
];

/** Those of them that are of use everywhere. */
const GENERAL = KEYS.filter(([keys]) => ["/", "g h", "g a", "t", "?", "Esc"].includes(keys[0] ?? ""));

/** What each key does on this page. */
export function keyList(): HTMLElement {
  const list = document.createElement("dl");
  list.className = "syntax keys";
  const shown = document.querySelector("[data-inbox]") ? [...INBOX_KEYS, ...GENERAL] : KEYS;
  list.append(...shown.map(([keys, message]) => entry(keys, words(`key_${message}`))));
  return list;
}

let dialog: HTMLDialogElement | undefined;
let before: Element | null = null;

/** Shows or closes the list. The page behind it can still be used. */
export function toggleKeys(): boolean {
  if (closeKeys()) return true;
  dialog ??= furnish();
  before = document.activeElement;
  dialog.show();
  return true;
}

/** Closes the list; says whether it was open. */
export function closeKeys(): boolean {
  if (!dialog?.open) return false;
  dialog.close();
  if (before instanceof HTMLElement) before.focus({ preventScroll: true });
  return true;
}

function furnish(): HTMLDialogElement {
  const made = document.createElement("dialog");
  made.className = "sheet-keys";
  made.setAttribute("aria-labelledby", "key-title");
  const title = document.createElement("h2");
  title.id = "key-title";
  title.className = "label";
  title.textContent = words("keys");
  const close = document.createElement("button");
  close.type = "button";
  close.className = "quiet";
  close.textContent = words("close");
  close.addEventListener("click", closeKeys);
  const off = document.createElement("a");
  off.href = "/mine#keys";
  off.textContent = words("keys_off");
  const foot = document.createElement("p");
  foot.className = "meta";
  foot.append(off, close);
  made.append(title, foot, keyList());
  document.body.append(made);
  return made;
}

function entry(keys: readonly string[], text: string): HTMLElement {
  const row = document.createElement("div");
  const names = document.createElement("dt");
  const what = document.createElement("dd");
  for (const [at, key] of keys.entries()) {
    if (at > 0) names.append(` ${words("or")} `);
    for (const [n, one] of key.split(" ").entries()) {
      if (n > 0) names.append(` ${words("then")} `);
      const shown = document.createElement("kbd");
      shown.translate = false;
      shown.textContent = one;
      names.append(shown);
    }
  }
  what.textContent = text;
  row.append(names, what);
  return row;
}
