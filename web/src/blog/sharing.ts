// Sharing, copying the address and printing need scripts: their buttons show only now, where room was left for them.

import { toast } from "../toast.ts";
import { words } from "../words.ts";

/** Shows the buttons that this browser can keep the word of. */
export function sharing(post: HTMLElement): void {
  const button = (name: string, can: boolean, press: (address: string) => Promise<void> | void) => {
    const element = post.querySelector<HTMLElement>(`button[data-${name}]`);
    if (!element || !can) return;
    element.classList.remove("late");
    element.addEventListener("click", () => void press(element.getAttribute(`data-${name}`) ?? ""));
  };
  button("share", "share" in navigator, share);
  button("copy-link", "clipboard" in navigator, copy);
  button("print", true, () => print());
}

async function share(url: string): Promise<void> {
  const title = document.querySelector("h1")?.innerText ?? document.title;
  try {
    await navigator.share({ title, url });
  } catch {
    // Who changes their mind needs no word of it.
  }
}

async function copy(url: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(url);
    toast(words("link_copied"));
  } catch {
    toast(words("copy_failed"));
  }
}
