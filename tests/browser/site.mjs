// The real server, with a folder of its own and the sample site in it.

import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const BINARY = resolve(ROOT, process.env.INKSTONE_BIN ?? process.env.INKSTONE ?? "target/debug/inkstone");
const PATIENCE = 60_000;

/**
 * Starts the server, filled from a folder, and waits until it says where it is. `settings` are environment variables
 * without prefix.
 */
export async function serve(settings = {}, sample = "tests/sample") {
  const folder = await mkdtemp(join(tmpdir(), "inkstone-"));
  // It fetches nothing: who tests that says where.
  const environment = Object.entries({ FULLTEXT__FETCH: false, ...settings }).map(([name, value]) => [
    `INKSTONE_${name}`,
    String(value),
  ]);
  const { INKSTONE, INKSTONE_BIN, ...inherited } = process.env;
  const child = spawn(
    BINARY,
    ["serve", "--sample", join(ROOT, sample), "--listen", "127.0.0.1:0", "--data", join(folder, "data")],
    { env: { ...inherited, ...Object.fromEntries(environment) }, stdio: ["ignore", "pipe", "pipe"] },
  );
  const log = [];
  createInterface({ input: child.stderr }).on("line", (line) => log.push(line));
  const ended = new Promise((done) => child.once("close", done));
  const address = await Promise.race([
    said(child.stdout),
    ended.then(() => Promise.reject(new Error(`the server ended:\n${log.join("\n")}`))),
    late(),
  ]);
  const stop = async () => {
    child.kill("SIGTERM");
    const forced = setTimeout(() => child.kill("SIGKILL"), 10_000);
    await ended;
    clearTimeout(forced);
    await rm(folder, { recursive: true, force: true });
  };
  const run = (words, input) => command([...words, "--data", join(folder, "data")], input);
  return { address, log, stop, run, take: (papers) => take(run, folder, papers) };
}

/** Imports papers while the server runs. */
async function take(run, folder, papers) {
  const file = join(folder, "papers.jsonl");
  await writeFile(file, papers.map((paper) => `${JSON.stringify(paper)}\n`).join(""));
  await run(["import", "papers", file]);
}

/** Runs a command beside the server. */
async function command(words, input = "") {
  const child = spawn(BINARY, words, { stdio: ["pipe", "ignore", "ignore"] });
  child.stdin.end(input);
  const code = await new Promise((done) => child.once("close", done));
  if (code !== 0) throw new Error(`${words.join(" ")} ended with ${code}`);
}

function said(output) {
  return new Promise((found) => {
    createInterface({ input: output }).on("line", (line) => {
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(line);
      if (address) found(address[0]);
    });
  });
}

function late() {
  return new Promise((_, fail) => {
    setTimeout(() => fail(new Error("the server did not say its address")), PATIENCE).unref();
  });
}
