// Administration: for everybody, in both languages, on any screen, by keyboard and without scripts.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { close, launch, open, violations } from "./browser.mjs";
import { serve } from "./site.mjs";

const PASSWORD = "correct horse battery";
const PAGES = [
  "/admin",
  "/admin/users",
  "/admin/users/grace",
  "/admin/terms",
  "/admin/terms?kind=tag",
  "/admin/settings",
  "/admin/questions",
  "/admin/questions/six@1/en",
  "/admin/models",
  "/admin/harvests",
  "/admin/audit",
];

let browser;
let site;
before(async () => {
  [browser, site] = await Promise.all([
    launch(),
    serve({
      MODELS__0__NAME: "little",
      MODELS__0__BASE_URL: "http://127.0.0.1:9/v1",
      MODELS__0__MODEL: "little-1",
      HARVEST__LISTS__0: "math.NT",
    }),
  ]);
  await site.run(["user", "add", "ada", "--role", "administrator"], `${PASSWORD}\n`);
  await site.run(["user", "add", "grace", "--role", "author"], `${PASSWORD}\n`);
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

/** A new browser, signed in by the form, at the address that it first asked for. */
async function administrator(address = "/admin", options = {}) {
  const page = await open(browser, site.address + address, options);
  assert.equal(new URL(page.url()).pathname, "/login");
  await page.locator("#name").fill("ada");
  await page.locator("#password").fill(PASSWORD);
  await page.locator("form.stack button").click();
  await page.waitForURL(site.address + address);
  return page;
}

/** Nothing is wider than the window. */
const fits = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth);

for (const width of [390, 1280]) {
  for (const colorScheme of ["light", "dark"]) {
    for (const hl of ["en", "zh"]) {
      test(`every page is for everybody: ${width} ${colorScheme} ${hl}`, async () => {
        const page = await administrator("/admin", { viewport: { width, height: 800 }, colorScheme });
        for (const path of PAGES) {
          const address = new URL(path, site.address);
          address.searchParams.set("hl", hl);
          await page.goto(address.href);
          assert.deepEqual(await violations(page), [], path);
          assert.ok(await fits(page), `${path} is too wide`);
        }
        await close(page);
      });
    }
  }
}

test("what is wrong is said beside what was typed, which is not lost", async () => {
  const page = await administrator("/admin/settings");
  const menu = page.getByRole("textbox", { name: "Menu: an address and a name on each line" });
  await menu.fill("nonsense");
  await page.getByRole("button", { name: "Save: Menu" }).click();
  await page.getByRole("alert").waitFor();
  assert.match(await page.getByRole("alert").textContent(), /site\.menu.* must be an address/);
  assert.equal(await menu.inputValue(), "nonsense");
  assert.equal(await menu.getAttribute("aria-invalid"), "true");
  assert.deepEqual(await violations(page), []);
  await close(page);
});

test("everything works without scripts, and by keyboard", async () => {
  const page = await administrator("/admin/users/grace", { javaScriptEnabled: false });
  const role = page.locator("#role");
  await role.focus();
  await role.selectOption("editor");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByRole("status").waitFor();
  assert.equal(await role.inputValue(), "editor");
  await page.getByRole("link", { name: "Audit log" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("row", { name: /user\.role grace editor/ }).waitFor();
  await close(page);
});

test("the masthead leads those who write to their desk, and nobody else", async () => {
  const page = await administrator("/admin");
  await page.goto(site.address);
  await page.locator(".site").getByRole("link", { name: "Write" }).waitFor();
  await close(page);
  const visitor = await open(browser, site.address);
  assert.equal(await visitor.locator(".site").getByRole("link", { name: "Write" }).count(), 0);
  await close(visitor);
});
