// Fills dist/ with everything a page loads: scripts, styles, fonts, the mathematics engine, the seal.
import { cp, mkdir, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const dist = here("dist");

const shared = {
  absWorkingDir: here("."),
  outdir: dist,
  bundle: true,
  minify: true,
  target: "es2022",
  charset: "utf8",
  logLevel: "warning",
};

// The page's own scripts are classic ones: theme.js must run before the first paint, app.js is deferred.
const scripts = () =>
  build({
    ...shared,
    entryPoints: ["src/app.ts", "src/theme.ts"],
    format: "iife",
    external: ["./mathjax/engine.js"],
  });

// The engine comes with the first formula, and the rarer alphabets of its font with the first letter of each.
const engine = () =>
  build({
    ...shared,
    entryPoints: [{ in: "src/mathjax/engine.ts", out: "mathjax/engine" }],
    format: "esm",
    splitting: true,
    chunkNames: "mathjax/[name]-[hash]",
  });

const styles = () =>
  build({
    ...shared,
    entryPoints: ["styles/style.css", "styles/print.css"],
    external: ["./fonts/*"],
  });

const letters = async () => {
  const from = "node_modules/@fontsource-variable/source-serif-4";
  await mkdir(`${dist}/fonts`, { recursive: true });
  const take = (name, as) => cp(here(`${from}/files/source-serif-4-${name}.woff2`), `${dist}/fonts/${as}.woff2`);
  await Promise.all([
    take("latin-wght-normal", "serif"),
    take("latin-wght-italic", "serif-italic"),
    take("latin-ext-wght-normal", "serif-ext"),
    cp(here(`${from}/LICENSE`), `${dist}/fonts/OFL.txt`),
    cp(here("node_modules/@mathjax/mathjax-newcm-font/chtml/woff2"), `${dist}/mathjax/woff2`, { recursive: true }),
    cp(here("static"), dist, { recursive: true }),
  ]);
};

await rm(dist, { recursive: true, force: true });
await Promise.all([scripts(), engine(), styles(), letters()]);
