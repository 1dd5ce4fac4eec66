import { beforeEach, expect, test, vi } from "vitest";
import type { Patch } from "../src/readings/patches.ts";
import { type Ending, type Reader, type Stage, Stream } from "../src/readings/stream.ts";

/** What the page and the server say to each other, as a list of lines. */
let lines: string[];
let sources: Fake[];
let stream: Stream;

class Fake {
  onopen: EventSource["onopen"] = null;
  onmessage: EventSource["onmessage"] = null;
  onerror: EventSource["onerror"] = null;
  readyState = 1;
  closed = false;
  constructor(address: string) {
    sources.push(this);
    lines.push(`open ${address}`);
  }
  close() {
    this.closed = true;
  }
  /** The server says `event`; its id holds the positions after it. */
  says(event: object, lastEventId = "e1.1:0") {
    this.onmessage?.call(this as never, { data: JSON.stringify(event), lastEventId } as MessageEvent);
  }
  fails(readyState: number) {
    this.readyState = readyState;
    this.onerror?.call(this as never, new Event("error"));
  }
}

class Listener implements Reader {
  constructor(readonly name: string) {}
  stage({ stage }: Stage) {
    lines.push(`${this.name} ${stage}`);
  }
  patch(section: number, patches: Patch[]) {
    if (patches.some(({ seq }) => seq < 0)) throw new Error("lost");
    lines.push(`${this.name} ${section}: ${patches.map(({ op }) => op).join(" ")}`);
  }
  thought(text: string) {
    lines.push(`${this.name} thinks ${text}`);
  }
  clear() {
    lines.push(`${this.name} cleared`);
  }
  end({ state }: Ending) {
    lines.push(`${this.name} ${state}`);
  }
  gone() {
    lines.push(`${this.name} gone`);
  }
  connected(yes: boolean) {
    lines.push(`${this.name} ${yes ? "on" : "off"}`);
  }
}

beforeEach(() => {
  lines = [];
  sources = [];
  stream = new Stream((address) => new Fake(address) as never);
});

function said(): string[] {
  return lines.splice(0);
}

function source(): Fake {
  const last = sources.at(-1);
  if (!last) throw new Error("no connection was opened");
  return last;
}

const patch = (run: number, seq: number) => ({
  kind: "patch",
  run,
  attempt: run,
  seq,
  section: 0,
  patches: [{ op: "tail", seq: 1 }],
});

test("a reading from its start to its end", () => {
  stream.add("e1.7:0", 7, new Listener("a"));
  source().says({ kind: "stage", run: 7, attempt: 7, seq: 1, stage: "queued", place: 2 });
  source().says(patch(7, 2));
  source().says({ kind: "end", run: 7, attempt: 7, seq: 3, state: "done" });
  source().says({ kind: "idle" });
  expect(said()).toEqual(["open /live?at=e1.7:0", "a queued", "a 0: tail", "a done"]);
  expect(source().closed).toBe(true);
});

test("one more reading closes the stream and opens it with all positions", () => {
  stream.add("e1.7:0", 7, new Listener("a"));
  source().says(patch(7, 1));
  const before = source();
  stream.add("e1.8:0", 8, new Listener("b"));
  before.says(patch(7, 2)); // still on its way: it comes again on the new connection
  source().says(patch(7, 2));
  source().says(patch(8, 1));
  expect(before.closed).toBe(true);
  expect(said()).toEqual([
    "open /live?at=e1.7:0",
    "a 0: tail",
    "open /live?at=e1.7:1,8:0",
    "a 0: tail",
    "b 0: tail",
  ]);
});

test("what was seen before is ignored", () => {
  stream.add("e1.7:0", 7, new Listener("a"));
  for (const seq of [1, 2, 1, 2, 3]) source().says(patch(7, seq));
  expect(said()).toEqual(["open /live?at=e1.7:0", "a 0: tail", "a 0: tail", "a 0: tail"]);
});

test("after a gap the run is read again from its beginning", () => {
  stream.add("e1.7:0", 7, new Listener("a"));
  source().says(patch(7, 1));
  source().says(patch(7, 3));
  source().says(patch(7, 1));
  expect(said()).toEqual([
    "open /live?at=e1.7:0",
    "a 0: tail",
    "a cleared",
    "open /live?at=e1.7:0",
    "a 0: tail",
  ]);
});

test("a patch that cannot be applied has the run read again", () => {
  stream.add("e1.7:0", 7, new Listener("a"));
  source().says({ ...patch(7, 1), patches: [{ op: "tail", seq: -1 }] });
  expect(said()).toEqual(["open /live?at=e1.7:0", "a cleared", "open /live?at=e1.7:0"]);
});

test("another epoch begins with a snapshot, and what is said later counts from there", () => {
  stream.add("e1.7:0", 7, new Listener("a"));
  source().says(patch(7, 1));
  const sections = [[{ op: "snapshot", seq: 3 }], []];
  source().says({ kind: "snapshot", run: 7, attempt: 7, seq: 40, sections, state: "running" }, "e2.7:40");
  source().says(patch(7, 12), "e2.7:40"); // of the old epoch
  source().says(patch(7, 41), "e2.7:41");
  stream.add("e2.8:0", 8, new Listener("b"));
  expect(said()).toEqual([
    "open /live?at=e1.7:0",
    "a 0: tail",
    "a cleared",
    "a 0: snapshot",
    "a 1: ",
    "a 0: tail",
    "open /live?at=e2.7:41,8:0",
  ]);
});

test("a run of a newer epoch is asked for under the old one, so that the server sends snapshots", () => {
  stream.add("e1.7:0", 7, new Listener("a"));
  source().says(patch(7, 1), "e1.7:1");
  stream.add("e2.8:0", 8, new Listener("b"));
  expect(said().at(-1)).toBe("open /live?at=e1.7:1,8:0");
});

test("a snapshot of a run that is over ends it", () => {
  stream.add("e1.7:0", 7, new Listener("a"));
  source().says({ kind: "snapshot", run: 7, attempt: 7, seq: 9, sections: [[]], state: "interrupted" });
  expect(said()).toEqual(["open /live?at=e1.7:0", "a cleared", "a 0: ", "a interrupted"]);
});

test("a run that the server does not know is gone", () => {
  stream.add("e1.7:0", 7, new Listener("a"));
  source().says({ kind: "gone", run: 7 });
  stream.add("e1.8:0", 8, new Listener("b"));
  expect(said()).toEqual(["open /live?at=e1.7:0", "a gone", "open /live?at=e1.8:0"]);
});

test("a run that is dropped is asked for no longer", () => {
  stream.add("e1.7:0", 7, new Listener("a"));
  stream.add("e1.8:0", 8, new Listener("b"));
  stream.drop(7);
  expect(said().at(-1)).toBe("open /live?at=e1.8:0");
  stream.drop(8);
  expect(source().closed).toBe(true);
});

test("a refused connection is tried again with the positions of now", () => {
  vi.useFakeTimers();
  stream.add("e1.7:0", 7, new Listener("a"));
  source().says(patch(7, 1));
  source().fails(2);
  vi.advanceTimersByTime(3000);
  source().onopen?.call(source() as never, new Event("open"));
  expect(said()).toEqual(["open /live?at=e1.7:0", "a 0: tail", "a off", "open /live?at=e1.7:1", "a on"]);
  vi.useRealTimers();
});

test("a connection that the browser itself opens again is left alone", () => {
  vi.useFakeTimers();
  stream.add("e1.7:0", 7, new Listener("a"));
  source().fails(0);
  vi.advanceTimersByTime(60_000);
  expect(said()).toEqual(["open /live?at=e1.7:0", "a off"]);
  vi.useRealTimers();
});

test("a page that sleeps goes on where it was", () => {
  stream.add("e1.7:0", 7, new Listener("a"));
  source().says(patch(7, 1));
  stream.pause();
  expect(source().closed).toBe(true);
  stream.resume();
  expect(said().at(-1)).toBe("open /live?at=e1.7:1");
});
