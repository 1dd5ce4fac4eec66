// Each heading of a post gets a link to itself, for whoever wants to point others there.

import { words } from "../words.ts";

/** Puts the links at the ends of headings. */
export function sections(post: HTMLElement): void {
  for (const heading of post.querySelectorAll<HTMLElement>(".prose > :is(h2, h3, h4)[id]")) {
    if (heading.querySelector("a.self")) continue;
    const link = document.createElement("a");
    link.className = "self notranslate";
    link.href = `#${encodeURIComponent(heading.id)}`;
    link.textContent = "#";
    link.setAttribute("aria-label", words("section_link"));
    heading.append(link);
  }
}
