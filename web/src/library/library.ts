// What a reader keeps without an account: stars, what they saw and opened, categories, words. It is one document in
// their browser, and the server never sees it.
//
//   library()          what is kept now; not to be changed
//   change(edit)       changes it, here and in the reader's other tabs
//   onchange(listener) hears of changes, from wherever they come
//   read, write        the document as a text, as it is stored and exported
//   merge, additions   what an imported document adds

/** A text with formulas: pieces of text and of TeX in turn. */
export type Pieces = string[];

export interface Star {
  title: Pieces;
  href: string;
  /** Seconds since 1970. */
  at: number;
  keywords: string[];
}

export interface Opened {
  at: number;
  keywords: string[];
}

/** The lists of texts that a reader writes. */
export const LISTS = ["watched", "excluded", "include", "exclude"] as const;
export type List = (typeof LISTS)[number];

/** Papers go by the names that the addresses of others use: `2401.00001`, `<id>@<source>`. */
export interface Library extends Record<List, string[]> {
  stars: Map<string, Star>;
  /** The day on which a paper was seen last, counted from 1970. */
  seen: Map<string, number>;
  opened: Map<string, Opened>;
  /** Terms that the reader took out of their cloud. */
  forgotten: string[];
  /** Whether single keys act on papers. */
  keys: boolean;
}

const KEY = "library";
/** What was there and could not be read: it may be of a later version, so it is not thrown away. */
const SET_ASIDE = "library-set-aside";
const FORMAT = "inkstone-library";
const VERSION = 1;

/** What is old goes first; nobody needs to know what they saw ten thousand papers ago. */
const MOST_SEEN = 10_000;
const MOST_OPENED = 500;
const MOST_TEXTS = 500;
const MOST_KEYWORDS = 12;
const LONGEST = 1000;

let stored: string | null | undefined;
let current = empty();
const listeners = new Set<() => void>();

export function library(): Readonly<Library> {
  if (stored === undefined) load();
  return current;
}

/** Changes what is kept. Says whether the browser keeps it longer than the page. */
export function change(edit: (library: Library) => void): boolean {
  load(); // another tab may have changed it
  edit(current);
  bound(current);
  const kept = keep(current);
  for (const listener of listeners) listener();
  return kept;
}

export function onchange(listener: () => void): void {
  if (listeners.size === 0)
    addEventListener("storage", ({ key }) => (key === KEY || key === null) && renew());
  if (listeners.size === 0) addEventListener("pageshow", ({ persisted }) => persisted && renew());
  listeners.add(listener);
}

/** Forgets everything. */
export function erase(): void {
  try {
    localStorage.removeItem(SET_ASIDE);
  } catch {
    // nothing is kept where storage is forbidden
  }
  change((library) => Object.assign(library, empty()));
}

export function empty(): Library {
  return {
    stars: new Map(),
    seen: new Map(),
    opened: new Map(),
    watched: [],
    excluded: [],
    include: [],
    exclude: [],
    forgotten: [],
    keys: true,
  };
}

/** The document as it is stored. */
export function write(library: Library): string {
  const { stars, seen, opened, ...rest } = library;
  return JSON.stringify({
    format: FORMAT,
    version: VERSION,
    stars: Object.fromEntries(stars),
    seen: Object.fromEntries(seen),
    opened: Object.fromEntries(opened),
    ...rest,
  });
}

/** Reads a document; nothing if it is none. What is wrong inside one is left out. */
export function read(text: string): Library | undefined {
  const json = parsed(text);
  if (!isObject(json) || json.format !== FORMAT || json.version !== VERSION) return undefined;
  const own = empty();
  own.stars = entries(json.stars, star);
  own.seen = entries(json.seen, number);
  own.opened = entries(json.opened, opened);
  for (const name of LISTS) own[name] = texts(json[name], MOST_TEXTS);
  own.forgotten = texts(json.forgotten, MOST_TEXTS);
  own.keys = json.keys !== false;
  bound(own);
  return own;
}

/** All that is in either. Where both know a paper, the reader's own document is right. */
export function merge(own: Library, other: Library): Library {
  const both = empty();
  both.stars = new Map([...other.stars, ...own.stars]);
  both.opened = new Map([...other.opened, ...own.opened]);
  both.seen = new Map(own.seen);
  for (const [id, day] of other.seen) both.seen.set(id, Math.max(day, own.seen.get(id) ?? 0));
  for (const name of [...LISTS, "forgotten"] as const) both[name] = united(own[name], other[name]);
  both.keys = own.keys;
  bound(both);
  return both;
}

/** How much of each kind another document would add. Kinds of which there is nothing new are left out. */
export function additions(own: Library, other: Library): [string, number][] {
  const both = merge(own, other);
  const maps = (["stars", "seen", "opened"] as const).map((name) => {
    return [name, [...both[name].keys()].filter((id) => !own[name].has(id)).length] as [string, number];
  });
  const lists = ([...LISTS, "forgotten"] as const).map((name) => {
    return [name, both[name].length - own[name].length] as [string, number];
  });
  return [...maps, ...lists].filter(([, count]) => count > 0);
}

/** Adds a text to a list, or takes it out. Texts that differ in capitals only are one. */
export function put(list: string[], text: string, there: boolean): string[] {
  const others = list.filter((one) => !same(one, text));
  return there ? [...others, text] : others;
}

export function has(list: readonly string[], text: string): boolean {
  return list.some((one) => same(one, text));
}

export function now(): number {
  return Math.floor(Date.now() / 1000);
}

export function today(): number {
  return Math.floor(Date.now() / 86_400_000);
}

function load(): void {
  let text: string | null = null;
  try {
    text = localStorage.getItem(KEY);
  } catch {
    stored ??= null; // forbidden: what is kept lasts as long as the page
    return;
  }
  if (text === stored) return;
  stored = text;
  const found = text === null ? empty() : read(text);
  if (!found && text !== null) setAside(text);
  current = found ?? empty();
}

function renew(): void {
  load();
  for (const listener of listeners) listener();
}

function keep(library: Library): boolean {
  for (const share of [1, 0.25, 0]) {
    const seen = newest(library.seen, Math.floor(MOST_SEEN * share), (day) => day);
    const text = write({ ...library, seen });
    try {
      localStorage.setItem(KEY, text);
      library.seen = seen;
      stored = text;
      return true;
    } catch {
      // full: with fewer papers that were only seen there may be room
    }
  }
  return false;
}

function setAside(text: string): void {
  try {
    localStorage.setItem(SET_ASIDE, text);
  } catch {
    // no room for it
  }
}

function bound(library: Library): void {
  library.seen = newest(library.seen, MOST_SEEN, (day) => day);
  library.opened = newest(library.opened, MOST_OPENED, ({ at }) => at);
}

function newest<T>(map: Map<string, T>, most: number, age: (value: T) => number): Map<string, T> {
  if (map.size <= most) return map;
  return new Map([...map].sort(([, a], [, b]) => age(b) - age(a)).slice(0, most));
}

function united(own: string[], other: string[]): string[] {
  const all = new Map<string, string>();
  for (const text of [...own, ...other]) {
    const name = text.toLowerCase();
    if (!all.has(name)) all.set(name, text);
  }
  return [...all.values()];
}

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(json: unknown): json is Record<string, unknown> {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

function entries<T>(json: unknown, value: (json: unknown) => T | undefined): Map<string, T> {
  const map = new Map<string, T>();
  for (const [id, one] of Object.entries(isObject(json) ? json : {})) {
    const known = value(one);
    if (known !== undefined && id.length <= LONGEST) map.set(id, known);
  }
  return map;
}

function star(json: unknown): Star | undefined {
  if (!isObject(json) || typeof json.href !== "string" || !isOwnPath(json.href)) return undefined;
  const title = Array.isArray(json.title)
    ? json.title.map((piece) => (typeof piece === "string" ? piece.slice(0, LONGEST) : ""))
    : [];
  return { title, href: json.href, at: number(json.at) ?? 0, keywords: texts(json.keywords, MOST_KEYWORDS) };
}

function opened(json: unknown): Opened | undefined {
  if (!isObject(json)) return undefined;
  return { at: number(json.at) ?? 0, keywords: texts(json.keywords, MOST_KEYWORDS) };
}

/** A path of this site: an imported document may hold anything. */
function isOwnPath(href: string): boolean {
  return /^\/(?![/\\])/.test(href) && href.length <= LONGEST;
}

function number(json: unknown): number | undefined {
  return typeof json === "number" && Number.isFinite(json) ? json : undefined;
}

function texts(json: unknown, most: number): string[] {
  if (!Array.isArray(json)) return [];
  const all = json.filter((text) => typeof text === "string").map((text) => text.trim().slice(0, 200));
  return united([], all.filter(Boolean).slice(0, most));
}
