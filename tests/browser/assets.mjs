// Pages of a test's own beside the built assets, under the policy that the server sends.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data:; " +
  "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const TYPES = {
  ".js": "text/javascript",
  ".css": "text/css",
  ".woff2": "font/woff2",
  ".svg": "image/svg+xml",
};
const DIST = new URL("../../web/dist/", import.meta.url);

/** Serves `body` at `/`, in the frame of a page with the scripts and styles; `rest` follows when its promise is kept. */
export async function serve(body, rest) {
  const start = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Trial</title>
    <link rel="icon" href="/assets/favicon.svg"><link rel="stylesheet" href="/assets/style.css">
    <link rel="stylesheet" href="/assets/print.css" media="print">
    <script src="/assets/theme.js"></script><script src="/assets/app.js" defer></script></head>
    <body><main class="wrap"><h1>Trial</h1><div class="prose">${body}`;
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    response.setHeader("content-security-policy", POLICY);
    if (pathname === "/") {
      response.setHeader("content-type", "text/html; charset=utf-8").write(start);
      return response.end(`${(await rest) ?? ""}</div></main></body></html>`);
    }
    const file =
      pathname.startsWith("/assets/") &&
      (await readFile(new URL(`.${pathname.slice(7)}`, DIST)).catch(() => null));
    if (!file) return response.writeHead(404).end();
    response.setHeader("content-type", TYPES[extname(pathname)] ?? "application/octet-stream").end(file);
  });
  server.unref(); // a test that failed does not stop it
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return { address: `http://127.0.0.1:${server.address().port}/`, stop: () => server.close() };
}

/** A formula's element as the renderer writes it. */
export function formula(
  text,
  { number, refs, display = text.startsWith("$$") || text.startsWith("\\") } = {},
) {
  const data = [
    number === undefined ? "" : ` data-number="${number}"`,
    refs ? ` data-refs='${JSON.stringify(refs)}'` : "",
  ].join("");
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const math = (tag, kind) =>
    `<${tag} class="math ${kind} notranslate" translate="no"${data}>${escaped}</${tag}>`;
  return display ? `<div class="eq">${math("div", "display")}</div>` : `<p>${math("span", "inline")}</p>`;
}
