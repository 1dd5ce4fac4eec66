// Readings of papers as they are written: by the extractive reader, and by a model that says what a test tells it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { close, launch, open, translate } from "./browser.mjs";
import { model } from "./model.mjs";
import { PLACES } from "./places.mjs";
import { serve } from "./site.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

/** Runs `play` on a site of its own, with a scripted model and settings when wanted. */
async function staged({ scripted, settings }, play) {
  const machine = scripted ? await model() : undefined;
  const site = await serve({ ...machine?.settings, ...settings });
  try {
    await play(site, machine);
  } finally {
    machine?.stop();
    await site.stop();
  }
}

const ended = (page, panel = ".machine") =>
  page.waitForFunction(
    (selector) => {
      const answer = document.querySelector(`${selector} .answer`);
      return answer && !answer.hasAttribute("aria-busy") && answer.textContent.trim();
    },
    panel,
    { timeout: 30_000 },
  );

/** The answer as text, formulas as their sources. */
const answer = (page, panel = ".machine") =>
  page.locator(`${panel} .answer`).evaluate((place) => {
    const copy = place.cloneNode(true);
    for (const math of copy.querySelectorAll(".math[data-tex]")) math.textContent = math.dataset.tex;
    for (const button of copy.querySelectorAll("button")) button.remove();
    return copy.textContent.replace(/\s+/g, " ").trim();
  });

test("without a model: the panel opens under the abstract, ends, and is the same after a reload", () =>
  staged({}, async (site) => {
    const page = await open(browser, site.address + PLACES.note);
    await page.locator("form.reading button").click();
    await ended(page);
    const text = await answer(page);
    assert.equal(await page.locator(".faq-q").count(), 6);
    assert.ok(text.length > 500, text);
    await page.reload();
    assert.equal(await answer(page), text);
    assert.equal(await page.locator(".machine form.stop").count(), 0);
    await close(page);
  }));

test("in a list: the panel is in the card, folds and unfolds, and asks nothing twice", () =>
  staged({}, async (site) => {
    const page = await open(browser, site.address + PLACES.papers);
    const posts = [];
    page.on("request", (request) => request.method() === "POST" && posts.push(request.url()));
    const button = page.locator(".card form.reading button").first();
    await button.click();
    await ended(page, ".card .machine");
    assert.equal(await button.getAttribute("aria-expanded"), "true");
    await button.click();
    assert.ok(await page.locator(".card .machine").isHidden());
    await button.click();
    assert.ok(await page.locator(".card .machine").isVisible());
    assert.equal(posts.length, 1);
    await close(page);
  }));

test("thoughts can be looked at while they come, and the answer has none of them", () =>
  staged({ scripted: true }, async (site, machine) => {
    const page = await open(browser, site.address + PLACES.paper);
    await page.locator("form.reading button").click();
    const thoughts = page.locator(".stages details");
    await page.waitForFunction(() => document.querySelector(".stages [aria-current]")?.textContent.length);
    while (machine.calls() === 0) await page.evaluate(() => new Promise(requestAnimationFrame));
    machine.think("The paper says $x<y$, <i>twice</i>.");
    await thoughts.waitFor();
    assert.equal(await thoughts.locator("p").isVisible(), false);
    await thoughts.locator("summary").click();
    assert.equal(await thoughts.locator("p").textContent(), "The paper says $x<y$, <i>twice</i>.");
    machine.say("## Q1\nAn answer.");
    machine.finish();
    await ended(page);
    assert.ok(await thoughts.locator("p").isVisible(), "what is being read stays open");
    assert.ok((await answer(page)).includes("An answer.") && !(await answer(page)).includes("twice"));
    await page.reload();
    assert.equal(await thoughts.count(), 0);
    await close(page);
  }));

test("another reading that fails leaves the one that was there, and says why", () =>
  staged({ scripted: true }, async (site, machine) => {
    const page = await open(browser, site.address + PLACES.paper);
    await page.locator("form.reading button").click();
    machine.say("## Q1\n# A heading\nAn answer.\n");
    for (const number of [2, 3, 4, 5, 6]) machine.say(`## Q${number}\nAnswer ${number}.\n`);
    machine.finish();
    await ended(page);
    const text = await answer(page);
    assert.deepEqual(
      await page.evaluate(() => [
        document.querySelectorAll("h1").length,
        document.querySelector(".faq-a h4")?.textContent,
        document.querySelector("h3#q-summary .q")?.textContent.length > 0,
      ]),
      [1, "A heading", true],
    );
    machine.refuse(401);
    await page.getByRole("button", { name: "Regenerate" }).click();
    const note = page.locator(".machine .note.warn");
    await note.waitFor();
    assert.match(await note.textContent(), /does not accept our key/);
    await page.waitForFunction(
      (text) => document.querySelector(".machine .answer").textContent.includes(text),
      "An answer.",
    );
    assert.equal(await answer(page), text);
    assert.match(await page.locator(".machine > footer").textContent(), /scripted-1.*1200 \+ 340 tokens/);
    await close(page);
  }));

test("in a list: another language is one press away, the answer can be copied and linked to", () =>
  staged({}, async (site) => {
    const page = await open(browser, site.address + PLACES.papers, {
      permissions: ["clipboard-read", "clipboard-write"],
    });
    const card = page.locator(".card").first();
    await card.locator("form.reading button").first().click();
    await ended(page, ".card .machine");
    const english = await answer(page, ".card .machine");
    await card.locator("[data-lang=zh]").click();
    await page.waitForFunction(() => document.querySelector(".card .answer")?.lang === "zh-CN");
    await ended(page, ".card .machine");
    assert.notEqual(await answer(page, ".card .machine"), english);
    assert.equal(await card.locator(".machine").count(), 1);
    assert.equal(await page.evaluate(() => document.activeElement.dataset.lang), "zh");
    await card.locator(".machine [data-copy]").click();
    await page.locator(".toast", { hasText: "Copied" }).waitFor();
    assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^## .*[\u4e00-\u9fff]/);
    const link = await card.locator(".machine a.share").getAttribute("href");
    await page.goto(new URL(link, site.address).href);
    assert.equal(await page.locator("#ai .answer").getAttribute("lang"), "zh-CN");
    await close(page);
  }));

test("with a model: the answer grows, formulas come whole, a reload in mid-stream shows the same", () =>
  staged({ scripted: true }, async (site, machine) => {
    const page = await open(browser, site.address + PLACES.paper);
    await page.locator("form.reading button").click();
    const panel = page.locator(".machine");
    await page.waitForFunction(() => document.querySelectorAll(".machine .faq-q.wait").length === 6);
    machine.say("## Q1\nThe first answer is short.\n\nIt continues ");
    await panel.getByText("The first answer is short.").waitFor();
    machine.say("with a formula $\\frac{a}");
    await panel.locator(".held").waitFor();
    assert.ok(!(await answer(page)).includes("\\frac"), "half a formula was shown");
    machine.say("{b}$ inside.\n\n$$\n\\sum_k a_k\n$$\n\nMore.\n\n## Q2\nThe second.");
    await panel.locator(".math.typeset mjx-container").nth(1).waitFor();
    await panel.getByText("The second.").waitFor();
    assert.equal(await panel.locator(".held").count(), 0);
    assert.match(await panel.locator(".stages [aria-current]").textContent(), /2/);

    const before = await answer(page);
    const second = await open(browser, page.url());
    await second.locator(".machine").getByText("The second.").waitFor();
    await page.reload();
    await page.locator(".machine").getByText("The second.").waitFor();
    assert.equal(await answer(page), before);
    assert.equal(await answer(second), before);

    machine.say("\n\n## Q3\n3\n\n## Q4\n4\n\n## Q5\n5\n\n## Q6\nIn the end, $x=1$.");
    machine.finish();
    await Promise.all([ended(page), ended(second)]);
    const whole = await answer(page);
    assert.match(whole, /In the end, \$x=1\$\./);
    assert.equal(await answer(second), whole);
    // Whoever came later, or again, is told the same of where it is from, and how to have another one.
    const around = async (place) => {
      await place.locator(".machine form.reading button").waitFor();
      return place.locator(".machine > footer").textContent();
    };
    const [footer, other] = [await around(page), await around(second)];
    assert.equal(other, footer);
    assert.match(footer, /1540|1200/);
    assert.equal(footer.split("scripted").length, 2, footer);
    await page.reload();
    assert.equal(await answer(page), whole);
    await Promise.all([close(page), close(second)]);
  }));

/** Forty formulas in the text and fifteen displays, word by word. */
function answerOfFormulas() {
  const inline = [
    "$x_{N}$",
    "$\\frac{a_N}{b}$",
    "$\\mathbb{E}[f(x_N)]$",
    "$\\displaystyle\\sum_{k=1}^{N}a_k$",
  ];
  const display = [
    "$$\n\\sum_{k=1}^{N} a_k = \\frac{1}{2}\n$$",
    "\\begin{align}a_N&=b\\\\c&=\\int_0^1 f\\end{align}",
    "$$\n\\begin{pmatrix}1\\\\N\\\\3\\end{pmatrix}\n$$",
  ];
  const paragraph = (n) =>
    [0, 1, 2]
      .map((k) => 3 * n + k)
      .filter((k) => k < 40)
      .map((k) => `Words before it, and then ${inline[k % 4].replaceAll("N", k)} with words behind`)
      .join(", ");
  const parts = Array.from(
    { length: 15 },
    (_, n) => `${paragraph(n)}.\n\n${display[n % 3].replaceAll("N", n)}\n\n`,
  );
  return `## Q1\n${parts.join("")}That is the end.`;
}

for (const width of [390, 1280]) {
  test(`an answer with many formulas moves nothing that is being read, ${width} px`, (context) =>
    staged({ scripted: true }, async (site, machine) => {
      const page = await open(browser, site.address + PLACES.paper, { viewport: { width, height: 900 } });
      await page.locator("form.reading button").click();
      await page.locator(".machine .faq-q.wait").nth(5).waitFor();
      // The reader looks at the answer as it grows.
      await page.evaluate(() => {
        document.querySelector(".machine .faq-a").scrollIntoView({ block: "start", behavior: "instant" });
        globalThis.sum = 0;
        globalThis.moved = [];
        let shown = new Map();
        const follow = () => {
          const now = new Map();
          for (const block of document.querySelectorAll(".machine .faq-a > *")) {
            const { top, bottom } = block.getBoundingClientRect();
            if (bottom > 0 && top < innerHeight) now.set(block, top);
            const by = top - (shown.get(block) ?? top);
            if (Math.abs(by) > 1) globalThis.moved.push([by, block.textContent.slice(0, 40)]);
          }
          shown = now;
          requestAnimationFrame(follow);
        };
        follow();
        new PerformanceObserver((list) => {
          for (const { value, hadRecentInput } of list.getEntries())
            if (!hadRecentInput) globalThis.sum += value;
        }).observe({ type: "layout-shift" });
      });
      const text = answerOfFormulas();
      for (const piece of text.match(/[\s\S]{1,60}/g)) {
        machine.say(piece);
        await page.evaluate(
          () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
        );
      }
      machine.finish();
      await ended(page);
      const math = page.locator(".machine .faq-a .math");
      assert.equal(await math.count(), 55);
      const [sum, moved] = await page.evaluate(() => [globalThis.sum, globalThis.moved]);
      context.diagnostic(`shifts ${sum.toFixed(4)}, blocks moved ${moved.length} times`);
      assert.ok(sum <= 0.1, `${sum}`);
      assert.deepEqual(moved, []);
      await close(page);
    }));
}

test("page translation during a stream: formulas stay, and each word of the prose is translated once", () =>
  staged({ scripted: true }, async (site, machine) => {
    const page = await open(browser, site.address + PLACES.paper);
    await page.locator("form.reading button").click();
    const panel = page.locator(".machine .answer");
    const formulas = ["$\\frac{alpha}{b}$", "$x_{low}$", "$$\nsum\\sum_k word_k\n$$", "$end=1$"];
    machine.say(`## Q1\nThe first block holds ${formulas[0]} inside.\n\nThe second block `);
    await panel.getByText("The second block").waitFor();
    await panel.locator(".math.typeset").waitFor();
    await translate(page);
    // Nodes that were translated in a sealed block are the same ones to the end.
    const first = await panel.locator("p").first().elementHandle();
    machine.say(`comes with ${formulas[1]} and more.\n\n${formulas[2]}\n\nThe third block`);
    await panel.getByText("The third block").waitFor();
    await panel.locator(".math.typeset").nth(2).waitFor();
    await translate(page);
    const second = await panel.locator("p").nth(1).elementHandle();
    assert.equal(
      await first.evaluate((p) => p.isConnected && p.firstChild.data),
      "THE* FIRST* BLOCK* HOLDS* ",
    );
    machine.say(` goes on.\n\n## Q2\nAnd so ${formulas[3]}.`);
    machine.finish();
    await ended(page);
    await panel.locator(".math.typeset").nth(3).waitFor();
    await translate(page);

    assert.equal(
      await first.evaluate((p) => p.isConnected && p.firstChild.data),
      "THE* FIRST* BLOCK* HOLDS* ",
    );
    assert.ok(
      await second.evaluate(
        (p) => p.isConnected && p.firstChild.data.startsWith("THE* SECOND* BLOCK* COMES*"),
      ),
    );
    const tex = await panel.locator(".math").evaluateAll((all) => all.map((math) => math.dataset.tex));
    assert.deepEqual(tex, formulas);
    const prose = await panel.evaluate((place) => {
      const copy = place.cloneNode(true);
      for (const kept of copy.querySelectorAll(".notranslate, [translate=no]")) kept.remove();
      return copy.textContent;
    });
    for (const word of ["FIRST*", "SECOND*", "THIRD*", "GOES*"]) assert.ok(prose.includes(word), prose);
    assert.deepEqual(prose.match(/[a-z]|\*\*|\w(?![\w*])/g), null, prose);
    await close(page);
  }));

test("what there is stays to be read while a reading goes on", () =>
  staged({ scripted: true }, async (site, machine) => {
    const page = await open(browser, site.address + PLACES.paper);
    await page.locator("form.reading button").click();
    await page
      .locator(".stages li[aria-current]")
      .filter({ hasText: /Reading/ })
      .waitFor();
    machine.say("## Q1\nThe first is whole.\n\n## Q2\nThe second is only ha");
    await page.getByText("The second is only ha").waitFor();
    await page.locator("form.stop button").click();
    const on = page.locator("form.reading:has([name=continue]) button");
    await on.waitFor();
    machine.forget();
    await on.click();
    await page
      .locator(".stages li[aria-current]")
      .filter({ hasText: /Reading/ })
      .waitFor();
    const texts = () => page.locator(".machine .faq-a").allInnerTexts();
    assert.deepEqual((await texts()).slice(0, 3), ["The first is whole.", "The second is only ha", ""]);
    await page.reload();
    await page
      .locator(".stages li[aria-current]")
      .filter({ hasText: /Reading/ })
      .waitFor();
    assert.deepEqual((await texts()).slice(0, 3), ["The first is whole.", "The second is only ha", ""]);
    machine.say("## Q2\nThe second anew.");
    await page.getByText("The second anew.").waitFor();
    assert.deepEqual((await texts()).slice(0, 3), ["The first is whole.", "The second anew.", ""]);
    machine.finish();
    await ended(page);
    await close(page);
  }));

test("who waits for a turn is told how many are before them, until it comes", () =>
  staged({ scripted: true, settings: { READINGS__PARALLEL: 1 } }, async (site, machine) => {
    const page = await open(browser, site.address + PLACES.papers);
    const buttons = page.locator(".card form.reading button");
    const now = (number) => page.locator(".card .machine").nth(number).locator(".stages [aria-current]");
    const says = (number, text) => now(number).filter({ hasText: text }).waitFor();
    for (const number of [0, 1, 2, 3]) {
      await buttons.nth(number).click();
      await page.locator(".card .machine[data-run]").nth(number).waitFor();
    }
    machine.say("## Q1\nThe first has its turn.");
    await page.getByText("The first has its turn.").waitFor();
    await says(1, /^Queued$/);
    await says(2, /^Queued, 1 before you$/);
    await says(3, /^Queued, 2 before you$/);

    // Who has only just come, and who has no scripts, is told the same.
    const address = await page.locator(".card").nth(3).locator(".title-link").getAttribute("href");
    const path = new URL(address, site.address).href;
    const other = await open(browser, path);
    await other.locator(".stages [aria-current]").filter({ hasText: "Queued, 2 before you" }).waitFor();
    await close(other);
    const plain = await open(browser, path, { javaScriptEnabled: false });
    assert.match(await plain.locator(".machine").innerText(), /Queued, 2 before you\./);
    await close(plain);

    // One gives up, and everybody behind it moves on.
    await page.locator(".card .machine").nth(1).locator("form.stop button").click();
    await says(2, /^Queued$/);
    await says(3, /^Queued, 1 before you$/);
    machine.finish();
    await page.waitForFunction(() => {
      const answers = [...document.querySelectorAll(".card .machine .answer")];
      return answers.length === 4 && answers.every((answer) => !answer.hasAttribute("aria-busy"));
    });
    assert.match(await page.locator(".card .machine .answer").nth(3).textContent(), /has its turn/);
    assert.equal(await page.locator(".card .stages [aria-current]").count(), 0);
    await close(page);
  }));

test("stop ends the call within a second and keeps what has arrived", () =>
  staged({ scripted: true }, async (site, machine) => {
    const page = await open(browser, site.address + PLACES.paper);
    await page.locator("form.reading button").click();
    machine.say("## Q1\nThis much and no more.\n\nNever");
    await page.getByText("This much and no more.").waitFor();
    const pressed = Date.now();
    await page.locator("form.stop button").click();
    await page.locator(".machine .note.warn").waitFor();
    while (machine.calls() > 0 && Date.now() - pressed < 5000)
      await new Promise((done) => setTimeout(done, 20));
    assert.equal(machine.calls(), 0);
    assert.ok(Date.now() - pressed < 1500, `${Date.now() - pressed} ms`);
    assert.match(await answer(page), /This much and no more\./);
    await page.locator(".machine form.reading button").first().waitFor();
    await close(page);
  }));

test("ten open panels share one stream, and a page load still answers", () =>
  staged({ scripted: true }, async (site, machine) => {
    const page = await open(browser, site.address + PLACES.papers);
    const streams = new Set();
    page.on("request", (request) => request.url().includes("/live?") && streams.add(request));
    for (const done of ["requestfinished", "requestfailed"])
      page.on(done, (request) => streams.delete(request));
    machine.say("## Q1\nWords for everybody.");
    const buttons = page.locator(".card form.reading button");
    for (let number = 0; number < 10; number++) {
      await buttons.nth(number).click();
      await page.locator(".card .machine").nth(number).waitFor();
    }
    await page.waitForFunction(
      () =>
        [...document.querySelectorAll(".card .machine")].filter((panel) =>
          panel.textContent.includes("everybody"),
        ).length >= 1,
    );
    assert.equal(await page.locator(".card .machine").count(), 10);
    await page.waitForFunction(() => document.querySelectorAll(".card .machine[data-run]").length === 10);
    assert.equal(streams.size, 1);
    const started = Date.now();
    const answered = await page.evaluate(async (path) => (await fetch(path)).status, PLACES.post);
    assert.equal(answered, 200);
    assert.ok(Date.now() - started < 3000, `${Date.now() - started} ms`);
    machine.finish();
    await close(page);
  }));

test("without scripts a press leads to the paper, and reloading shows what has arrived", () =>
  staged({}, async (site) => {
    const page = await open(browser, site.address + PLACES.note, { javaScriptEnabled: false });
    await Promise.all([page.waitForEvent("load"), page.locator("form.reading button").click()]);
    assert.match(new URL(page.url()).pathname, /^\/(?:venue|papers|arxiv)\//);
    const waited = Date.now();
    while (
      (await page.locator(".faq-a").last().textContent()).trim() === "" &&
      Date.now() - waited < 20_000
    ) {
      await page.reload();
    }
    assert.equal(await page.locator(".faq-q").count(), 6);
    assert.ok((await page.locator(".answer").textContent()).length > 500);
    await close(page);
  }));
