// Something that the author has to know or to choose, above the text.

export interface Notice {
  text: string;
  /** Of the text that `html` shows. */
  title?: string;
  /** A comparison, from the server's own template. */
  html?: string;
  /** Whether there is something to be typed; a choice is told what. */
  field?: boolean;
  choices?: [string, (typed: string) => void][];
}

/** Shows a notice, which goes with the first choice. */
export function notice(place: HTMLElement, { text, title, html, field, choices }: Notice): HTMLElement {
  const section = document.createElement("section");
  section.className = "note warn notice";
  const words = document.createElement("p");
  words.textContent = text;
  words.setAttribute("role", "status");
  section.append(words);
  if (html) section.append(comparison(title ?? "", html));
  const input = field ? typed(text) : undefined;
  const row = document.createElement("p");
  row.className = "acts";
  if (input) row.append(input);
  for (const [name, choose] of choices ?? []) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "btn" });
    button.textContent = name;
    button.addEventListener("click", () => {
      section.remove();
      choose(input?.value ?? "");
    });
    row.append(button);
  }
  input?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    row.querySelector("button")?.click();
  });
  if (row.childElementCount > 0) section.append(row);
  place.append(section);
  input?.focus();
  return section;
}

function comparison(title: string, html: string): HTMLElement {
  const place = document.createElement("div");
  place.className = "differences";
  place.tabIndex = 0;
  place.translate = false;
  place.setAttribute("role", "region");
  place.setAttribute("aria-label", title);
  place.innerHTML = html;
  return place;
}

function typed(label: string): HTMLInputElement {
  const input = document.createElement("input");
  input.className = "field";
  input.setAttribute("aria-label", label);
  return input;
}
