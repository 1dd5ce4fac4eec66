import { beforeEach, expect, test, vi } from "vitest";
import { Panel } from "../src/readings/panel.ts";

const WORDS = {
  queued: "Queued",
  thinking: "Thinking",
  thinking_for: "Thinking, {n} s",
  queued_place: "Queued, {n} before you",
  fetching: "Fetching the text",
  reading: "Reading",
  writing: "Writing {n} of {m}",
  done: "Done",
  interrupted: "The server was restarted",
  failed: "Failed ({code})",
  reconnecting: "Connection lost",
};

let panel: Panel;

beforeEach(() => {
  document.body.innerHTML = `
    <script type="application/json" id="i18n">${JSON.stringify(WORDS)}</script>
    <template id="reading-section"><h4 class="faq-q wait"><span class="no"></span><span class="q"></span></h4><div class="faq-a"></div></template>
    <section class="machine"><header><h3>AI reading</h3><form class="stop"><button>Stop</button></form></header>
    <ol class="stages"></ol><p role="status"></p><div class="answer"></div><footer><span>may be wrong</span></footer></section>`;
  panel = new Panel(document.querySelector(".machine") as HTMLElement, {
    sealed: () => {},
    leaving: () => {},
  });
  panel.ask(
    [
      { id: "problem", title: "What problem?" },
      { id: "summary", title: "Summary" },
    ],
    "en",
    "h4",
  );
});

const text = (selector: string) =>
  [...document.querySelectorAll(selector)].map((element) => element.textContent);

test("all questions show at once, those without an answer in grey", () => {
  expect(text(".faq-q")).toEqual(["1What problem?", "2Summary"]);
  panel.patch(0, [{ op: "tail", seq: 1, html: "<p>It</p>" }]);
  expect(text(".faq-q.wait")).toEqual(["2Summary"]);
  expect(text(".faq-a")).toEqual(["It", ""]);
});

test("the growing part is busy and not live, a status says the stages", () => {
  panel.stage({ stage: "queued", place: 3 });
  expect(text("[role=status]")).toEqual(["Queued, 2 before you"]);
  panel.stage({ stage: "reading", page: 4, pages: 18 });
  panel.stage({ stage: "writing", section: 1, sections: 6 });
  panel.stage({ stage: "writing", section: 2, sections: 6 });
  expect(text(".stages li.done")).toEqual(["Queued, 2 before you", "Reading 4/18"]);
  expect(text(".stages [aria-current=step]")).toEqual(["Writing 2 of 6"]);
  expect(document.querySelector(".answer")?.getAttribute("aria-busy")).toBe("true");
  expect(document.querySelector(".answer")?.hasAttribute("aria-live")).toBe(false);
});

test("thoughts are folded under a line that counts seconds, and are no part of the answer", () => {
  vi.useFakeTimers();
  panel.stage({ stage: "thinking" });
  expect(text(".stages li")).toEqual(["Thinking"]);
  vi.advanceTimersByTime(2000);
  expect(text(".stages li")).toEqual(["Thinking, 2 s"]);
  panel.thought("First <b>");
  panel.thought("this.");
  expect(text(".stages details:not([open]) > p")).toEqual(["First <b>this."]);
  panel.stage({ stage: "writing", section: 1, sections: 2 });
  vi.advanceTimersByTime(9000);
  expect(text(".stages summary")).toEqual(["Thinking, 2 s"]);
  expect(text("[role=status]")).toEqual(["Writing 1 of 2"]);
  expect(text(".answer .faq-a")).toEqual(["", ""]);
  panel.clear();
  expect(text(".stages p")).toEqual([""]);
  vi.useRealTimers();
});

test("at the end no stage is current, the stop button goes, provenance comes", () => {
  panel.patch(0, [{ op: "append", seq: 1, html: "<p>It</p>" }]);
  panel.end({ state: "done", model: "kimi-k3" });
  expect(text(".stages [aria-current], form.stop, .note")).toEqual([]);
  expect(text("footer span")).toEqual(["kimi-k3", "may be wrong"]);
  expect(document.querySelector(".answer")?.hasAttribute("aria-busy")).toBe(false);
});

test.each([
  [{ state: "interrupted" as const }, "The server was restarted"],
  [{ state: "failed" as const, fault: "stalled" }, "Failed (stalled)"],
  [
    { state: "failed" as const, fault: "stalled", sentence: "It stopped answering." },
    "It stopped answering.",
  ],
])("a bad end keeps the text and says why: %o", (ending, note) => {
  panel.patch(0, [{ op: "append", seq: 1, html: "<p>It</p>" }]);
  panel.end(ending);
  expect(text(".note")).toEqual([note]);
  expect(text(".faq-a")[0]).toBe("It");
});

test("what must be known of the text is said once", () => {
  panel.note("Hidden text was left out", "about");
  panel.end({ state: "done", notes: ["Hidden text was left out", "Only the abstract was read."] });
  expect(text(".note").sort()).toEqual(["Hidden text was left out", "Only the abstract was read."]);
});

test("a lost connection is said once and taken back", () => {
  panel.connected(false);
  panel.connected(false);
  expect(text(".note")).toEqual(["Connection lost"]);
  panel.connected(true);
  expect(text(".note")).toEqual([]);
});

test("what is there stays until something comes in its place", () => {
  panel.patch(1, [{ op: "append", seq: 1, html: "<p>It</p>" }]);
  panel.clear();
  panel.patch(1, [{ op: "tail", seq: 1 }]);
  expect(text(".faq-a")).toEqual(["", "It"]);
  expect(text(".wait")).toEqual(["1What problem?"]);
  panel.patch(0, [{ op: "tail", seq: 1, html: "<p>This</p>" }]);
  expect(text(".faq-a")).toEqual(["This", "It"]);
  panel.patch(1, [{ op: "append", seq: 2, html: "<p>Th</p>" }]);
  expect(text(".faq-a")).toEqual(["This", "Th"]);
});

test("a reading that goes on shows what there was", () => {
  const before = document.createElement("div");
  before.innerHTML =
    '<h3 class="faq-q">1</h3><div class="faq-a"><p>One.</p></div><h3 class="faq-q">2</h3><div class="faq-a"></div>';
  panel.goesOnFrom(before);
  expect(text(".faq-a")).toEqual(["One.", ""]);
  expect(text(".wait")).toEqual(["2Summary"]);
  expect(document.querySelector(".answer")?.getAttribute("aria-busy")).toBe("true");
  panel.patch(0, [{ op: "append", seq: 1, html: "<p>One.</p>" }]);
  expect(text(".faq-a")).toEqual(["One.", ""]);
});

test("clearing leaves the questions", () => {
  panel.patch(1, [{ op: "append", seq: 1, html: "<p>It</p>" }]);
  panel.clear();
  panel.patch(1, [{ op: "append", seq: 1, html: "<p>That</p>" }]);
  expect(text(".faq-a")).toEqual(["", "That"]);
});

test("a patch for a section that is not there is an error", () => {
  expect(() => panel.patch(2, [{ op: "end", seq: 1 }])).toThrow();
});
