// A source of papers on a local port, and PDFs that are written here byte by byte.

import { createServer } from "node:http";

/**
 * A PDF with one page for each text. `font` and `image` replace those of all pages; `padding` bytes stand between the
 * pages and the table at its end; `locked` wants a password.
 */
export function pdf(texts, { font, image, padding = 0, locked = false } = {}) {
  const plain = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>";
  const stream = (dictionary, data) =>
    Buffer.concat([
      Buffer.from(`<< ${dictionary} /Length ${data.length} >>\nstream\n`),
      data,
      Buffer.from("\nendstream"),
    ]);
  const first = 6;
  const kids = texts.map((_, at) => `${first + 2 * at} 0 R`).join(" ");
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    `<< /Type /Pages /Kids [${kids}] /Count ${texts.length} >>`,
    font ?? plain,
    image ? stream(image.dictionary, image.data) : "<< >>",
    stream("", Buffer.alloc(padding, "x")),
  ];
  texts.forEach((text, at) => {
    const shown = text.startsWith("<") ? text : `(${text})`;
    const drawn = image ? "q 300 0 0 300 100 100 cm /I Do Q " : "";
    const resources = `/Font << /F 3 0 R >>${image ? " /XObject << /I 4 0 R >>" : ""}`;
    objects.push(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << ${resources} >> /Contents ${first + 2 * at + 1} 0 R >>`,
      stream("", Buffer.from(`${drawn}BT /F 24 Tf 72 700 Td ${shown} Tj ET 72 680 400 2 re f`)),
    );
  });
  const parts = [Buffer.from("%PDF-1.5\n")];
  const places = [];
  let length = parts[0].length;
  objects.forEach((object, at) => {
    const part = Buffer.concat([
      Buffer.from(`${at + 1} 0 obj\n`),
      Buffer.from(object),
      Buffer.from("\nendobj\n"),
    ]);
    places.push(length);
    length += part.length;
    parts.push(part);
  });
  const rows = places.map((place) => `${String(place).padStart(10, "0")} 00000 n \n`).join("");
  const key = `<${"5a".repeat(32)}>`;
  const lock = locked
    ? ` /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O ${key} /U ${key} >> /ID [<01> <01>]`
    : "";
  parts.push(
    Buffer.from(
      `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R${lock} >>\nstartxref\n${length}\n%%EOF\n`,
    ),
  );
  return Buffer.concat(parts);
}

/** A font that is not in the file, with an encoding that is not, either. */
export const CHINESE =
  "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [<< /Type /Font " +
  "/Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> " +
  "/FontDescriptor << /Type /FontDescriptor /FontName /STSong-Light /Flags 4 /FontBBox [0 0 1000 1000] /ItalicAngle 0 " +
  "/Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >> >>] >>";

/** A picture of 64 by 64 dots in JBIG2, the format of scans: whatever its bytes say. */
export function scan() {
  const number = (value) => [0, 0, 0, value];
  const page = [...number(64), ...number(64), ...number(0), ...number(0), 0, 0, 0];
  const region = [
    ...number(64),
    ...number(64),
    ...number(0),
    ...number(0),
    0,
    ...[0, 0x03, 0xff, 0xfd, 0xff, 0x02, 0xfe, 0xfe, 0xfe],
    ...Array.from({ length: 80 }, (_, n) => (n * 37) % 251),
    ...[0xff, 0xac],
  ];
  const segment = (at, kind, data) => [...number(at), kind, 0, 1, ...number(data.length), ...data];
  return {
    dictionary:
      "/Type /XObject /Subtype /Image /Width 64 /Height 64 /BitsPerComponent 1 /ColorSpace /DeviceGray /Filter /JBIG2Decode",
    data: Buffer.from([...segment(0, 48, page), ...segment(1, 38, region)]),
  };
}

/** Starts it. `files` are by path: bytes, or what answers a request. `asked` collects the requests. */
export async function source(files) {
  const asked = [];
  const server = createServer((request, response) => {
    asked.push({ path: request.url, ...request.headers });
    response.on("error", () => {});
    const file = files[request.url.split("#")[0]];
    if (typeof file === "function") return file(request, response);
    response.setHeader("access-control-allow-origin", "*");
    if (!file) return response.writeHead(404).end("no such paper");
    response.setHeader("content-type", "application/pdf").end(file);
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return { port: server.address().port, asked, stop };
}
