// What is typed is never lost: it is kept in the browser at once, saved on the server a moment later, and forgotten here
// when that has it. A text that somebody else saved meanwhile is never written over.

/** What is sent and kept: the fields of the form by name, without the password. */
export type Fields = Record<string, string>;

export interface Copy {
  at: number;
  fields: Fields;
}

/** That somebody else was faster. */
export interface Conflict {
  editor: string | null;
  saved: string;
  theirs: Fields;
  /** HTML of the server's own template. */
  differences: string;
}

export type State =
  | { state: "saved"; at: Date }
  | { state: "saving" | "unsaved" | "kept" | "signed_out" }
  | { state: "refused"; why: string };

export interface Told {
  state(state: State): void;
  conflict(conflict: Conflict): void;
  others(names: string[]): void;
  saved(version: string): void;
}

const PAUSE = 1000; // milliseconds after the last key press
const LONGEST = 10_000; // milliseconds of typing without a pause
const KEEP = 200; // milliseconds after a key press until the browser has it
const AGAIN = [1000, 2000, 4000, 8000, 15_000];
const SIGNED_OUT = 3000;

export class Keeping {
  readonly #address: string;
  readonly #collect: () => Fields;
  readonly #told: Told;
  readonly #key: string;
  #version: string;
  #last: string;
  #due: ReturnType<typeof setTimeout> | undefined;
  #keeping: ReturnType<typeof setTimeout> | undefined;
  #since = 0;
  #failures = 0;
  #sending: Promise<boolean> | undefined;
  #stopped = false;

  constructor(address: string, version: string, collect: () => Fields, told: Told) {
    this.#address = address;
    this.#version = version;
    this.#collect = collect;
    this.#told = told;
    this.#key = `writing:${new URL(address, location.href).pathname}`;
    this.#last = JSON.stringify(collect());
    addEventListener("online", () => this.#dirty() && void this.save());
    addEventListener("pagehide", () => this.#dirty() && this.#keep());
  }

  /** What an earlier visit left, if that is not what the page came with. */
  left(): Copy | undefined {
    try {
      const copy = JSON.parse(localStorage.getItem(this.#key) ?? "null") as Copy | null;
      if (copy && JSON.stringify(copy.fields) !== this.#last) return copy;
    } catch {
      // Nobody's text looks like that.
    }
    this.forget();
    return undefined;
  }

  forget(): void {
    localStorage.removeItem(this.#key);
  }

  changed(): void {
    if (!this.#dirty()) return;
    this.#keeping ??= setTimeout(() => this.#keep(), KEEP);
    if (this.#stopped) return;
    if (!this.#sending && this.#failures === 0) this.#told.state({ state: "unsaved" });
    this.#since ||= Date.now();
    const wait = Math.max(0, Math.min(PAUSE, this.#since + LONGEST - Date.now()));
    if (this.#failures === 0) this.#after(wait);
  }

  /** Saves what there is to be saved. Whether the server has all of it then. */
  async save(): Promise<boolean> {
    clearTimeout(this.#due);
    while (this.#sending) await this.#sending;
    if (this.#stopped) return false;
    if (!this.#dirty()) return true;
    this.#sending = this.#send();
    const saved = await this.#sending;
    this.#sending = undefined;
    if (saved && this.#dirty()) this.changed();
    return saved;
  }

  /** Goes on from another version: what is on the page is what its author wants in its place. */
  async over(version: string): Promise<boolean> {
    this.#version = version;
    this.#stopped = false;
    this.#last = "";
    return this.save();
  }

  /** Goes on with what the server has. */
  with(version: string): void {
    this.#version = version;
    this.#stopped = false;
    this.#last = JSON.stringify(this.#collect());
    this.#told.saved(version);
    this.forget();
  }

  #dirty(): boolean {
    return JSON.stringify(this.#collect()) !== this.#last;
  }

  #keep(): void {
    clearTimeout(this.#keeping);
    this.#keeping = undefined;
    const copy: Copy = { at: Date.now(), fields: this.#collect() };
    try {
      localStorage.setItem(this.#key, JSON.stringify(copy));
    } catch {
      // There is no room; the server is asked all the same.
    }
  }

  #after(wait: number): void {
    clearTimeout(this.#due);
    this.#due = setTimeout(() => void this.save(), wait);
  }

  async #send(): Promise<boolean> {
    this.#keep();
    const fields = this.#collect();
    if (this.#failures === 0) this.#told.state({ state: "saving" });
    const response = await post(this.#address, { ...fields, version: this.#version });
    if (response?.ok) return this.#saved(fields, await response.json());
    if (response?.status === 409) {
      this.#stopped = true;
      this.#told.conflict((await response.json()) as Conflict);
    } else if (response?.status === 401) {
      this.#told.state({ state: "signed_out" });
      this.#after(SIGNED_OUT);
    } else if (response && response.status < 500 && response.status !== 408 && response.status !== 429) {
      const problem = (await response.json().catch(() => ({}))) as { detail?: string };
      this.#told.state({ state: "refused", why: problem.detail ?? String(response.status) });
    } else {
      this.#told.state({ state: "kept" });
      this.#after(AGAIN[Math.min(this.#failures, AGAIN.length - 1)] ?? PAUSE);
      this.#failures += 1;
    }
    return false;
  }

  #saved(fields: Fields, answer: { version: string; saved: string; others: string[] }): boolean {
    this.#version = answer.version;
    this.#last = JSON.stringify(fields);
    [this.#failures, this.#since] = [0, 0];
    if (!this.#dirty()) this.forget();
    this.#told.saved(answer.version);
    this.#told.state({ state: "saved", at: new Date(answer.saved) });
    this.#told.others(answer.others);
    return true;
  }
}

/** Data sent as our own page sends it; nothing where there is no server. */
export async function post(address: string, body: unknown): Promise<Response | undefined> {
  const headers = { Accept: "application/json", "Content-Type": "application/json" };
  return fetch(address, { method: "POST", headers, body: JSON.stringify(body) }).catch(() => undefined);
}
