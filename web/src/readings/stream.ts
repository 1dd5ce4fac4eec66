// One event stream for all the readings of a page: browsers allow six connections to a host.

import type { Patch } from "./patches.ts";

/** How a run stands once it is over. */
export type State = "running" | "done" | "interrupted" | "failed" | "cancelled";

/** What is known about an answer that has ended. */
export interface Ending {
  state: State;
  fault?: string;
  sentence?: string;
  /** What the reader must know of the text that was read. */
  notes?: string[];
  model?: string;
  tokens?: [number, number];
}

/** What a run is doing now. */
export type Stage =
  | { stage: "queued"; place: number }
  | { stage: "fetching" | "thinking" }
  | { stage: "reading"; page?: number; pages?: number }
  | { stage: "asking"; model: string }
  | { stage: "waiting"; seconds: number }
  | { stage: "writing"; section: number; sections: number };

interface Numbered {
  run: number;
  seq: number;
}
type Told =
  | ({ kind: "stage" } & Stage)
  | { kind: "patch"; section: number; patches: Patch[] }
  | { kind: "thought"; text: string }
  | ({ kind: "end" } & Ending)
  | ({ kind: "snapshot"; sections: Patch[][] } & Ending);
type Event = (Numbered & Told) | { kind: "gone"; run: number } | { kind: "idle" };

/** Who reads a run. `patch` may throw: the run is then read again from its beginning. */
export interface Reader {
  stage(stage: Stage): void;
  patch(section: number, patches: Patch[]): void;
  /** More of what the model thinks before it writes. */
  thought(text: string): void;
  /** Forget all there is. */
  clear(): void;
  end(ending: Ending): void;
  gone(): void;
  /** The connection was lost, or is there again. */
  connected(yes: boolean): void;
}

type Source = Pick<EventSource, "close" | "onopen" | "onmessage" | "onerror" | "readyState">;
const CLOSED = 2;
const RETRY = 3000;

/** The page's stream: open while a run that somebody reads here is at work. */
export class Stream {
  readonly #connect: (address: string) => Source;
  readonly #runs = new Map<number, { reader: Reader; position: number }>();
  #epoch = "";
  #source: Source | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(connect: (address: string) => Source = (address) => new EventSource(address)) {
    this.#connect = connect;
  }

  /** Reads one more run from its beginning. `at` is what the server said when it started: epoch.run:position. */
  add(at: string, run: number, reader: Reader): void {
    // With a run of an older epoch at hand the old epoch stays: the server then answers with snapshots of all.
    if (this.#runs.size === 0 || this.#epoch === "") this.#epoch = epoch(at);
    this.#runs.set(run, { reader, position: 0 });
    this.#open();
  }

  /** Reads a run no longer. */
  drop(run: number): void {
    if (this.#runs.delete(run)) this.#open();
  }

  /** Closes the connection, for example while the page sleeps. */
  pause(): void {
    clearTimeout(this.#retry);
    this.#source?.close();
    this.#source = undefined;
  }

  resume(): void {
    if (!this.#source && this.#runs.size > 0) this.#open();
  }

  #open(): void {
    this.pause();
    if (this.#runs.size === 0) return;
    const positions = [...this.#runs].map(([run, { position }]) => `${run}:${position}`);
    const source = this.#connect(`/live?at=${this.#epoch}.${positions.join(",")}`);
    source.onopen = () => this.#connected(true);
    source.onmessage = ({ data, lastEventId }) => {
      // An event of a connection that was replaced is said again on the new one.
      if (source !== this.#source) return;
      this.#take(JSON.parse(data as string) as Event);
      if (lastEventId) this.#epoch = epoch(lastEventId);
    };
    source.onerror = () => {
      if (source !== this.#source) return;
      this.#connected(false);
      // The browser connects again by itself unless the answer was no event stream.
      if (source.readyState === CLOSED) this.#retry = setTimeout(() => this.#open(), RETRY);
    };
    this.#source = source;
  }

  #connected(yes: boolean): void {
    for (const { reader } of this.#runs.values()) reader.connected(yes);
  }

  #take(event: Event): void {
    if (event.kind === "idle") this.pause();
    else if (event.kind === "gone") this.#gone(event.run);
    else this.#next(event);
  }

  #gone(run: number): void {
    const reader = this.#runs.get(run)?.reader;
    this.#runs.delete(run);
    reader?.gone();
  }

  #next(event: Numbered & Told): void {
    const run = this.#runs.get(event.run);
    const old = run && event.kind !== "snapshot" && event.seq <= run.position;
    if (!run || old) return;
    try {
      if (event.kind !== "snapshot" && event.seq !== run.position + 1) throw new Error("an event was lost");
      this.#tell(run.reader, event);
      run.position = event.seq;
    } catch {
      this.#again(run);
    }
  }

  #tell(reader: Reader, event: Numbered & Told): void {
    if (event.kind === "stage") reader.stage(event);
    if (event.kind === "patch") reader.patch(event.section, event.patches);
    if (event.kind === "thought") reader.thought(event.text);
    if (event.kind === "snapshot") {
      reader.clear();
      for (const [section, patches] of event.sections.entries()) reader.patch(section, patches);
    }
    if (event.kind === "end" || (event.kind === "snapshot" && event.state !== "running")) {
      this.#end(event.run, reader, event);
    }
  }

  #end(run: number, reader: Reader, ending: Ending): void {
    this.#runs.delete(run);
    reader.end(ending);
  }

  /** Something was lost: read this run again from its beginning. */
  #again(run: { reader: Reader; position: number }): void {
    run.position = 0;
    run.reader.clear();
    this.#open();
  }
}

function epoch(at: string): string {
  return at.slice(0, at.indexOf("."));
}
