// The reader's library in their account, for those who want it: each browser keeps a whole one, and what was added or
// taken out in any of them since they last agreed is so in all.

import { words } from "../words.ts";
import { change, empty, LISTS, type Library, library, onchange, read, write } from "./library.ts";

/** What this browser and the account last agreed on; there only while they are kept alike. */
const KEY = "library-sync";
/** How long after a change it is sent: a reader changes several things in a row. */
const QUIET = 2000;
/** How often another browser may be faster. */
const TRIES = 5;

interface Agreed {
  revision: string;
  text: string;
}

/** Keeps the library and the account alike, if that is wanted here, and offers it on the page of the account. */
export function sync(): void {
  let waiting: ReturnType<typeof setTimeout> | undefined;
  onchange(() => {
    clearTimeout(waiting);
    if (agreed()) waiting = setTimeout(() => void exchange(), QUIET);
  });
  offer();
  if (agreed()) void exchange();
}

/** What is so in both: what either added or took out since they agreed. */
export function combined(base: Library, own: Library, other: Library): Library {
  const all = empty();
  for (const name of ["stars", "seen", "opened"] as const)
    all[name] = maps<unknown>(base[name], own[name], other[name]) as never;
  for (const name of [...LISTS, "forgotten"] as const) all[name] = lists(base[name], own[name], other[name]);
  all.keys = own.keys === base.keys ? other.keys : own.keys;
  return all;
}

function maps<T>(base: Map<string, T>, own: Map<string, T>, other: Map<string, T>): Map<string, T> {
  const kept = (id: string) => (base.has(id) ? own.has(id) && other.has(id) : true);
  return new Map([...other, ...own].filter(([id]) => kept(id)));
}

function lists(base: string[], own: string[], other: string[]): string[] {
  const named = (texts: string[]) => new Map(texts.map((text) => [text.toLowerCase(), text]));
  return [...maps(named(base), named(own), named(other)).values()];
}

/** One exchange at a time, in whichever tab. */
async function exchange(): Promise<boolean> {
  return navigator.locks.request("library-sync", async () => {
    try {
      let answer = await fetch("/library");
      for (let tries = 0; tries < TRIES; tries++) {
        if (answer.status === 401) localStorage.removeItem(KEY); // signed out: only in this browser from now on
        if (answer.status !== 200 && answer.status !== 412) return false;
        const revision = answer.headers.get("etag") ?? '"0"';
        const kept = read(await answer.text()) ?? empty();
        const both = combined(read(agreed()?.text ?? "") ?? empty(), library(), kept);
        const text = write(both);
        if (text !== write(library())) change((library) => Object.assign(library, both));
        if (text === write(kept)) return agree({ revision, text });
        answer = await fetch("/library", {
          method: "PUT",
          headers: { "content-type": "application/json", "if-match": revision },
          body: text,
        });
        if (answer.ok) return agree({ revision: answer.headers.get("etag") ?? revision, text });
      }
    } catch {
      // no connection: the next page tries again
    }
    return false;
  });
}

function agreed(): Agreed | undefined {
  try {
    const found = JSON.parse(localStorage.getItem(KEY) ?? "null") as Agreed | null;
    return found ?? undefined;
  } catch {
    return undefined;
  }
}

function agree(how: Agreed): true {
  localStorage.setItem(KEY, JSON.stringify(how));
  return true;
}

/** The buttons on the page of the account. */
function offer(): void {
  const place = document.querySelector<HTMLElement>("[data-sync]");
  const on = place?.querySelector<HTMLButtonElement>("[data-sync-on]");
  const off = place?.querySelector<HTMLButtonElement>("[data-sync-off]");
  const status = place?.querySelector<HTMLElement>("[role=status]");
  if (!place || !on || !off || !status) return;
  const show = () => {
    on.hidden = Boolean(agreed());
    off.hidden = !on.hidden;
  };
  place.hidden = false;
  show();
  on.addEventListener("click", async () => {
    status.textContent = (await exchange()) ? words("synced") : words("not_synced");
    show();
    (on.hidden ? off : on).focus();
  });
  off.addEventListener("click", () => {
    localStorage.removeItem(KEY);
    status.textContent = words("sync_ended");
    show();
    on.focus();
  });
}
