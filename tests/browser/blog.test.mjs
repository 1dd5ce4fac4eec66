// Reading the blog in a browser: posts and lists at both widths, in both languages, light and dark, and on paper.

import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { close, launch, open, violations, walk } from "./browser.mjs";
import { serve } from "./site.mjs";

let browser;
let site;
before(async () => {
  const support = {
    SITE__LICENCE: "CC BY 4.0",
    SITE__SUPPORT__TEXT: "A coffee, or $c^2$ of them",
  };
  [browser, site] = await Promise.all([launch(), serve(support, "tests/blog")]);
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

const PAGES = [
  "/",
  "/posts",
  "/posts/polar-one",
  "/posts/polar-two",
  "/posts/polar-zh",
  "/pages/about",
  "/series",
  "/series/matrices-that-train",
  "/category/optimisation",
  "/archives",
  "/categories",
  "/2025/10",
  "/tags",
  "/tag/matrices",
  "/author/Lin%20Qiao",
  "/posts/kept-protected",
  "/search?query=polar&kind=post",
];

for (const width of [390, 1280]) {
  for (const hl of ["en", "zh"]) {
    test(`nothing is wrong with any page at ${width} in ${hl}, light and dark`, async () => {
      for (const path of PAGES) {
        const viewport = { width, height: 800 };
        const page = await open(browser, `${site.address}${path}${path.includes("?") ? "&" : "?"}hl=${hl}`, {
          viewport,
        });
        await walk(page);
        for (const colorScheme of ["light", "dark"]) {
          await page.emulateMedia({ colorScheme });
          assert.deepEqual(await violations(page), [], `${path} ${colorScheme}`);
        }
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(wide <= 0, `${path} is ${wide} wider than the window`);
        await close(page);
      }
    });
  }
}

test("nothing that is called anything is wider than the window", async () => {
  const folder = await mkdtemp(join(tmpdir(), "inkstone-names-"));
  await mkdir(join(folder, "posts"));
  await mkdir(join(folder, "notes"));
  const long = "Incomprehensibilities".repeat(14);
  const matter = {
    title: `${long} <b> & $\\sum_{n\\ge 1} \\frac{1}{n^2}$ 中文 مقدمة`,
    slug: "one",
    language: "en",
    author: long.slice(0, 90),
    published: "2025-01-01T00:00:00Z",
    updated: "2025-01-01T00:00:00Z",
  };
  const lines = Object.entries(matter).map(([name, value]) => `${name} = ${JSON.stringify(value)}\n`);
  const lists = `categories = ["${long}"]\ntags = ["${long}"]\n[details]\nseries = { name = "${long}", part = 1 }\n`;
  await writeFile(join(folder, "posts", "one.md"), `+++\n${lines.join("")}${lists}+++\n\nLet $x$.\n`);
  const comment = {
    post: "one",
    author: long.slice(0, 60),
    created: "2025-01-02T00:00:00Z",
    body: `${long} $x_1$`,
  };
  await writeFile(join(folder, "comments.jsonl"), `${JSON.stringify(comment)}\n`);
  await writeFile(join(folder, "papers.jsonl"), "");
  const own = await serve({}, relative(fileURLToPath(new URL("../..", import.meta.url)), folder));
  for (const path of ["/", "/posts", "/posts/one", "/series", "/categories", "/tags"]) {
    for (const width of [390, 1280]) {
      const page = await open(browser, own.address + path, { viewport: { width, height: 800 } });
      await walk(page);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0, `${path} is ${wide} wider than ${width}`);
      assert.deepEqual(await violations(page), [], path);
      await close(page);
    }
  }
  await own.stop();
  await rm(folder, { recursive: true });
});

test("nothing moves while a post becomes what it is", async () => {
  for (const path of ["/posts/polar-one", "/posts"]) {
    const page = await open(browser, `${site.address}${path}`);
    await walk(page);
    const shift = await page.evaluate(
      () =>
        new Promise((resolve) => {
          let sum = 0;
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
          }).observe({ type: "layout-shift", buffered: true });
          requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)));
        }),
    );
    assert.ok(shift < 0.02, `${path} moved by ${shift}`);
    await close(page);
  }
});

test("who looks at a post for some seconds is counted, without a cookie", async () => {
  const page = await open(browser, `${site.address}/posts/polar-one`);
  const [request] = await Promise.all([page.waitForRequest(/\/archives\/\d+\/read$/), walk(page)]);
  assert.equal(request.method(), "POST");
  const response = await request.response();
  assert.equal(response?.status(), 204);
  assert.deepEqual(await page.context().cookies(), []);
  await close(page);
});

test("a page that stands on its own counts nobody", async () => {
  const page = await open(browser, `${site.address}/pages/about`);
  assert.equal(await page.locator("[data-read]").count(), 0);
  await close(page);
});

test("sections are linked and numbered, and their links lead to them", async () => {
  const page = await open(browser, `${site.address}/posts/polar-one`);
  await walk(page);
  const link = page.locator("h2#steepest-descent > a.self");
  await link.focus();
  await page.keyboard.press("Enter");
  assert.match(page.url(), /#steepest-descent$/);
  const number = await page.evaluate(
    () => getComputedStyle(document.querySelector(".prose h2"), "::before").content,
  );
  assert.match(number, /counter\(section\)|"1"/);
  await close(page);
});

test("the address of a post can be copied", async () => {
  const page = await open(browser, `${site.address}/posts/polar-one`);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.locator("[data-copy-link]").click();
  await page.locator(".toast").filter({ hasText: "copied" }).waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.equal(copied, `${site.address}/posts/polar-one`);
  await close(page);
});

test("a citation can be had after GB/T 7714, by keyboard", async () => {
  const page = await open(browser, `${site.address}/posts/polar-one`);
  await page.locator(".cite input[value=bib]").focus();
  await page.keyboard.press("ArrowLeft");
  const shown = page.locator(".cite pre.o-gbt");
  await shown.waitFor({ state: "visible" });
  assert.match(await shown.innerText(), /^QIAO L\. .*\[EB\/OL\]/);
  assert.equal(await page.locator(".cite pre.o-bib").isVisible(), false);
  await close(page);
});

test("nothing but the text is printed, unbroken", async () => {
  for (const format of ["A4", "A5"]) {
    const page = await open(browser, `${site.address}/posts/polar-one`);
    await walk(page);
    await page.emulateMedia({ media: "print" });
    const hidden = [
      "nav",
      ".tags",
      ".share",
      ".in-series .pager",
      ".support",
      ".self",
      ".comments form",
      ".near",
      ".pager",
      ".footnote-back",
      ".byline > a:not([rel=author])",
      ".comments > .meta",
    ];
    for (const selector of hidden) {
      const seen = await page
        .locator(selector)
        .evaluateAll((all) => all.filter((one) => one.checkVisibility()).length);
      assert.equal(seen, 0, selector);
    }
    assert.ok(await page.locator(".references").isVisible());
    const pdf = await page.pdf({ format });
    assert.ok(pdf.length > 10_000);
    await close(page);
  }
});

test("without scripts a post can be read, and shared by mail", async () => {
  const page = await open(browser, `${site.address}/posts/polar-one?math=mathml`, {
    javaScriptEnabled: false,
  });
  assert.ok((await page.locator("main math").count()) > 3);
  assert.equal(await page.locator("a[href^='mailto:']").isVisible(), true);
  for (const name of ["share", "copy-link", "print"]) {
    assert.equal(await page.locator(`[data-${name}]`).isVisible(), false);
  }
  await close(page);
});
