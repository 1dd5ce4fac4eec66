// Shows the best results below a search field while the reader types. The focus stays in the field; who presses Enter
// without choosing one searches as without this. The server renders the results, marks and formulas and all.

import { forget, watch } from "../mathematics/typesetting.ts";
import { words } from "../words.ts";

const PAUSE = 150; // milliseconds without a key, after which it is worth asking
const LEAST = 2; // letters

/** Gives each field of a search its list. */
export function instant(): void {
  const fields = document.querySelectorAll<HTMLInputElement>('form[action="/search"] input[type="search"]');
  fields.forEach((field, number) => {
    attach(field, `instant-${number}`);
  });
}

function attach(field: HTMLInputElement, id: string): void {
  const { list, status } = furnish(field, id);
  let pause: ReturnType<typeof setTimeout> | undefined;
  let request: AbortController | undefined;

  const open = () => !list.hidden;
  const options = () => [...list.querySelectorAll<HTMLAnchorElement>("[role=option]")];
  const chosen = () => list.querySelector<HTMLAnchorElement>("[aria-selected=true]");

  const choose = (option: HTMLAnchorElement | undefined) => {
    chosen()?.setAttribute("aria-selected", "false");
    option?.setAttribute("aria-selected", "true");
    if (option) field.setAttribute("aria-activedescendant", option.id);
    else field.removeAttribute("aria-activedescendant");
    if (option) reveal(option, list);
  };

  const close = () => {
    clearTimeout(pause);
    request?.abort();
    forget(list);
    list.replaceChildren();
    list.hidden = true;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
    status.textContent = "";
  };

  const show = (html: string) => {
    forget(list);
    list.innerHTML = html;
    for (const option of options()) option.id = `${id}-${option.id}`;
    const found = list.querySelectorAll("[role=option]:not(.all)").length;
    list.hidden = found === 0;
    field.setAttribute("aria-expanded", String(found > 0));
    field.removeAttribute("aria-activedescendant");
    status.textContent = found > 0 ? words("suggested", { n: found }) : words("none_suggested");
    watch(list);
  };

  const ask = async () => {
    const text = field.value.trim();
    if ([...text].length < LEAST) return close();
    request?.abort();
    request = new AbortController();
    const { signal } = request;
    try {
      const answer = await fetch(`/search/instant?query=${encodeURIComponent(text)}`, { signal });
      const html = await answer.text();
      if (!answer.ok) close();
      else if (!signal.aborted && document.activeElement === field) show(html);
    } catch {
      // Asked anew meanwhile, or not reached: the field works as it is.
      if (!signal.aborted) close();
    }
  };

  const later = () => {
    clearTimeout(pause);
    request?.abort();
    pause = setTimeout(ask, PAUSE);
  };

  const move = (by: 1 | -1) => {
    const all = options();
    const here = all.indexOf(chosen() as HTMLAnchorElement);
    // One place more than there are options: the field itself.
    const next = (here + 1 + by + all.length + 1) % (all.length + 1);
    choose(all[next - 1]);
  };

  const keys: Record<string, () => void> = {
    ArrowDown: () => (open() ? move(1) : void ask()),
    ArrowUp: () => open() && move(-1),
    Escape: close,
    Enter: () => chosen()?.click(),
  };

  field.addEventListener("keydown", (event) => {
    // While characters are composed, all keys are the input method's.
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const ours = event.key === "Enter" ? chosen() : open() || event.key === "ArrowDown";
    if (!ours || !keys[event.key]) return;
    event.preventDefault(); // or Escape would empty the field
    event.stopPropagation(); // or leave it
    keys[event.key]?.();
  });
  field.addEventListener("input", (event) => {
    if (!(event as InputEvent).isComposing) later();
  });
  field.addEventListener("compositionstart", () => {
    clearTimeout(pause);
    request?.abort();
  });
  field.addEventListener("compositionend", later);
  field.addEventListener("blur", close);
  field.form?.addEventListener("submit", close);
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the focus stays in the field
  addEventListener("pagehide", close);
}

/** The list and the line for screen readers, and what the field has to say of them. */
function furnish(field: HTMLInputElement, id: string): { list: HTMLElement; status: HTMLElement } {
  const list = document.createElement("div");
  list.id = id;
  list.className = "instant";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", words("suggestions"));
  const status = document.createElement("span");
  status.className = "vh";
  status.setAttribute("role", "status");
  const roles = {
    role: "combobox",
    "aria-expanded": "false",
    "aria-controls": id,
    "aria-autocomplete": "list",
  };
  for (const [name, value] of Object.entries(roles)) field.setAttribute(name, value);
  field.form?.append(list, status);
  return { list, status };
}

/** Scrolls the list, and never the page. */
function reveal(option: HTMLElement, list: HTMLElement): void {
  const below = option.offsetTop + option.offsetHeight - list.clientHeight;
  if (option.offsetTop < list.scrollTop) list.scrollTop = option.offsetTop;
  else if (below > list.scrollTop) list.scrollTop = below;
}
