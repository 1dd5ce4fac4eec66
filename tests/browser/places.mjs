// One page of each kind on the sample site.

import { readdirSync } from "node:fs";

/** Name and address. */
export const PLACES = {
  home: "/",
  posts: "/posts",
  post: "/posts/lora-first-step",
  "post-zh": "/posts/rotary-position",
  places: "/papers",
  papers: "/arxiv/cs.LG",
  day: "/arxiv/hep-th?date=1997-11-27",
  paper: "/arxiv/hep-th/9711200",
  note: "/venue/shield@notes",
  search: "/search?query=attention",
  lost: "/no/such/page",
};

/** Addresses of all posts of the sample site. */
export const POSTS = readdirSync(new URL("../sample/posts", import.meta.url)).map(
  (name) => `/posts/${name.replace(/\.md$/, "")}`,
);

/** Whether a complaint is only about the page that is asked for in vain. */
export const inVain = (text) => /\/no\/such\/page|status of 404/.test(text);
