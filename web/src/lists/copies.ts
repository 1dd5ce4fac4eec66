// The menu [Copy] of a paper, and [Copy] of its reading. What is copied comes from the server: it is the source, whatever translation or
// typesetting did to the page.

import { toast } from "../toast.ts";
import { words } from "../words.ts";
import { around } from "./paper.ts";

/** The paper has no answer yet. */
class Unanswered extends Error {}

export function copies(): void {
  document.addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? target.closest<HTMLElement>("[data-copy]") : null;
    if (!button) return;
    const menu = button.closest<HTMLDetailsElement>("details.copies");
    if (menu?.open && menu.contains(document.activeElement)) menu.querySelector("summary")?.focus();
    if (menu) menu.open = false;
    const id = around(button)?.dataset.paper ?? "";
    const shown = button.closest(".machine")?.querySelector<HTMLElement>(".answer")?.lang;
    void copy(load(id, button.dataset.copy ?? "txt", shown?.slice(0, 2)));
  });
}

async function load(id: string, kind: string, language?: string): Promise<string> {
  const answer = kind === "answer";
  const reading = `/arxiv/kimi?paper=${id}${language ? `&lang=${language}` : ""}`;
  const address = answer ? reading : `/papers/${id}.${kind}`;
  const response = await fetch(address, { headers: { Accept: answer ? "text/markdown" : "*/*" } });
  if (!response.ok) throw new Error(String(response.status));
  const text = await response.text();
  if (answer && text.trim() === "") throw new Unanswered();
  return text;
}

/** The clipboard is asked at once, while the press still counts, and gets its text when that has come. */
async function copy(text: Promise<string>): Promise<void> {
  const failed = text.catch((error: unknown) => error);
  try {
    if (typeof ClipboardItem === "function" && navigator.clipboard.write) {
      const blob = text.then((text) => new Blob([text], { type: "text/plain" }));
      await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
    } else await navigator.clipboard.writeText(await text);
    toast(words("copied"));
  } catch {
    toast(words((await failed) instanceof Unanswered ? "no_answer" : "copy_failed"));
  }
}
