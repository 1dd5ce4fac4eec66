// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Fields, Keeping, type State } from "../src/writing/keeping.ts";

const ADDRESS = "http://localhost/write/7";
const KEY = "writing:/write/7";

let fields: Fields;
let states: State["state"][];
let conflicts: unknown[];
let sent: Record<string, unknown>[];
let answers: (() => Response | Promise<Response>)[];

const saved = (version: string) => () =>
  Response.json({ version, saved: "2026-11-19T22:14:00Z", others: [] });

function keeping(): Keeping {
  return new Keeping(ADDRESS, "1", () => ({ ...fields }), {
    state: ({ state }) => states.push(state),
    conflict: (conflict) => conflicts.push(conflict),
    others: () => {},
    saved: () => {},
  });
}

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  fields = { body: "" };
  [states, conflicts, sent, answers] = [[], [], [], []];
  vi.stubGlobal("fetch", async (_: string, { body }: RequestInit) => {
    sent.push(JSON.parse(String(body)));
    const answer = answers.shift();
    if (!answer) throw new TypeError("no server");
    return answer();
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("what is typed", () => {
  it("is saved within two seconds of the last key press, and forgotten in the browser then", async () => {
    answers = [saved("2")];
    const kept = keeping();
    for (const body of ["a", "ab", "abc"]) {
      fields = { body };
      kept.changed();
      await vi.advanceTimersByTimeAsync(500);
    }
    expect(sent).toEqual([]);
    expect(JSON.parse(localStorage.getItem(KEY) ?? "").fields).toEqual({ body: "abc" });
    await vi.advanceTimersByTimeAsync(600);
    expect(sent).toEqual([{ body: "abc", version: "1" }]);
    expect(states.at(-1)).toBe("saved");
    expect(localStorage.getItem(KEY)).toBeNull();
  });

  it("is saved while somebody types without a pause", async () => {
    answers = [saved("2"), saved("3")];
    const kept = keeping();
    for (let press = 0; press < 110; press += 1) {
      fields = { body: "x".repeat(press + 1) };
      kept.changed();
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(sent.length).toBe(1);
  });

  it("is sent again until the server is back, with the version that it was made from", async () => {
    const kept = keeping();
    fields = { body: "a" };
    kept.changed();
    await vi.advanceTimersByTimeAsync(2500);
    expect([sent.length, states.at(-1)]).toEqual([2, "kept"]);
    fields = { body: "ab" };
    kept.changed();
    answers = [() => new Response("", { status: 503 }), saved("2")];
    await vi.advanceTimersByTimeAsync(10_000);
    expect(sent.at(-1)).toEqual({ body: "ab", version: "1" });
    expect(states.at(-1)).toBe("saved");
  });

  it("waits for who signed out", async () => {
    const kept = keeping();
    fields = { body: "a" };
    answers = [() => new Response("", { status: 401 }), saved("2")];
    kept.changed();
    await vi.advanceTimersByTimeAsync(1100);
    expect(states.at(-1)).toBe("signed_out");
    await vi.advanceTimersByTimeAsync(3100);
    expect(states.at(-1)).toBe("saved");
  });

  it("is not sent over what somebody else wrote, before its author says so", async () => {
    const kept = keeping();
    fields = { body: "mine" };
    answers = [() => Response.json({ theirs: { version: "5" } }, { status: 409 }), saved("6")];
    kept.changed();
    await vi.advanceTimersByTimeAsync(1100);
    fields = { body: "mine, and more" };
    kept.changed();
    await vi.advanceTimersByTimeAsync(60_000);
    expect([sent.length, conflicts.length]).toEqual([1, 1]);
    expect(JSON.parse(localStorage.getItem(KEY) ?? "").fields).toEqual(fields);
    expect(await kept.over("5")).toBe(true);
    expect(sent.at(-1)).toEqual({ body: "mine, and more", version: "5" });
  });

  it("is offered to who comes back, unless the server has it", () => {
    const copy = (body: string) => localStorage.setItem(KEY, JSON.stringify({ at: 1, fields: { body } }));
    copy("left behind");
    expect(keeping().left()?.fields.body).toBe("left behind");
    copy("");
    expect(keeping().left()).toBeUndefined();
    expect(localStorage.getItem(KEY)).toBeNull();
    localStorage.setItem(KEY, "{nonsense");
    expect(keeping().left()).toBeUndefined();
  });
});
