// The reader's library as a file: taken out, put in after a look at what it would add, and erased.

import { toast } from "../toast.ts";
import { words } from "../words.ts";
import { additions, change, empty, erase, type Library, library, merge, read, write } from "./library.ts";

/** Changes the library. Where storage is refused, the reader is told. */
export function edit(how: (library: Library) => void): void {
  if (!change(how)) toast(words("not_kept"));
}

export function portable(page: HTMLElement): void {
  const place = (selector: string) => page.querySelector<HTMLElement>(selector);
  const importing = place(".importing");
  const erasing = place("#erasing");
  const field = page.querySelector<HTMLInputElement>("#import");
  let other = empty();

  place("[data-do=export]")?.addEventListener("click", ({ currentTarget }) => {
    const link = currentTarget as HTMLAnchorElement;
    URL.revokeObjectURL(link.href);
    link.href = URL.createObjectURL(new Blob([write(library())], { type: "application/json" }));
  });
  field?.addEventListener("change", async () => {
    const file = field.files?.[0];
    field.value = ""; // the same file may be chosen again
    if (!file || !importing) return;
    const found = read(await file.text());
    other = found ?? empty();
    preview(importing, found);
  });
  place("[data-do=merge]")?.addEventListener("click", () => {
    edit((library) => Object.assign(library, merge(library, other)));
    if (importing) importing.hidden = true;
    field?.focus();
    toast(words("import_done"));
  });
  place("[data-do=leave]")?.addEventListener("click", () => {
    if (importing) importing.hidden = true;
    field?.focus();
  });
  const ask = (open: boolean) => {
    if (erasing) erasing.hidden = !open;
    place("[data-do=erase]")?.setAttribute("aria-expanded", String(open));
    place(open ? "[data-do=keep]" : "[data-do=erase]")?.focus();
  };
  place("[data-do=erase]")?.addEventListener("click", () => ask(Boolean(erasing?.hidden)));
  place("[data-do=keep]")?.addEventListener("click", () => ask(false));
  place("[data-do=erase-all]")?.addEventListener("click", () => {
    erase();
    ask(false);
    toast(words("erased"));
  });
}

/** Says what a file would add, before anything is changed. */
function preview(place: HTMLElement, found: Library | undefined): void {
  const added = found ? additions(library(), found) : [];
  const [sentence, list, acts] = [...place.children];
  const text = found ? (added.length > 0 ? "import_adds" : "import_nothing") : "import_broken";
  if (sentence) sentence.textContent = words(text);
  const lines = added.map(([name, n]) => {
    const line = document.createElement("li");
    line.textContent = words(`part_${name}`, { n });
    return line;
  });
  list?.replaceChildren(...lines);
  place.classList.toggle("bad", !found);
  place.hidden = false;
  const useful = acts?.querySelector<HTMLElement>("[data-do=merge]");
  if (useful) useful.hidden = added.length === 0;
  place.focus();
}
