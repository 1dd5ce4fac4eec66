// The form of a comment: what is typed is shown as it will be, a reply is written where it will stand, and the browser
// does its piece of work while the reader types. Without scripts it is a plain form.

import { words } from "../words.ts";
import { preview } from "./preview.ts";
import { work } from "./working.ts";

const KEPT = "said";
const FIELDS = ["name", "mail", "site"] as const;

export function discussing(): void {
  const form = document.querySelector<HTMLFormElement>("form.say");
  if (!form) return;
  preview(form);
  if (!form.elements.namedItem("token")) return;
  remember(form);
  reply(form);
  const sending = work(form);
  form.addEventListener("submit", (event) => {
    if ((event.submitter as HTMLButtonElement | null)?.value === "preview") return;
    keep(form);
    const found = sending();
    if (!found) return;
    event.preventDefault();
    const button = form.querySelector<HTMLButtonElement>(".btn.main");
    if (button) {
      button.disabled = true;
      button.textContent = words("talk_working");
    }
    void found.then(() => form.submit());
  });
}

/** Fills in who the reader said they are the last time. */
function remember(form: HTMLFormElement): void {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? "{}") as Record<string, unknown>;
    for (const name of FIELDS) {
      const field = form.elements.namedItem(name);
      const value = kept[name];
      if (field instanceof HTMLInputElement && !field.value && typeof value === "string") field.value = value;
    }
  } catch {
    // What cannot be read is typed again.
  }
}

function keep(form: HTMLFormElement): void {
  const said = Object.fromEntries(FIELDS.map((name) => [name, value(form, name)]));
  try {
    localStorage.setItem(KEPT, JSON.stringify(said));
  } catch {
    // A browser that keeps nothing asks again.
  }
}

function value(form: HTMLFormElement, name: string): string {
  const field = form.elements.namedItem(name);
  return field instanceof HTMLInputElement ? field.value : "";
}

/** Moves the form below the comment that is replied to, and back. */
function reply(form: HTMLFormElement): void {
  const home = document.createElement("span");
  home.hidden = true;
  form.before(home);
  const parent = form.elements.namedItem("parent") as HTMLInputElement;
  const note = form.querySelector<HTMLElement>(".replying");
  const name = note?.querySelector<HTMLAnchorElement>("a:not(.cancel)");
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element) || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const link = event.target.closest<HTMLElement>("a[data-reply]");
    const cancelled = event.target.closest(".replying .cancel");
    if (!note || !name || (!link && !cancelled)) return;
    event.preventDefault();
    const id = link?.dataset.reply ?? "";
    parent.value = id;
    note.hidden = !link;
    name.textContent = link?.dataset.name ?? "";
    name.href = `#c-${id}`;
    const article = link?.closest("article");
    if (article) article.after(form);
    else home.after(form);
    form.querySelector("textarea")?.focus();
  });
}
