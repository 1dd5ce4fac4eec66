// Where the filters of a search stand beside the results, a checked box asks for them at once. The page that comes
// then is where the reader was, and so is the focus.

const KEY = "facet";

/** Listens to the boxes. Where their button can be seen – on phones – it is left to the reader to press it. */
export function facets(): void {
  const rail = document.getElementById("filters");
  const button = rail?.querySelector<HTMLButtonElement>(".apply button");
  if (!rail || !button) return;
  restore(rail);
  rail.addEventListener("change", ({ target }) => {
    if (!(target instanceof HTMLInputElement) || button.offsetParent) return;
    sessionStorage.setItem(KEY, JSON.stringify([target.name, target.value, scrollY]));
    target.form?.requestSubmit();
  });
}

function restore(rail: HTMLElement): void {
  const kept = sessionStorage.getItem(KEY);
  if (!kept) return;
  sessionStorage.removeItem(KEY);
  const [name, value, top] = JSON.parse(kept) as [string, string, number];
  const boxes = [...rail.querySelectorAll<HTMLInputElement>("input[type=checkbox]")];
  const box = boxes.find((box) => box.name === name && box.value === value);
  if (!box) return;
  const folded = box.closest<HTMLDetailsElement>(".rest");
  if (folded) folded.open = true;
  scrollTo({ top, behavior: "instant" });
  box.focus({ preventScroll: true });
}
