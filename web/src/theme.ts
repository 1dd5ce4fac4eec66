// Runs before the first paint: the remembered theme is on the page before anything is drawn, and formulas have room.
// The three radios work by CSS alone; this remembers them and keeps them in step with other tabs.

import { rooms } from "./mathematics/rooms.ts";

type Theme = "auto" | "light" | "dark";

const KEY = "theme";
const root = document.documentElement;

apply(remembered());
if (rearranged()) root.classList.add("ordering");
rooms();
document.addEventListener("DOMContentLoaded", () => {
  check(remembered());
  document.addEventListener("change", ({ target }) => {
    const chosen = target instanceof HTMLInputElement && /^theme-(auto|light|dark)$/.exec(target.id);
    if (chosen) choose(chosen[1] as Theme);
  });
});
addEventListener("storage", ({ key }) => key === KEY && show(remembered()));
addEventListener("pageshow", ({ persisted }) => persisted && show(remembered()));

function choose(theme: Theme): void {
  apply(theme);
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // storage may be forbidden: the choice then lasts for this page
  }
}

function show(theme: Theme): void {
  apply(theme);
  check(theme);
}

function apply(theme: Theme): void {
  if (theme === "auto") delete root.dataset.theme;
  else root.dataset.theme = theme;
}

function check(theme: Theme): void {
  const radio = document.getElementById(`theme-${theme}`);
  if (radio instanceof HTMLInputElement) radio.checked = true;
}

/** Whether the reader's own library orders or folds this list: it is painted when that is done. */
function rearranged(): boolean {
  try {
    const library = localStorage.getItem("library") ?? "";
    return /[?&](?:sort=preference|filter=)/.test(location.search) || /"excluded?":\["/.test(library);
  } catch {
    return false;
  }
}

function remembered(): Theme {
  try {
    const theme = localStorage.getItem(KEY);
    return theme === "light" || theme === "dark" ? theme : "auto";
  } catch {
    return "auto";
  }
}
