// The page of a search, and what is found while a query is typed.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { close, launch, open, violations, walk } from "./browser.mjs";
import { serve } from "./site.mjs";

let browser;
let site;
before(async () => {
  [browser, site] = await Promise.all([launch(), serve()]);
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

const visit = (path, options) => open(browser, site.address + path, options);
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };
const ASKING = "/search?query=ti:attention+year:2015..2024+-image+linear&cat=cs.CL";

/** States of the page, by name. */
const STATES = {
  empty: "/search",
  chips: ASKING,
  widened: "/search?query=maldacena+attention+gauge",
  hints: "/search?query=year:soon+(attention+OR",
  misspelt: "/search?query=maldacenna",
  nothing: "/search?query=zzzzqqq&kind=post&year=2017",
  comments: "/search?query=momentum&kind=comment",
  chinese: "/search?query=ti:旋转+-图像&hl=zh",
};

describe("every state of the page", () => {
  for (const [name, path] of Object.entries(STATES)) {
    test(`${name}: axe finds nothing, and it fits a phone`, async () => {
      for (const [colorScheme, options] of [
        ["light", {}],
        ["dark", PHONE],
      ]) {
        const page = await visit(path, { colorScheme, ...options });
        await walk(page);
        for (const details of await page.locator("details").all())
          await details.evaluate((element) => element.setAttribute("open", ""));
        assert.deepEqual(await violations(page), []);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
        await close(page);
      }
    });
  }
});

describe("without scripts", () => {
  test("boxes, tabs, chips and orders narrow and widen the list", async () => {
    const page = await visit("/search?query=attention", { javaScriptEnabled: false });
    const total = () =>
      page
        .locator(".pager .num")
        .textContent()
        .then((text) => Number(/\d+$/.exec(text)[0]));
    const all = await total();
    await page.locator("input[name=year]").first().check();
    await press(page, ".apply button");
    assert.ok((await total()) < all);
    assert.ok(await page.locator("input[name=year]").first().isChecked());
    await press(page, "li:last-child > .chip");
    assert.equal(await total(), all);
    await press(page, '.tabs a:has-text("Posts")');
    assert.match(page.url(), /kind=post/);
    await press(page, '.orders a:has-text("oldest")');
    assert.match(page.url(), /kind=post.*sort=oldest/);
    // The field keeps what was chosen beside it.
    await page.locator("#q").fill("rotary");
    await press(page, ".search-form button");
    const asked = new URL(page.url()).searchParams;
    assert.deepEqual(
      [asked.get("query"), asked.get("kind"), asked.get("sort")],
      ["rotary", "post", "oldest"],
    );
    await close(page);
  });

  test("an identifier opens the paper", async () => {
    const page = await visit("/", { javaScriptEnabled: false });
    await page.locator("#q").fill("https://arxiv.org/abs/2305.18290v1");
    await Promise.all([page.waitForEvent("load"), page.locator("#q").press("Enter")]);
    assert.equal(new URL(page.url()).pathname, "/arxiv/2305.18290");
    await close(page);
  });
});

test("each chip takes its part away", async () => {
  const page = await visit(ASKING);
  const count = await page.locator(".chip").count();
  assert.equal(count, 5);
  assert.equal(await page.locator(".chip.not").count(), 1);
  for (let left = count - 1; left >= 0; left--) {
    await press(page, "li:first-child > .chip");
    const now = await page.locator(".chip").count();
    // What is plain to see is not said.
    assert.ok(now === left || (left <= 1 && now === 0), `${now} of ${left}`);
    if (now === 0) break;
  }
  await close(page);
});

describe("filters with scripts", () => {
  test("a checked box asks at once, and the focus stays on it", async () => {
    const page = await visit("/search?query=attention");
    assert.equal(await page.locator(".apply").isVisible(), false);
    const box = page.locator("input[name=cat]").nth(2);
    const value = await box.getAttribute("value");
    await Promise.all([page.waitForEvent("load"), box.press("Space")]);
    assert.match(page.url(), new RegExp(`cat=${value}`));
    assert.equal(await focused(page), value);
    await Promise.all([
      page.waitForEvent("load"),
      page.locator(`input[name=cat][value="${value}"]`).press("Space"),
    ]);
    assert.doesNotMatch(page.url(), /cat=/);
    await close(page);
  });

  test("on a phone nothing is asked before the button", async () => {
    const page = await visit("/search?query=attention", PHONE);
    await page.locator("#filters > summary").click();
    await page.locator("input[name=year]").first().check();
    await page.locator("input[name=year]").nth(1).check();
    assert.doesNotMatch(page.url(), /year=/);
    await press(page, ".apply button");
    assert.equal(new URL(page.url()).searchParams.getAll("year").length, 2);
    await close(page);
  });
});

describe("results while typing", () => {
  test("they come below the field, which keeps the focus, and can be chosen with arrows", async () => {
    const page = await visit("/");
    await page.keyboard.press("/");
    await page.keyboard.type("rotary pos");
    const list = page.locator(".find .instant");
    await list.waitFor();
    const field = page.locator("#q");
    const options = list.locator("[role=option]");
    const count = await options.count();
    assert.ok(count >= 2 && count <= 7, `${count} options`);
    assert.equal(await focused(page), "rotary pos");
    assert.equal(await field.getAttribute("role"), "combobox");
    assert.equal(await field.getAttribute("aria-expanded"), "true");
    assert.equal(await field.getAttribute("aria-controls"), await list.getAttribute("id"));
    assert.equal(await field.getAttribute("aria-activedescendant"), null);
    assert.match(await page.locator(".find [role=status]").textContent(), new RegExp(`: ${count - 1}$`));
    assert.ok((await list.locator("mark").count()) > 0);
    assert.deepEqual(await violations(page), []);

    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowUp");
    const first = options.first();
    assert.equal(await field.getAttribute("aria-activedescendant"), await first.getAttribute("id"));
    assert.equal(await list.locator("[aria-selected=true]").count(), 1);
    await page.keyboard.press("ArrowUp");
    assert.equal(await list.locator("[aria-selected=true]").count(), 0);
    await page.keyboard.press("ArrowUp");
    assert.match(await list.locator("[aria-selected=true]").getAttribute("class"), /all/);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    const href = await first.getAttribute("href");
    await Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);
    assert.equal(page.url(), site.address + href);
    await close(page);
  });

  test("Enter without a choice searches", async () => {
    const page = await visit("/posts");
    await page.locator("#q").pressSequentially("rotary");
    await page.locator(".instant").waitFor();
    await Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);
    assert.equal(page.url(), `${site.address}/search?query=rotary`);
    await close(page);
  });

  test("Esc closes the list and then leaves the field; what was typed stays", async () => {
    const page = await visit("/search?query=rotary");
    await page.locator("#q").focus();
    await page.keyboard.press("End");
    await page.keyboard.type(" pos");
    await page.locator(".instant").waitFor();
    await page.keyboard.press("Escape");
    assert.equal(await page.locator(".instant").isVisible(), false);
    assert.equal(await page.locator("#q").getAttribute("aria-expanded"), "false");
    assert.equal(await focused(page), "rotary pos");
    await page.keyboard.press("ArrowDown");
    await page.locator(".instant").waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    assert.notEqual(await page.evaluate(() => document.activeElement.id), "q");
    assert.equal(await page.locator(".instant").isVisible(), false);
    await close(page);
  });

  test("a click on a result leads there", async () => {
    const page = await visit("/papers");
    await page.locator("#q").pressSequentially("maldacena");
    const first = page.locator(".instant [role=option]").first();
    await first.waitFor();
    await Promise.all([page.waitForEvent("load"), first.click()]);
    assert.equal(new URL(page.url()).pathname, "/arxiv/hep-th/9711200");
    await close(page);
  });

  test("an answer that comes too late is not shown", async () => {
    const page = await visit("/");
    let release;
    const held = new Promise((resolve) => {
      release = resolve;
    });
    const asked = [];
    await page.route("**/search/instant?**", async (route) => {
      const query = new URL(route.request().url()).searchParams.get("query");
      asked.push(query);
      if (query === "maldacena") await held;
      await route.continue().catch(() => {});
    });
    await page.locator("#q").fill("maldacena");
    await page.waitForRequest("**/search/instant?**");
    await page.locator("#q").fill("rotary");
    await page.locator(".instant").waitFor();
    release();
    await page.waitForLoadState("networkidle");
    const all = await page.locator(".instant .all").getAttribute("href");
    assert.equal(all, "/search?query=rotary");
    assert.deepEqual(asked, ["maldacena", "rotary"]);
    await close(page);
  });

  test("while characters are composed nothing is asked and no key is taken", async () => {
    const page = await visit("/?hl=zh");
    const asked = [];
    page.on("request", (request) => {
      if (request.url().includes("/instant")) asked.push(new URL(request.url()).searchParams.get("query"));
    });
    const client = await page.context().newCDPSession(page);
    await page.locator("#q").focus();
    for (const text of ["x", "xu", "xuan", "xuan zhuan"])
      await client.send("Input.imeSetComposition", {
        text,
        selectionStart: text.length,
        selectionEnd: text.length,
      });
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 400)));
    assert.deepEqual(asked, []);
    await client.send("Input.insertText", { text: "旋转" });
    await page.locator(".instant").waitFor();
    assert.deepEqual(asked, ["旋转"]);
    await close(page);
  });

  test("nothing moves, on a phone either", async () => {
    for (const options of [{}, PHONE]) {
      for (const path of ["/", "/search?query=attention"]) {
        const page = await visit(path, options);
        await walk(page);
        await page.evaluate(() => {
          globalThis.shifts = [];
          new PerformanceObserver((list) => {
            for (const { value } of list.getEntries()) globalThis.shifts.push(value);
          }).observe({ type: "layout-shift" });
        });
        const place = () => page.locator("main").boundingBox();
        const before = await place();
        await page.locator("#q").fill("low rank");
        await page.locator(".instant").waitFor();
        await walk(page);
        assert.deepEqual(await place(), before);
        const box = await page.locator(".instant").boundingBox();
        assert.ok(box.x >= 0 && box.x + box.width <= page.viewportSize().width, JSON.stringify(box));
        if (options === PHONE) assert.equal(box.width, 390);
        await page.locator("#q").fill("");
        await page.locator(".instant").waitFor({ state: "hidden" });
        assert.deepEqual(await page.evaluate(() => globalThis.shifts), []);
        await close(page);
      }
    }
  });

  test("formulas in titles are typeset", async () => {
    const page = await visit("/");
    await page.locator("#q").fill("Perelman entropy formula");
    await page.locator(".instant").waitFor();
    await page.waitForFunction(() => !document.querySelector(".instant .math:not(.typeset)"));
    await close(page);
  });

  test("a server that does not answer is no trouble", async () => {
    const page = await visit("/", { expected: (text) => /instant|status of 500|Failed to load/.test(text) });
    await page.route("**/search/instant?**", (route) => route.fulfill({ status: 500, body: "no" }));
    await page.locator("#q").fill("rotary");
    await page.waitForResponse("**/search/instant?**");
    assert.equal(await page.locator(".instant").isVisible(), false);
    await Promise.all([page.waitForEvent("load"), page.locator("#q").press("Enter")]);
    assert.equal(page.url(), `${site.address}/search?query=rotary`);
    await close(page);
  });
});

/** Presses a link or a button that leads to another page. */
async function press(page, selector) {
  await Promise.all([page.waitForEvent("load"), page.locator(selector).first().click()]);
}

/** The value of what has the focus. */
function focused(page) {
  return page.evaluate(() => document.activeElement.value);
}
