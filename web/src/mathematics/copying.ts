// What a reader copies is the source: a formula's TeX, whatever it looks like on the page.

import { toast } from "../toast.ts";
import { words } from "../words.ts";
import { source, stripped } from "./formula.ts";

/** Listens for copies of selections, and for presses of the copy buttons. */
export function copying(): void {
  document.addEventListener("copy", copySelection);
  document.addEventListener("click", ({ target }) => {
    const button =
      target instanceof Element && target.closest<HTMLElement>("[data-copy-source], [data-copy-tex]");
    if (button) void offer(wanted(button));
  });
  for (const button of document.querySelectorAll<HTMLElement>("[data-copy-source][hidden]"))
    button.hidden = false;
}

/** A button for the TeX of the display formula beside which it stands. */
export function texButton(): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet notranslate";
  button.translate = false;
  button.dataset.copyTex = "";
  button.textContent = "TeX";
  button.setAttribute("aria-label", words("copy_tex"));
  return button;
}

/** Text of the page with formulas as their sources. */
export function plain(fragment: DocumentFragment): string {
  const box = unrendered(fragment);
  // innerText knows about lines and hidden parts, but only of what is in the page.
  box.className = "vh";
  box.style.whiteSpace = "normal";
  // In TeX the end of a line may be the end of a remark.
  for (const element of box.querySelectorAll<HTMLElement>("[data-source]"))
    element.style.whiteSpace = "pre-wrap";
  document.body.append(box);
  // Not textContent: lines and hidden parts matter here.
  const text = box.innerText;
  box.remove();
  return text.trim();
}

function unrendered(fragment: DocumentFragment): HTMLElement {
  const box = document.createElement("div");
  box.append(fragment);
  for (const element of box.querySelectorAll("button, .vh, .bar")) element.remove();
  for (const element of box.querySelectorAll<HTMLElement>(".math")) {
    const text = document.createElement(element.localName);
    text.dataset.source = "";
    text.textContent = source(element);
    element.replaceWith(text);
  }
  return box;
}

function copySelection(event: ClipboardEvent): void {
  const selection = getSelection();
  if (!event.clipboardData || !selection || selection.isCollapsed || selection.rangeCount === 0) return;
  const range = whole(selection.getRangeAt(0).cloneRange());
  if (!range.cloneContents().querySelector(".math")) return;
  const box = unrendered(contents(range));
  for (const element of box.querySelectorAll("*"))
    for (const { name } of [...element.attributes]) if (!KEPT.test(name)) element.removeAttribute(name);
  event.clipboardData.setData("text/plain", plain(contents(range)));
  event.clipboardData.setData("text/html", box.innerHTML);
  event.preventDefault();
}

/** What another program has a use for. */
const KEPT = /^(?:href|src|alt|title|lang|start|colspan|rowspan|align)$/;

/** What is selected; rows and items within their table or list. */
function contents(range: Range): DocumentFragment {
  const fragment = range.cloneContents();
  let holder: Node | null = range.commonAncestorContainer;
  while (holder instanceof Element && holder.matches("tr, thead, tbody, table, ul, ol")) {
    const shell = holder.cloneNode(false) as Element;
    shell.append(fragment);
    fragment.append(shell);
    holder = holder.matches("table, ul, ol") ? null : holder.parentElement;
  }
  return fragment;
}

/** The range grown so that it holds each formula whole. */
function whole(range: Range): Range {
  const start = around(range.startContainer);
  const end = around(range.endContainer);
  if (start) range.setStartBefore(start);
  if (end) range.setEndAfter(end);
  return range;
}

function around(node: Node): Element | null | undefined {
  return (node instanceof Element ? node : node.parentElement)?.closest(".math");
}

function wanted(button: HTMLElement): string {
  if (button.dataset.copyTex !== undefined) {
    const math = button.parentElement?.querySelector<HTMLElement>(".math");
    return math ? stripped(source(math)).trim() : "";
  }
  const place = document.getElementById(button.dataset.copySource ?? "");
  if (!place) return "";
  const shown = [...place.querySelectorAll<HTMLElement>("pre")].find((pre) => pre.offsetParent);
  if (shown) return shown.textContent ?? "";
  const range = document.createRange();
  range.selectNodeContents(place);
  return plain(range.cloneContents());
}

async function offer(text: string): Promise<void> {
  if (!text) return;
  await navigator.clipboard.writeText(text);
  toast(words("copied"));
}
