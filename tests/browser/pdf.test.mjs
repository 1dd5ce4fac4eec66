// [PDF] opens in the page, from another origin than the page's own.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setInterval } from "node:timers/promises";
import { close, launch, open, violations } from "./browser.mjs";
import { papers } from "./day.mjs";
import { serve } from "./site.mjs";
import { CHINESE, pdf, scan, source } from "./source.mjs";

const STRICT =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data:; " +
  "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const TEXTS = Array.from({ length: 12 }, (_, n) => `Sheet number ${n + 1} of quilts`);
const GOOD = pdf(TEXTS);
const LONG = pdf(TEXTS, { padding: 900_000 });

const headers = (more = {}) => ({
  "content-type": "application/pdf",
  "access-control-allow-origin": "*",
  ...more,
});

/** Gives parts at once, and the whole only up to its first part. */
function ranges(request, response) {
  const all = headers({
    "accept-ranges": "bytes",
    "access-control-expose-headers": "Accept-Ranges, Content-Range",
    "access-control-allow-headers": "Range",
  });
  if (request.method === "OPTIONS") return response.writeHead(204, all).end();
  const [, from, to] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? "") ?? [];
  if (from === undefined) {
    response.writeHead(200, { ...all, "content-length": LONG.length });
    return response.write(LONG.subarray(0, 70_000));
  }
  const part = LONG.subarray(Number(from), Number(to) + 1);
  response.writeHead(206, {
    ...all,
    "content-length": part.length,
    "content-range": `bytes ${from}-${to}/${LONG.length}`,
  });
  return response.end(part);
}

const FILES = {
  "/good.pdf": GOOD,
  "/more.pdf": pdf(["Another paper on patchwork"]),
  // Chromium asks for it when a link to the source is followed.
  "/favicon.ico": (_, response) => response.writeHead(204).end(),
  "/closed.pdf": (_, response) => response.writeHead(200, { "content-type": "application/pdf" }).end(GOOD),
  "/ranges.pdf": ranges,
  "/slow.pdf": (_, response) => {
    response.writeHead(200, headers());
    response.write(GOOD.subarray(0, 100));
  },
  "/truncated.pdf": GOOD.subarray(0, 400),
  "/page.pdf": (_, response) =>
    response.writeHead(200, headers({ "content-type": "text/html" })).end("<title>Sign in</title>"),
  "/huge.pdf": (_, response) => {
    response.writeHead(200, headers({ "content-length": 100 * 2 ** 20 }));
    response.write(GOOD);
  },
  "/locked.pdf": pdf(["secret"], { locked: true }),
  "/chinese.pdf": pdf(["<4e2d65876570>"], { font: CHINESE }),
  "/scan.pdf": pdf(["A scan"], { image: scan() }),
};

let browser;
let site;
let from;
before(async () => {
  from = await source(FILES);
  site = await serve({ PDF__HOSTS__0: `http://127.0.0.1:${from.port}` });
  browser = await launch();
  const addresses = [...Object.keys(FILES), "/none.pdf"].map(
    (path) => `http://127.0.0.1:${from.port}${path}`,
  );
  addresses.push(`http://localhost:${from.port}/good.pdf?elsewhere`);
  const made = addresses.map((address, at) => ({
    id: address.split("/").at(-1),
    title: `Quilts $Q_{${at}}$ from ${address.split("/").at(-1)}`,
    authors: ["Ann Author"],
    abstract: "On quilts, and what holds them together. ".repeat(3),
    venue: "ICML 2026",
    date: "2026-07-01",
    source: "trial",
    pdf: address,
  }));
  await site.take([...made, ...papers(1, 4)]);
});
after(async () => {
  await browser?.close();
  await site?.stop();
  from?.stop();
});

const LIST = "/venue/ICML.2026";

/** A page; what it asks of the source is in `page.foreign`, and is no complaint. */
async function visit(path = LIST, { expected = () => false, ...options } = {}) {
  const foreign = [];
  const page = await open(browser, site.address + path, {
    ...options,
    expected: (text) => text.startsWith(`foreign: http://127.0.0.1:${from.port}/`) || expected(text),
    prepare: async (page) => {
      page.on("request", (request) => {
        if (!request.url().startsWith(site.address)) foreign.push(request.url());
      });
      await options.prepare?.(page);
    },
  });
  page.setDefaultTimeout(10_000);
  return Object.assign(page, { foreign });
}

const card = (page, name) => page.locator(`.panel.paper[id="${name}@trial"]`);
const press = (page, name) => card(page, name).locator(".title-pdf").click();
const viewer = (page, name) => card(page, name).locator(".pdf");
/** Waits for the picture of a page. */
const drawn = (page, name, number = 1) =>
  viewer(page, name).locator(`.leaf[data-page="${number}"] canvas`).waitFor();
/** Waits until no worker is left. */
async function idle(page) {
  const patience = AbortSignal.timeout(5000);
  for await (const _ of setInterval(20, undefined, { signal: patience }))
    if (page.workers().length === 0) return;
}
/** How dark the darkest and how light the lightest dot of a picture is. */
const ink = (canvas) =>
  canvas.evaluate((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const lightness = data.filter((_, at) => at % 4 === 0);
    return [lightness.reduce((a, b) => Math.min(a, b), 255), lightness.reduce((a, b) => Math.max(a, b), 0)];
  });

describe("the policy", () => {
  const policy = async (path) => (await fetch(site.address + path)).headers.get("content-security-policy");
  const wide = () =>
    STRICT.replace(
      "connect-src 'self'",
      `worker-src 'self'; connect-src 'self' http://127.0.0.1:${from.port}`,
    );

  test("is wider where papers open, and only there", async () => {
    const papers = [LIST, "/venue/good.pdf@trial", "/arxiv/hep-th", "/arxiv/hep-th/9711200", "/stars"];
    for (const path of [...papers, "/arxiv/math.OC?date=2026-11-23"]) {
      assert.equal(await policy(path), wide(), path);
      assert.equal(await policy(path), wide(), `${path}, from the cache`);
    }
    const others = [
      "/",
      "/posts",
      "/posts/lora-first-step",
      "/papers",
      "/search",
      "/search?query=quilts",
      "/mine",
    ];
    others.push(
      "/login",
      "/join",
      "/feed",
      "/no/such/page",
      "/venue/none@trial",
      "/venue/good.pdf@trial.bib",
    );
    for (const path of [...others, "/search/instant?query=quilts", "/healthz"]) {
      assert.equal(await policy(path), STRICT, path);
    }
  });

  test("of the worker is the strict one", async () => {
    const page = await visit("/");
    const assets = await page.evaluate(() => document.documentElement.dataset.assets);
    for (const path of ["pdf/worker.js", "pdf/open.js"])
      assert.equal(await policy(`${assets}/${path}`), STRICT);
    await close(page);
  });
});

describe("a press", () => {
  test("shows the paper, and asks nobody before", async () => {
    const page = await visit();
    const own = [];
    page.on("request", (request) => own.push(new URL(request.url()).pathname));
    await page.waitForTimeout(300);
    assert.deepEqual(page.foreign, []);
    assert.equal(own.filter((path) => path.includes("/pdf/")).length, 0);
    await press(page, "good.pdf");
    await drawn(page, "good.pdf");
    assert.ok(page.foreign.every((url) => url.endsWith("/good.pdf")) && page.foreign.length > 0);
    assert.equal(own.filter((path) => /^\/papers\/\d+\/opened$/.test(path)).length, 1);
    assert.equal(own.filter((path) => /cmaps|decoders/.test(path)).length, 0);
    const region = viewer(page, "good.pdf");
    assert.equal(await region.locator("[data-total]").textContent(), "12");
    assert.match(await region.locator("[role=status]").textContent(), /12/);
    assert.equal(await region.locator("[aria-busy]").count(), 0);
    const [darkest, lightest] = await ink(region.locator("canvas").first());
    assert.ok(darkest < 60 && lightest > 250, `${darkest} ${lightest}`);
    assert.ok(await page.evaluate(() => document.activeElement.matches(".leaves")));
    const asked = from.asked.filter(({ path }) => path === "/good.pdf");
    assert.ok(asked.every(({ cookie }) => cookie === undefined));
    await close(page);
  });

  test("the text is over the picture, on all pages, to be selected and found", async () => {
    const page = await visit();
    await press(page, "good.pdf");
    await drawn(page, "good.pdf");
    const texts = viewer(page, "good.pdf").locator(".leaf-text span");
    await page.waitForFunction(() => document.querySelectorAll(".leaf-text").length === 12);
    assert.deepEqual(await texts.allTextContents(), TEXTS);
    const [box, leaf] = await Promise.all(
      [texts.first(), viewer(page, "good.pdf").locator(".leaf").first()].map((at) => at.boundingBox()),
    );
    const scale = leaf.width / 612;
    assert.ok(Math.abs((box.x - leaf.x) / scale - 72) < 2, "it begins where the text is drawn");
    assert.ok(box.width / scale > 250 && box.width / scale < 330, `${box.width / scale}`);
    await texts.first().selectText();
    assert.equal(await page.evaluate(() => String(getSelection())), TEXTS[0]);
    await page.evaluate(() => getSelection().removeAllRanges());
    assert.ok(
      await page.evaluate(() => globalThis.find("number 11 of")),
      "the browser finds what is far away",
    );
    await close(page);
  });

  test("draws what is near only, and says which page that is", async () => {
    const page = await visit();
    await press(page, "good.pdf");
    await drawn(page, "good.pdf");
    const region = viewer(page, "good.pdf");
    assert.ok((await region.locator("canvas").count()) < 5);
    const field = region.locator("input");
    await field.fill("9");
    await field.press("Enter");
    await drawn(page, "good.pdf", 9);
    await page.waitForFunction(() => !document.querySelector('.leaf[data-page="1"] canvas'));
    const top = await page.evaluate(() => scrollY);
    await region.locator(".leaves").evaluate((box) => box.focus({ preventScroll: true }));
    await page.keyboard.press("End");
    await drawn(page, "good.pdf", 12);
    await page.waitForFunction(() => document.querySelector(".pdf input").value === "12");
    assert.equal(await page.evaluate(() => scrollY), top, "the page around it does not move");
    await close(page);
  });

  test("its size can be changed", async () => {
    const page = await visit(LIST, { deviceScaleFactor: 2 });
    await press(page, "good.pdf");
    await drawn(page, "good.pdf");
    const leaf = viewer(page, "good.pdf").locator(".leaf").first();
    const width = () => leaf.evaluate((leaf) => leaf.offsetWidth);
    const whole = await width();
    const sharp = () => leaf.evaluate((leaf) => leaf.querySelector("canvas")?.width / leaf.offsetWidth);
    assert.ok(Math.abs((await sharp()) - 2) < 0.02, "as sharp as the screen");
    await viewer(page, "good.pdf").locator("[data-zoom=in]").click();
    assert.ok(Math.abs((await width()) / whole - 1.25) < 0.01);
    await page.waitForFunction((w) => document.querySelector(".leaf canvas")?.width > w * 2.4, whole);
    assert.equal(
      await viewer(page, "good.pdf").locator("[data-zoom=fit]").getAttribute("aria-pressed"),
      "false",
    );
    for (let n = 0; n < 8; n++) await viewer(page, "good.pdf").locator("[data-zoom=in]").click();
    await page.waitForTimeout(1500);
    const area = await leaf.evaluate(
      (leaf) => leaf.querySelector("canvas").width * leaf.querySelector("canvas").height,
    );
    assert.ok(area <= 2 ** 24, `${area}`);
    await viewer(page, "good.pdf").locator("[data-zoom=fit]").click();
    assert.equal(await width(), whole);
    await close(page);
  });

  test("again, Escape and [Close] close it, and the focus comes back", async () => {
    const page = await visit();
    const opened = [];
    page.on("request", (request) => request.url().endsWith("/opened") && opened.push(request.url()));
    const ways = [
      () => press(page, "good.pdf"),
      () => page.keyboard.press("Escape"),
      () => viewer(page, "good.pdf").locator("[data-do=close]").click(),
    ];
    for (const way of ways) {
      await press(page, "good.pdf");
      await drawn(page, "good.pdf");
      assert.equal(await card(page, "good.pdf").locator(".title-pdf").getAttribute("aria-expanded"), "true");
      await way();
      assert.equal(await viewer(page, "good.pdf").count(), 0);
      assert.ok(await page.evaluate(() => document.activeElement.matches(".title-pdf")));
    }
    assert.equal(opened.length, 1);
    await press(page, "slow.pdf");
    await page.keyboard.press("Escape");
    assert.equal(await page.locator(".pdf").count(), 0);
    await idle(page);
    await close(page);
  });

  test("several may be open, on the page of a paper as well", async () => {
    const page = await visit();
    for (const name of ["good.pdf", "more.pdf"]) {
      await press(page, name);
      await drawn(page, name);
    }
    assert.match(await viewer(page, "more.pdf").locator(".leaf-text").first().textContent(), /patchwork/);
    await page.goto(`${site.address}/venue/good.pdf@trial`);
    await page.keyboard.press("p");
    await drawn(page, "good.pdf");
    assert.ok(await page.evaluate(() => document.querySelector(".sheet > header + .pdf") !== null));
    await close(page);
  });

  test("on a link to a page of it leads to that page", async () => {
    const page = await visit("/venue/good.pdf@trial");
    await page.evaluate(() => {
      document
        .querySelector("#abs")
        .insertAdjacentHTML("beforeend", '<a href="#page=7" class="pg">[p. 7]</a>');
    });
    await page.locator("a.pg").click();
    await drawn(page, "good.pdf", 7);
    assert.equal(await viewer(page, "good.pdf").locator("input").inputValue(), "7");
    await page.evaluate(() => {
      document.querySelector("a.pg").href = "#page=2";
    });
    await page.locator("a.pg").click();
    await drawn(page, "good.pdf", 2);
    assert.doesNotMatch(page.url(), /#page/);
    await close(page);
  });

  test("asks for parts of a large file, where the source gives them", async () => {
    const page = await visit();
    await press(page, "ranges.pdf");
    await drawn(page, "ranges.pdf");
    const asked = from.asked.filter(({ path, range }) => path === "/ranges.pdf" && range);
    assert.ok(asked.length > 0);
    await close(page);
  });

  test("fonts and decoders come from here, when they are wanted", async () => {
    const page = await visit();
    const own = [];
    page.on("request", (request) => own.push(request.url()));
    await press(page, "chinese.pdf");
    await drawn(page, "chinese.pdf");
    assert.match(await viewer(page, "chinese.pdf").locator(".leaf-text").textContent(), /中文数/);
    await press(page, "scan.pdf");
    await drawn(page, "scan.pdf");
    const [darkest, lightest] = await ink(viewer(page, "scan.pdf").locator("canvas"));
    assert.ok(darkest < 60 && lightest > 250);
    const names = own.map((url) => url.split("/pdf/")[1]).filter(Boolean);
    assert.ok(names.includes("cmaps/UniGB-UCS2-H.bcmap"), `${names}`);
    assert.ok(names.includes("decoders/jbig2_nowasm_fallback.js"), `${names}`);
    assert.ok(!own.some((url) => url.includes("wasm") && !url.includes("nowasm")));
    await close(page);
  });
});

describe("it is a link", () => {
  test("without scripts, with another key or button, and for other hosts", async () => {
    const plain = await visit(LIST, { javaScriptEnabled: false });
    const href = `http://127.0.0.1:${from.port}/good.pdf`;
    assert.equal(await card(plain, "good.pdf").locator(".title-pdf").getAttribute("href"), href);
    assert.equal(await plain.locator(".pdf:visible").count(), 0);
    await close(plain);

    const page = await visit();
    const [tab] = await Promise.all([
      page.context().waitForEvent("page"),
      card(page, "good.pdf")
        .locator(".title-pdf")
        .click({ modifiers: ["Control"] }),
    ]);
    assert.equal(await page.locator(".pdf").count(), 0);
    await tab.close();
    const other = card(page, "good.pdf?elsewhere").locator(".title-pdf");
    assert.equal(await other.getAttribute("data-opens"), null);
    await close(page);
  });

  const failures = {
    "closed.pdf": [/did not hand/, /没有把PDF交给/],
    "none.pdf": [/no such PDF/, /没有这份PDF/],
    "page.pdf": [/is not a PDF/, /不是PDF/],
    "truncated.pdf": [/is not a PDF/, /不是PDF/],
    "locked.pdf": [/password/, /需要密码/],
    "huge.pdf": [/too large/, /太大/],
  };
  for (const [name, sentences] of Object.entries(failures)) {
    for (const [at, hl] of ["en", "zh"].entries()) {
      test(`and a sentence: ${name}, ${hl}`, async () => {
        const page = await visit(`${LIST}?hl=${hl}`, {
          expected: (text) => /CORS|ERR_FAILED|404/.test(text),
        });
        await press(page, name);
        const note = viewer(page, name).locator(":scope > .note");
        await note.waitFor();
        assert.match(await note.textContent(), sentences[at]);
        assert.match(await viewer(page, name).locator("[role=status]").textContent(), sentences[at]);
        assert.equal(await note.locator("a").getAttribute("href"), `http://127.0.0.1:${from.port}/${name}`);
        assert.ok(await note.locator("a").evaluate((link) => link === document.activeElement));
        assert.equal(await card(page, name).locator(".title-pdf").getAttribute("data-opens"), null);
        assert.equal(await viewer(page, name).locator("button:visible, input:visible").count(), 1);
        await idle(page);
        await page.keyboard.press("Escape");
        assert.equal(await page.locator(".pdf").count(), 0);
        if (name !== "closed.pdf") {
          await press(page, "good.pdf");
          await drawn(page, "good.pdf");
        }
        await close(page);
      });
    }
  }

  test("once a source let nobody read, for all of its papers", async () => {
    const page = await visit(LIST, { expected: (text) => /CORS|ERR_FAILED|ERR_ABORTED/.test(text) });
    await press(page, "closed.pdf");
    await viewer(page, "closed.pdf").locator(":scope > .note").waitFor();
    await Promise.all([
      page.waitForRequest(`http://127.0.0.1:${from.port}/good.pdf`),
      press(page, "good.pdf"),
    ]);
    assert.equal(await viewer(page, "good.pdf").count(), 0);
    await close(page);
  });

  test("when a source falls silent", async () => {
    const page = await visit(LIST, { prepare: (page) => page.clock.install() });
    await press(page, "slow.pdf");
    await page.waitForFunction(() => document.querySelector(".pdf .leaves[aria-busy]"));
    await page.waitForTimeout(500);
    await page.clock.fastForward(31_000);
    const note = viewer(page, "slow.pdf").locator(":scope > .note");
    await note.waitFor();
    assert.match(await note.textContent(), /took too long/);
    await close(page);
  });
});

describe("everybody can use it", () => {
  for (const colorScheme of ["light", "dark"]) {
    for (const [width, height] of [
      [390, 844],
      [1280, 900],
    ]) {
      for (const path of [LIST, "/venue/good.pdf@trial"]) {
        test(`${path}, ${width} px, ${colorScheme}: axe finds nothing, and it fits`, async () => {
          const page = await visit(path, { colorScheme, viewport: { width, height } });
          await press(page, "good.pdf");
          await drawn(page, "good.pdf");
          await page.waitForFunction(() => document.querySelectorAll(".leaf-text").length === 12);
          if (path === LIST) await press(page, "more.pdf");
          if (path === LIST) await drawn(page, "more.pdf");
          assert.deepEqual(await violations(page), []);
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          assert.ok(wide <= 0, `${wide} px too wide`);
          const box = await viewer(page, "good.pdf")
            .locator(".leaves")
            .evaluate((box) => box.scrollWidth - box.clientWidth);
          assert.ok(box <= 0, `the paper is ${box} px too wide`);
          const [, lightest] = await ink(viewer(page, "good.pdf").locator("canvas").first());
          assert.ok(lightest > 240, "light paper in the dark, too");
          if (process.env.SHOTS) {
            await viewer(page, "good.pdf").evaluate((element) =>
              scrollTo(0, element.offsetTop + element.closest(".card, .sheet").offsetTop - 260),
            );
            await page.waitForTimeout(400);
            await page.screenshot({
              path: `${process.env.SHOTS}/${path === LIST ? "list" : "paper"}-${width}-${colorScheme}.png`,
            });
          }
          await close(page);
        });
      }
    }
  }
});
