// Screenshots for people to look at: node shots.mjs [FOLDER] [ADDRESS] [NAME…]
// The one in the README:             node shots.mjs ../../docs/screenshot.png [ADDRESS]
// Without an address the sample site is served for it.

import { spawnSync } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { close, launch, open, typeset, walk } from "./browser.mjs";
import { PLACES } from "./places.mjs";
import { serve } from "./site.mjs";

const [folder = "../../target/shots", given, ...names] = process.argv.slice(2);
const site = given ? { address: given, stop: () => {} } : await serve();
const browser = await launch();
if (folder.endsWith(".png")) await cover(folder);
else await all();
await browser.close();
await site.stop();

async function all() {
  await mkdir(folder, { recursive: true });
  for (const [name, path] of Object.entries(PLACES)) {
    if (names.length > 0 && !names.includes(name)) continue;
    for (const width of [390, 1280]) {
      for (const colorScheme of ["light", "dark"]) {
        for (const hl of ["en", "zh"]) await shoot(name, path, { width, colorScheme, hl });
      }
    }
  }
}

/** The beginning of a post, in few colours where pngquant is installed. */
async function cover(path) {
  const viewport = { width: 1280, height: 1120 };
  const address = `${site.address}${PLACES.post}?hl=en`;
  const page = await open(browser, address, { viewport, colorScheme: "light", deviceScaleFactor: 2 });
  await typeset(page);
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path });
  await close(page);
  spawnSync("pngquant", ["--force", "--ext", ".png", "--speed", "1", "48", path], { stdio: "inherit" });
}

async function shoot(name, path, { width, colorScheme, hl }) {
  const address = new URL(path, site.address);
  address.searchParams.set("hl", hl);
  const viewport = { width, height: width === 390 ? 844 : 900 };
  const page = await open(browser, address.href, { viewport, colorScheme, expected: () => true });
  await walk(page);
  await page.screenshot({ path: `${folder}/${name}-${width}-${colorScheme}-${hl}.png`, fullPage: true });
  await close(page);
}
