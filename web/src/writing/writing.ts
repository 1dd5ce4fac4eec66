// The editor comes with its own scripts, on the one page that has it. Without them it is a form.

import { forget, watch } from "../mathematics/typesetting.ts";

type Opening = typeof import("./open.ts");

export function writing(): void {
  const form = document.querySelector<HTMLFormElement>("#writing");
  if (!form) return;
  const elements = (nodes: readonly Node[]) => nodes.filter((node) => node instanceof Element);
  const watcher = {
    sealed: (nodes: readonly Node[]) => elements(nodes).forEach(watch),
    leaving: (nodes: readonly Node[]) => elements(nodes).forEach(forget),
  };
  (import("./writing/open.js" as string) as Promise<Opening>).then(({ open }) => open(form, watcher));
}
