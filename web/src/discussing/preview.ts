// What is typed, as it will be: made by the server's own renderer, block by block, so that only what changed is typeset
// again.

import { forget, watch } from "../mathematics/typesetting.ts";
import { words } from "../words.ts";

const REST = 200; // milliseconds without a key

export function preview(form: HTMLFormElement): void {
  const text = form.querySelector("textarea");
  const section = form.querySelector<HTMLElement>(".preview");
  const place = section?.querySelector<HTMLElement>(".prose");
  const button = form.querySelector<HTMLButtonElement>('button[value="preview"]');
  if (!text || !section || !place || !form.dataset.about) return;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  let asking: AbortController | undefined;
  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking;
    try {
      const body = new URLSearchParams({ about: form.dataset.about ?? "", text: text.value });
      const answer = await fetch("/comments/preview", { method: "POST", body, signal });
      if (!answer.ok) throw new Error(String(answer.status));
      show(place, await answer.text());
    } catch {
      if (signal.aborted) return;
      place.replaceChildren(words("talk_preview_failed"));
    }
    section.hidden = false;
  };
  text.addEventListener("input", () => {
    clearTimeout(waiting);
    asking?.abort();
    if (text.value.trim()) waiting = setTimeout(ask, REST);
    else section.hidden = true;
  });
  button?.addEventListener("click", (event) => {
    event.preventDefault();
    clearTimeout(waiting);
    if (text.value.trim()) void ask();
  });
}

const sources = new WeakMap<Node, string>();

/** Replaces the blocks that are not as they were. */
export function show(place: HTMLElement, html: string): void {
  const template = document.createElement("template");
  template.innerHTML = html;
  const next = [...template.content.children] as HTMLElement[];
  for (const node of [...place.childNodes]) if (!(node instanceof HTMLElement)) node.remove();
  for (const [at, block] of next.entries()) {
    const source = block.outerHTML;
    const old = place.children[at];
    if (old && sources.get(old) === source) continue;
    sources.set(block, source);
    if (old) forget(old);
    if (old) old.replaceWith(block);
    else place.append(block);
    watch(block);
  }
  for (const old of [...place.children].slice(next.length)) {
    forget(old);
    old.remove();
  }
}
