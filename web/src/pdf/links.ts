// Presses of [PDF]: the paper opens below its abstract, where its source lets pages of others read it. Without this
// script, with a modifier key or another button, and where anything fails, [PDF] is a link to the source.

import { around } from "../lists/paper.ts";

type Opening = typeof import("./open.ts");

/** Takes over the links of PDFs, and links to a page of one (`#page=7`). */
export function pdfs(): void {
  document.addEventListener("click", (event) => {
    const { target, button, ctrlKey, metaKey, shiftKey, altKey } = event;
    if (event.defaultPrevented || button !== 0 || ctrlKey || metaKey || shiftKey || altKey) return;
    const pressed = target instanceof Element && target.closest(".title-pdf, a[href*='#page=']");
    const paper = pressed ? around(pressed) : null;
    const link = paper?.querySelector<HTMLAnchorElement>(".title-pdf[data-opens]");
    if (!pressed || !paper || !link || pressed.closest(".pdf")) return;
    event.preventDefault();
    const page = /#page=(\d{1,5})$/.exec(pressed.getAttribute("href") ?? "")?.[1];
    (import("./pdf/open.js" as string) as Promise<Opening>)
      .then(({ press }) => press(paper, link, page ? Number(page) : undefined))
      .catch(() => location.assign(link.href));
  });
}
