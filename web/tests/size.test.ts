import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, test } from "vitest";

/** Kilobytes that a browser loads for one part of the client. */
async function size(entry: string): Promise<number> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    target: "es2022",
    format: "esm",
    write: false,
    external: ["./mathjax/engine.js", "./pdf/open.js", "./writing/open.js"],
  });
  return outputFiles.reduce((sum, { contents }) => sum + gzipSync(contents).length, 0) / 1024;
}

test.each([
  ["the client of patches and of their stream", ["readings/patches", "readings/stream"], 3],
  ["all that a page runs before its first paint", ["theme"], 8],
  ["all that a page runs", ["app"], 23],
])("%s is small", async (name, parts, limit) => {
  const sizes = await Promise.all(parts.map((part) => size(`src/${part}.ts`)));
  const whole = sizes.reduce((sum, one) => sum + one, 0);
  console.log(`${name}: ${whole.toFixed(1)} kB`);
  expect(whole).toBeLessThan(limit);
});

test("the client of patches depends on nothing", async () => {
  const { metafile } = await build({
    entryPoints: ["src/readings/patches.ts", "src/readings/stream.ts"],
    bundle: true,
    write: false,
    metafile: true,
    outdir: "out",
  });
  expect(Object.keys(metafile.inputs).sort()).toEqual(["src/readings/patches.ts", "src/readings/stream.ts"]);
});
