// Fills dist/ with everything a page loads: scripts, styles, fonts, the mathematics engine, the seal.
import { cp, rm } from "node:fs/promises";
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
    external: ["./mathjax/engine.js", "./pdf/open.js", "./writing/open.js"],
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

// The worker of a comment's form comes when somebody writes.
const workers = () =>
  build({
    ...shared,
    entryPoints: [{ in: "src/discussing/work.ts", out: "discussing/work" }],
    format: "iife",
  });

// What shows PDFs comes with the first one, and its worker, fonts and decoders when that wants them.
const viewer = () =>
  build({
    ...shared,
    entryPoints: [{ in: "src/pdf/open.ts", out: "pdf/open" }],
    format: "esm",
    splitting: true,
    chunkNames: "pdf/[name]-[hash]",
  });

// The editor comes with the one page that has it.
const editor = () =>
  build({
    ...shared,
    entryPoints: [{ in: "src/writing/open.ts", out: "writing/open" }],
    format: "esm",
  });

const styles = () =>
  build({
    ...shared,
    entryPoints: ["styles/style.css", "styles/print.css", "styles/writing.css"],
    external: ["./fonts/*"],
  });

const files = async () => {
  const serif = "node_modules/@fontsource-variable/source-serif-4";
  const decoders = "node_modules/pdfjs-dist/wasm";
  const taken = [
    [`${serif}/files/source-serif-4-latin-wght-normal.woff2`, "fonts/serif.woff2"],
    [`${serif}/files/source-serif-4-latin-wght-italic.woff2`, "fonts/serif-italic.woff2"],
    [`${serif}/files/source-serif-4-latin-ext-wght-normal.woff2`, "fonts/serif-ext.woff2"],
    [`${serif}/LICENSE`, "fonts/OFL.txt"],
    ["node_modules/@mathjax/mathjax-newcm-font/chtml/woff2", "mathjax/woff2"],
    ["node_modules/@mathjax/mathjax-mhchem-font-extension/chtml/woff2", "mathjax/woff2"],
    ["node_modules/pdfjs-dist/legacy/build/pdf.worker.min.mjs", "pdf/worker.js"],
    ["node_modules/pdfjs-dist/LICENSE", "pdf/LICENSE.txt"],
    ["node_modules/pdfjs-dist/cmaps", "pdf/cmaps"],
    ["node_modules/pdfjs-dist/standard_fonts", "pdf/fonts"],
    ...["jbig2", "openjpeg"].flatMap((name) => [
      [`${decoders}/${name}_nowasm_fallback.js`, `pdf/decoders/${name}_nowasm_fallback.js`],
      [`${decoders}/LICENSE_${name.toUpperCase()}`, `pdf/decoders/LICENSE_${name.toUpperCase()}`],
    ]),
    ["static", "."],
  ];
  for (const [from, to] of taken) await cp(here(from), `${dist}/${to}`, { recursive: true });
};

await rm(dist, { recursive: true, force: true });
await Promise.all([scripts(), workers(), engine(), viewer(), editor(), styles(), files()]);
