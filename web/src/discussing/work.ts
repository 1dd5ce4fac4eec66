// A worker that looks for a number whose hash, together with a token, begins with so many zero bits: a second of a phone's
// time, which a page that is sent by hand has, and a flood has not.

import { search } from "./searching.ts";

type Asked = { token: string; bits: number };

addEventListener("message", ({ data }: MessageEvent<Asked>) => {
  // Two forms may have the same token: each begins somewhere else.
  postMessage(search(data.token, data.bits, Math.floor(Math.random() * 2 ** 48)));
});
