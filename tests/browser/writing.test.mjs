// Writing in a browser: what is typed is seen as readers will see it, and is never lost.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { close, launch, open, typeset, violations } from "./browser.mjs";
import { serve } from "./site.mjs";

const PASSWORD = "correct horse battery";

let browser;
let site;
before(async () => {
  [browser, site] = await Promise.all([launch(), serve()]);
  for (const name of ["ada", "emil"])
    await site.run(["user", "add", name, "--role", "editor"], `${PASSWORD}\n`);
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

/** A page in a browser of its own, signed in. */
async function signedIn(name = "ada", options = {}) {
  const page = await open(browser, `${site.address}/login`, options);
  await page.locator("#name").fill(name);
  await page.locator("#password").fill(PASSWORD);
  await page.locator("main .btn.main").click();
  await page.waitForURL("**/account");
  return page;
}

/** An editor with a text that is saved. */
async function editor(options = {}) {
  const page = await signedIn("ada", options);
  await page.goto(`${site.address}/write`);
  await page.locator("main .btn.main").click();
  await page.waitForURL(/\/write\/\d+$/);
  await page.locator(".cm-content").waitFor();
  return page;
}

const saved = (page) => page.locator("#saved", { hasText: /Saved \d\d:\d\d/ }).waitFor();
const source = (page) => page.locator(".cm-content");

/** Types as a person does, into the source. */
async function type(page, text) {
  await source(page).click();
  await page.keyboard.press("Control+End");
  await page.keyboard.insertText(text);
}

async function publish(page) {
  await page.getByRole("button", { name: "Publish", exact: true }).click();
  await page.waitForURL("**done=published");
}

test("what is typed is seen at once, and published it is the same", async () => {
  const page = await editor();
  await page.locator("[name=title]").fill("Newton–Schulz without tears");
  await type(page, "## One\n\nLet $x_1 < 2$.\n\n\\begin{equation}\nx = 1 \\label{a}\n\\end{equation}");
  await page.locator("#preview h2", { hasText: "One" }).waitFor();
  await type(page, "\n\nBy \\eqref{a} and \\eqref{b}.");
  await page.locator("#preview .eqref", { hasText: "(1)" }).waitFor();
  await page.locator("#warnings", { hasText: "no equation has the label b" }).waitFor();
  await page.locator(".cm-lint-marker-warning").waitFor();
  await page.getByRole("button", { name: "Go to line 9" }).click();
  assert.equal(await page.evaluate(() => String(getSelection())), "\\eqref{b}");
  await typeset(page);
  await saved(page);
  const whole = (selector) =>
    page.evaluate(async (place) => {
      const root = document.querySelector(place);
      for (const formula of root.querySelectorAll(".math")) formula.scrollIntoView();
      while (root.querySelector(".math:not(.typeset, .bad-math)")) await new Promise(requestAnimationFrame);
      // The page of a post adds links to its sections.
      const copy = root.cloneNode(true);
      for (const link of copy.querySelectorAll("a.self")) link.remove();
      return copy.innerHTML.trim().replaceAll(/ (style|tabindex|data-width)="[^"]*"/g, "");
    }, selector);
  const preview = await whole("#preview");
  await publish(page);
  await page.getByRole("link", { name: "As readers see it" }).click();
  assert.equal(new URL(page.url()).pathname, "/posts/newton-schulz-without-tears");
  await page.locator("article.post > .prose").waitFor();
  assert.equal(await whole(".prose"), preview);
  await close(page);
});

test("only what changed is built anew, and blocks keep their formulas", async () => {
  const page = await editor();
  const paragraphs = Array.from({ length: 30 }, (_, n) => `Paragraph ${n} has $x_{${n}}$.`);
  await type(page, paragraphs.join("\n\n"));
  await page.locator("#preview p", { hasText: "Paragraph 29" }).waitFor();
  await page.evaluate(() => {
    for (const block of document.querySelector("#preview").children) block.seen = true;
  });
  await type(page, " More.");
  await page.locator("#preview p", { hasText: "More." }).waitFor();
  const fresh = await page.evaluate(
    () => [...document.querySelector("#preview").children].filter((block) => !block.seen).length,
  );
  assert.equal(fresh, 1);
  await close(page);
});

test("a crash of the tab loses nothing", async () => {
  const expected = (text) => /\/write\/\d+$/.test(text) || text.startsWith("console: Failed to load");
  const page = await editor({ expected });
  const address = page.url();
  await type(page, "first");
  await saved(page);
  // The server is not reached any more, as if it had gone.
  await page.route(/\/write\/\d+$/, (route) =>
    route.request().method() === "POST" ? route.abort() : route.continue(),
  );
  await type(page, " and second");
  await page.locator("#saved.bad", { hasText: "kept in this browser" }).waitFor();
  const again = await page.context().newPage();
  await page.close({ runBeforeUnload: false });
  await again.goto(address);
  const found = again.locator(".notice", { hasText: "that was never saved" });
  await found.locator("ins", { hasText: "first and second" }).waitFor();
  await found.getByRole("button", { name: "Take it up" }).click();
  await saved(again);
  await again.reload();
  await source(again).getByText("first and second").waitFor();
  assert.equal(await again.locator(".notice").count(), 0);
  await again.context().close();
});

test("what is typed while the server is away is sent when it is back", async () => {
  const expected = (text) => /\/write\/\d+/.test(text) || text.startsWith("console: Failed to load");
  const page = await editor({ expected });
  let away = true;
  await page.route(/\/write\/\d+$/, (route) => (away ? route.fulfill({ status: 502 }) : route.continue()));
  await type(page, "typed meanwhile");
  await page.locator("#saved.bad").waitFor();
  away = false;
  await saved(page);
  await page.reload();
  await source(page).getByText("typed meanwhile").waitFor();
  await close(page);
});

test("a session that ends costs nothing: one signs in in another tab", async () => {
  const expected = (text) => text.startsWith("401:") || text.includes("401 (Unauthorized)");
  const page = await editor({ expected });
  const cookies = await page.context().cookies();
  await page.context().clearCookies({ name: "session" });
  await type(page, "while signed out");
  await page.getByRole("link", { name: "Sign in in another tab" }).waitFor();
  await page.context().addCookies(cookies);
  await saved(page);
  await close(page);
});

test("of two who write the second is told, and nothing is overwritten", async () => {
  const expected = (text) => text.startsWith("409:") || text.includes("409 (Conflict)");
  const first = await editor({ expected });
  const address = first.url();
  await type(first, "of both\n");
  await saved(first);
  const second = await signedIn("emil");
  await second.goto(address);
  await second.locator("#together", { hasText: "Also editing: ada" }).waitFor();
  await type(second, "by Emil\n");
  await saved(second);
  await type(first, "by Ada\n");
  const notice = first.locator(".notice", { hasText: "emil saved this text meanwhile" });
  await notice.locator("del", { hasText: "by Emil" }).waitFor();
  await notice.locator("ins", { hasText: "by Ada" }).waitFor();
  assert.deepEqual(await violations(first), []);
  await notice.getByRole("button", { name: "Go on with theirs" }).click();
  await source(first).getByText("by Emil").waitFor();
  await type(first, "and more\n");
  await saved(first);
  await second.reload();
  await source(second).getByText("and more").waitFor();
  await close(first);
  await close(second);
});

test("a picture is pasted, described and shown", async () => {
  const page = await editor();
  await page.locator("[name=title]").fill("A picture");
  await source(page).click();
  await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(30, 20);
    canvas.getContext("2d").fillRect(0, 0, 20, 20);
    const file = new File([await canvas.convertToBlob()], "black.png", { type: "image/png" });
    const clipboardData = new DataTransfer();
    clipboardData.items.add(file);
    const paste = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
    document.querySelector(".cm-content").dispatchEvent(paste);
  });
  const alt = page.getByLabel("What is to be seen on the picture");
  await alt.fill("A black square");
  await alt.press("Enter");
  const image = page.locator("#preview img");
  await image.waitFor();
  assert.equal(await image.getAttribute("alt"), "A black square");
  await page.waitForFunction(() => document.querySelector("#preview img").naturalWidth === 30);
  await saved(page);
  await page.goto(`${site.address}/write/media`);
  await page.locator(".media", { hasText: "black.png" }).waitFor();
  assert.deepEqual(await violations(page), []);
  await close(page);
});

test("what is not for everybody is given by a link, then by a password", async () => {
  const page = await editor();
  await page.locator("[name=title]").fill("For some");
  await type(page, "Not for all: $x_1$.");
  await saved(page);
  await page.getByRole("button", { name: "Make a preview link" }).click();
  const link = await page.locator("#notices a[href*='/preview/']").getAttribute("href");
  const guest = await open(browser, link);
  await guest.getByText("Not for all").waitFor();
  await typeset(guest);
  assert.deepEqual(await violations(guest), []);
  await close(guest);
  await page.getByRole("button", { name: "Take the link back" }).click();
  await page.waitForURL("**done=unshared");
  assert.equal((await fetch(link)).status, 404);

  await page.getByLabel("Who may read it").selectOption("protected");
  await page.getByLabel("Password of the post").fill("open sesame");
  await publish(page);
  const reader = await open(browser, `${site.address}/posts/for-some`);
  assert.deepEqual(await violations(reader), []);
  for (const password of ["wrong", "open sesame"]) {
    assert.equal(await reader.getByText("Not for all").count(), 0);
    await reader.getByLabel("Password").fill(password);
    await reader.getByRole("button", { name: "Read the post" }).click();
    if (password === "wrong") await reader.getByText("That is not the password.").waitFor();
  }
  await reader.getByText("Not for all").waitFor();
  await reader.getByLabel("Name").fill("Vera");
  await reader.getByLabel(/^Text: Markdown/).fill("Said behind the door: $y$.");
  await reader.locator(".preview .math").waitFor();
  await close(reader);
  await close(page);
});

test("a time to publish is in the time zone of who writes", async () => {
  const page = await editor({ timezoneId: "Asia/Shanghai" });
  await page.locator("[name=title]").fill("To come");
  await page.getByLabel("Publish at").fill("2100-01-01T06:30");
  await page.getByRole("button", { name: "Schedule", exact: true }).click();
  await page.waitForURL("**done=scheduled");
  await page.locator(".badge", { hasText: "Scheduled" }).waitFor();
  assert.equal(await page.locator("[name=published]").inputValue(), "2100-01-01T06:30");
  await close(page);
  assert.equal((await fetch(`${site.address}/posts/to-come`)).status, 404);
  const plain = await signedIn("ada", { javaScriptEnabled: false });
  await plain.goto(`${site.address}/write?state=scheduled`);
  await plain.getByRole("link", { name: "To come" }).click();
  assert.equal(await plain.locator("[name=published]").inputValue(), "2099-12-31T22:30");
  await close(plain);
});

test("without scripts there is a form, with preview, warnings and revisions", async () => {
  const page = await signedIn("ada", { javaScriptEnabled: false });
  await page.goto(`${site.address}/write`);
  await page.locator("main .btn.main").click();
  await page.getByLabel("Title", { exact: true }).fill("Plainly");
  await page.getByLabel("Text of the post").fill("Let *this* be \\eqref{none}.");
  await page.getByRole("button", { name: "Preview", exact: true }).click();
  assert.equal(await page.locator("#preview em").textContent(), "this");
  await page.getByText("no equation has the label none").waitFor();
  await page.getByRole("button", { name: "Publish", exact: true }).click();
  await page.getByText("It is published.").waitFor();
  await page.getByRole("link", { name: "2 revisions" }).click();
  await page.getByRole("button", { name: "Restore 1" }).click();
  await page.getByText("The earlier text is back.").waitFor();
  await close(page);
});

test("everything works by keyboard, and Tab leaves the source", async () => {
  const page = await editor();
  await source(page).focus();
  await page.keyboard.type("so ");
  await page.keyboard.press("Control+b");
  await page.keyboard.type("bold");
  await page.locator("#preview strong", { hasText: "bold" }).waitFor();
  await page.keyboard.press("Control+s");
  await saved(page);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.id), "scroller");
  await page.keyboard.press("Shift+Tab");
  assert.ok(await page.evaluate(() => document.activeElement.matches(".cm-content")));
  await close(page);
});

test("Chinese is composed without losing a character", async () => {
  const page = await editor();
  await source(page).focus();
  const session = await page.context().newCDPSession(page);
  for (const text of ["ni", "ni h", "你好"]) {
    await session.send("Input.imeSetComposition", {
      text,
      selectionStart: text.length,
      selectionEnd: text.length,
    });
  }
  await session.send("Input.insertText", { text: "你好" });
  await page.keyboard.insertText("，$x_1$。");
  await page.locator("#preview p", { hasText: "你好，" }).waitFor();
  await saved(page);
  await page.reload();
  await source(page).getByText("你好，").waitFor();
  await close(page);
});

test("pages of writing are for everybody, in both languages and themes, wide and narrow", async () => {
  const page = await editor();
  const address = page.url();
  await page.locator("[name=title]").fill("For everybody");
  await type(page, "Let $x_1$ be \\eqref{none}.\n\n```js\n1\n```\n");
  await saved(page);
  await close(page);
  for (const colorScheme of ["light", "dark"]) {
    for (const [width, hl] of [
      [390, "zh"],
      [1280, "en"],
    ]) {
      const page = await signedIn("ada", { colorScheme, viewport: { width, height: 844 } });
      for (const path of [
        new URL(address).pathname,
        `${new URL(address).pathname}/revisions?from=1`,
        "/write",
        "/write/media",
      ]) {
        await page.goto(`${site.address}${path}${path.includes("?") ? "&" : "?"}hl=${hl}`);
        if (path === new URL(address).pathname) await page.locator(".cm-lint-marker-warning").waitFor();
        assert.deepEqual(await violations(page), [], `${path} ${colorScheme} ${width}`);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
        assert.equal(wide, false, `${path} is wider than ${width}`);
      }
      await close(page);
    }
  }
});

/** A post of 60 kB with 300 formulas, 60 of them numbered. */
function heavy() {
  const sections = Array.from({ length: 60 }, (_, n) => {
    const words =
      "A singular value near zero needs more steps than one that is large, and nothing helps. ".repeat(9);
    const equation = `\\begin{equation}\nk_{${n}}\\approx\\frac{\\log(1/\\sigma)}{\\log p'(0)} \\label{eq:${n}}\n\\end{equation}`;
    return `## Section ${n}\n\nLet $p_{${n}}(s)\\approx p'(0)\\,s$ and $\\sigma_{${n}}$, $x$, $y$. ${words}\n\n${equation}\n\nBy \\eqref{eq:${n}} so.\n`;
  });
  return sections.join("\n");
}

test("a post of 60 kB is shown as it is typed", async () => {
  const page = await editor();
  const text = heavy();
  await type(page, text);
  await page.locator("#preview h2", { hasText: "Section 59" }).waitFor();
  await saved(page);
  const times = await page.evaluate(async () => {
    const preview = document.querySelector("#preview");
    const times = [];
    for (let press = 0; press < 60; press += 1) {
      const begun = performance.now();
      const patched = new Promise((done) => {
        const observer = new MutationObserver(() => {
          if (!preview.lastElementChild.textContent.includes(`press ${press}.`)) return;
          observer.disconnect();
          done();
        });
        observer.observe(preview, { childList: true, subtree: true, characterData: true });
      });
      document.execCommand("insertText", false, `${press === 0 ? "\n" : ""} press ${press}.`);
      await patched;
      times.push(performance.now() - begun);
      await new Promise(requestAnimationFrame);
    }
    return times.sort((a, b) => a - b);
  });
  const served = await page.evaluate(() => {
    const previews = performance.getEntriesByType("resource").filter(({ name }) => name.endsWith("/preview"));
    return previews.map(({ duration }) => duration).sort((a, b) => a - b);
  });
  // One for the empty text, one or two for the pasted one, and one for each press.
  assert.ok(served.length <= 64, `${served.length} requests for 60 presses`);
  const of = (all, part) => Math.round(all[Math.floor(all.length * part)]);
  const at = (part) => of(times, part);
  console.log(
    `${text.length} bytes: from key press to preview p50 ${at(0.5)} ms, p95 ${at(0.95)} ms; ` +
      `the request alone p50 ${of(served, 0.5)} ms, p95 ${of(served, 0.95)} ms`,
  );
  await close(page);
});
