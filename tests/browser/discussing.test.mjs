// Discussions, as readers and moderators have them: with scripts and without, by keyboard, in both languages.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { close, launch, open, typeset, violations } from "./browser.mjs";
import { serve } from "./site.mjs";

const PASSWORD = "correct horse battery";
const POST = "/posts/lora-first-step";

let browser;
let site;
before(async () => {
  [browser, site] = await Promise.all([launch(), serve({ COMMENTS__FASTEST: 0, COMMENTS__NETWORK: 1000 })]);
  await site.run(["user", "add", "rose", "--role", "editor"], `${PASSWORD}\n`);
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

async function fill(page, name, text) {
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Mail, never shown").fill(`${name.toLowerCase()}@example.org`);
  await page.getByLabel(/^Text: Markdown/).fill(text);
}

/** Says something without scripts, and gives its number. */
async function say(name, text) {
  const page = await open(browser, `${site.address}${POST}/comments`, { javaScriptEnabled: false });
  await fill(page, name, text);
  await page.getByRole("button", { name: "Post" }).click();
  await page.getByText("waits for a moderator").waitFor();
  const number = new URL(page.url()).pathname.split("/").pop();
  await close(page);
  return number;
}

async function moderator() {
  const page = await open(browser, `${site.address}/login?hl=en`);
  await page.getByLabel("Name").fill("rose");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("**/account");
  await page.goto(`${site.address}/admin/comments`);
  return page;
}

test("a comment is shown while it is typed, and who is known is read at once", async () => {
  await site.run(["comment", "approve", await say("Ada", "Something that is approved.")]);
  const page = await open(browser, site.address + POST);
  await fill(page, "Ada", "Let $a_1<b$ as in \\eqref{eq:first}.");
  const preview = page.getByRole("region", { name: "Preview" });
  await preview.locator(".math.typeset").waitFor();
  assert.equal(await preview.locator('a[href^="#"]').count(), 1);
  const first = await preview.locator("p").last().elementHandle();
  await page.getByLabel(/^Text: Markdown/).press("End");
  await page.getByLabel(/^Text: Markdown/).pressSequentially("\n\nAnd more.");
  await preview.getByText("And more.").waitFor();
  assert.ok(await first.evaluate((block) => block.isConnected), "what did not change stays");
  await page.getByRole("button", { name: "Post" }).click();
  await page.waitForURL("**#c-*");
  await page.getByText("here for everybody to read").waitFor();
  assert.equal(await page.locator(".talk > li:target .math").count(), 1);
  assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "Ada", "the browser remembers");
  await close(page);
});

test("a reply is written below what it replies to, and sent from there", async () => {
  const page = await open(browser, site.address + POST);
  const article = page.locator(".talk > li > article", { hasText: "Something that is approved." });
  await article.getByRole("link", { name: /^Reply/ }).click();
  assert.ok(await page.locator(".talk form.say").isVisible());
  assert.ok(await page.evaluate(() => document.activeElement.matches("textarea")));
  await page.getByRole("link", { name: "Not a reply" }).click();
  assert.equal(await page.locator(".talk form.say").count(), 0);
  await article.getByRole("link", { name: /^Reply/ }).click();
  await fill(page, "Ada", "A reply of mine.");
  await page.getByRole("button", { name: "Post" }).click();
  await page.waitForURL("**#c-*");
  const reply = page.locator(".talk .talk > li", { hasText: "A reply of mine." });
  await reply.waitFor();
  await close(page);
});

test("without scripts everything can be said, seen, changed and taken back", async () => {
  const page = await open(browser, site.address + POST, {
    javaScriptEnabled: false,
    expected: (text) => text.includes("422"),
  });
  await page
    .getByRole("link", { name: /^Reply/ })
    .first()
    .click();
  await page.getByText("A reply to").waitFor();
  await fill(page, "Vera", "Let $x$ be.");
  await page.getByRole("button", { name: "Preview" }).click();
  await page.getByRole("region", { name: "Preview" }).locator(".math").waitFor();
  await page.getByLabel("Site, optional").fill("no site");
  await page.getByRole("button", { name: "Post" }).click();
  assert.match(await page.getByLabel("Site, optional").getAttribute("aria-describedby"), /fault/);
  assert.equal(await page.getByLabel(/^Text: Markdown/).inputValue(), "Let $x$ be.");
  await page.getByLabel("Site, optional").fill("vera.example");
  await page.getByRole("button", { name: "Post" }).click();
  await page.getByText("waits for a moderator").waitFor();
  await page.getByRole("link", { name: "Change" }).click();
  await page.getByLabel(/^Text: Markdown/).fill("Let $y$ be.");
  await page.getByRole("button", { name: "Save" }).click();
  assert.ok(await page.getByText("Let").isVisible());
  await page.getByRole("button", { name: "Withdraw it" }).click();
  await page.waitForURL(`**${POST}#comments`);
  await close(page);
});

test("a moderator needs the keyboard only", async () => {
  for (const name of ["One", "Two", "Three"]) await say(name, `Said by ${name}: $x$.`);
  const page = await moderator();
  const names = () => page.locator(".remark header b").allTextContents();
  const decided = async (key) => {
    const loaded = page.waitForEvent("load");
    await page.keyboard.press(key);
    await loaded;
  };
  assert.deepEqual(await names(), ["Three", "Two", "One"]);
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  assert.match(await page.evaluate(() => document.activeElement.textContent), /Said by Two/);
  await decided("a");
  assert.deepEqual(await names(), ["Three", "One"]);
  await page.getByText("1 comment is shown now.").waitFor();
  assert.match(
    await page.evaluate(() => document.activeElement.textContent),
    /Said by One/,
    "it goes on below",
  );
  await decided("u");
  assert.deepEqual(await names(), ["Three", "Two", "One"]);
  await page.keyboard.press("k");
  await decided("s");
  await decided("d");
  assert.equal((await names()).length, 1);
  await page.keyboard.press("?");
  await page.getByText("next or previous comment").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("searchbox", { name: "Search name, mail and text" }).pressSequentially("jas");
  assert.equal(
    await page.getByRole("searchbox", { name: "Search name, mail and text" }).inputValue(),
    "jas",
    "keys are letters in a field",
  );
  await close(page);
});

test("a moderator decides about many without scripts", async () => {
  await site.run(["comment", "remove-all-of", "--name", "One"]);
  for (const name of ["Four", "Five"]) await say(name, `Said by ${name}.`);
  const signed = await moderator();
  const cookies = await signed.context().cookies();
  const page = await open(browser, `${site.address}/login`, {
    javaScriptEnabled: false,
    prepare: (page) => page.context().addCookies(cookies),
  });
  await page.goto(`${site.address}/admin/comments?q=Said+by+F`);
  await page.getByLabel("Choose the comment by Four").check();
  await page.getByLabel("Choose the comment by Five").check();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByText("2 comments were deleted.").waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  assert.equal(await page.locator(".remark").count(), 2);
  await page.locator(".remark summary").first().click();
  await page.locator(".remark textarea").first().fill("An answer.");
  await page.getByRole("button", { name: "Approve and reply" }).first().click();
  await page.goto(site.address + POST);
  assert.ok(await page.getByText("An answer.").isVisible());
  await close(page);
  await close(signed);
});

test("discussions are for everybody, in both languages, wide and narrow, light and dark", async () => {
  // Longer than the inbox shows at once.
  const number = await say("Zoe", "For the pages. ".repeat(400));
  const signed = await moderator();
  for (const hl of ["en", "zh"]) {
    for (const [width, colorScheme] of [
      [1280, "light"],
      [390, "dark"],
    ]) {
      const viewport = { width, height: 900 };
      const places = [`${POST}/comments`, `${POST}?reply=1`, "/papers/1/comments", "/subscriptions/none"];
      for (const place of places) {
        const address = new URL(place, site.address);
        address.searchParams.set("hl", hl);
        const page = await open(browser, address.href, { viewport, colorScheme });
        await typeset(page);
        assert.deepEqual(await violations(page), [], address.href);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(wide <= 0, `${address.href} is ${wide} px too wide`);
        const clipped = await page
          .locator(".form-page")
          .evaluateAll((all) => all.map((one) => getComputedStyle(one).overflowX));
        assert.ok(
          clipped.every((overflow) => overflow === "visible"),
          "a ring around a field is seen whole",
        );
        await close(page);
      }
      await signed.setViewportSize(viewport);
      await signed.emulateMedia({ colorScheme });
      for (const place of ["held", "visible", "spam", "deleted"]) {
        await signed.goto(`${site.address}/admin/comments?state=${place}&hl=${hl}`);
        assert.deepEqual(await violations(signed), [], `${place} ${hl} ${width}`);
        const wide = await signed.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(wide <= 0, `${place} is ${wide} px too wide`);
      }
    }
  }
  await close(signed);
  await site.run(["comment", "delete", number]);
});
