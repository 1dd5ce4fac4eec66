// Signing in, and a library that follows its reader from one browser to another.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { close, launch, open, violations } from "./browser.mjs";
import { DAY, papers } from "./day.mjs";
import { serve } from "./site.mjs";

const PASSWORD = "correct horse battery";

let browser;
let site;
before(async () => {
  [browser, site] = await Promise.all([launch(), serve()]);
  await Promise.all([site.take(papers(1000, 1010)), site.run(["user", "add", "ada"], `${PASSWORD}\n`)]);
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

/** A new browser, signed in by the form. */
async function signedIn() {
  const page = await open(browser, `${site.address}/account`);
  assert.equal(new URL(page.url()).pathname, "/login");
  await page.getByLabel("Name").fill("ada");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("**/account");
  return page;
}

async function keptInAccount(page) {
  await page.getByRole("button", { name: "Keep it in my account" }).click();
  await page.getByText("Kept in your account.").waitFor();
}

const stars = (page) =>
  page.evaluate(() =>
    Object.keys(JSON.parse(localStorage.getItem("library") ?? '{"stars":{}}').stars).sort(),
  );

/** Waits until the library has been sent. */
const sent = (page) =>
  page.waitForResponse((answer) => answer.request().method() === "PUT" && answer.url().endsWith("/library"));

test("what is starred in one browser is starred in the other, and what is taken back is gone in both", async () => {
  const first = await signedIn();
  assert.deepEqual(await stars(first), []);
  await first.goto(site.address + DAY);
  await first.locator("form.star button").nth(1).click();
  const [own] = await stars(first);
  await first.goto(`${site.address}/account`);
  await keptInAccount(first);

  const second = await signedIn();
  await keptInAccount(second);
  assert.deepEqual(await stars(second), [own]);
  await second.goto(site.address + DAY);
  const put = sent(second);
  await second.locator("form.star button").nth(3).click();
  await put;
  assert.equal((await stars(second)).length, 2);

  await first.goto(site.address + DAY);
  await first.waitForFunction(
    () => Object.keys(JSON.parse(localStorage.getItem("library")).stars).length === 2,
  );
  const again = sent(first);
  await first.locator("form.star button").nth(1).click();
  await again;
  await second.reload();
  await second.waitForFunction(
    () => Object.keys(JSON.parse(localStorage.getItem("library")).stars).length === 1,
  );
  assert.notDeepEqual(await stars(second), [own]);
  await close(first);
  await close(second);
});

test("the pages of accounts are for everybody", async () => {
  for (const colorScheme of ["light", "dark"]) {
    const page = await open(browser, `${site.address}/login`, { colorScheme });
    assert.deepEqual(await violations(page), []);
    await close(page);
  }
  const page = await signedIn();
  assert.deepEqual(await violations(page), []);
  await close(page);
});
