// A post in its reader's browser: that it is read, where its sections are, and ways to take it along.

import { reading } from "./reading.ts";
import { sections } from "./sections.ts";
import { sharing } from "./sharing.ts";

/** Does what the page of a post does with scripts on. */
export function blog(): void {
  const post = document.querySelector<HTMLElement>(".sheet.post");
  if (!post) return;
  reading(post);
  sections(post);
  sharing(post);
}
