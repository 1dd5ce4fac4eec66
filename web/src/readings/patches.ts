// One Markdown document that is still being written, on the page: docs/live-patches.md, version 1.

/** A patch as the server sends it. */
export type Patch =
  | { op: "append" | "tail"; seq: number; keep?: number; html?: string }
  | { op: "text"; seq: number; text: string }
  | { op: "replace"; seq: number; block: number; html?: string }
  | { op: "end"; seq: number }
  | { op: "snapshot"; seq: number; v: number; blocks: string[]; tail: string; ended: boolean };

/** What the typesetter is told: which nodes are final now, and which are about to go. */
export interface Watcher {
  sealed(nodes: readonly Node[]): void;
  leaving(nodes: readonly Node[]): void;
}

/** A patch was lost or makes no sense: only a snapshot helps. */
export class Lost extends Error {}

/** A list of final blocks, of which each knows its nodes, and one provisional tail. */
export class LiveDocument {
  readonly #place: Element;
  readonly #watcher: Watcher;
  readonly #blocks: Node[][] = [];
  #tail = "";
  #tailNodes: Node[] = [];
  /** The tail as it was parsed: what the page does with its nodes since makes no difference. */
  #tailParsed: Node[] = [];
  #seq = 0;
  #ended = false;
  /** What was there before: it stays until something comes in its place. */
  #before: Node[];

  constructor(place: Element, watcher: Watcher) {
    this.#place = place;
    this.#watcher = watcher;
    this.#before = [...place.childNodes];
  }

  get ended(): boolean {
    return this.#ended;
  }

  get empty(): boolean {
    return this.#blocks.length === 0 && this.#tail === "";
  }

  /** Applies the next patch; one that was applied before is ignored. Throws `Lost`. */
  apply(patch: Patch): void {
    if (patch.op === "snapshot") this.#restore(patch);
    else if (patch.seq > this.#seq) this.#change(patch);
  }

  #change(patch: Exclude<Patch, { op: "snapshot" }>): void {
    if (patch.seq !== this.#seq + 1) throw new Lost(`patch ${patch.seq} after ${this.#seq}`);
    switch (patch.op) {
      case "append":
        this.#append(patch.keep ?? 0, patch.html ?? "");
        break;
      case "tail":
        this.#setTail(this.#tail.slice(0, patch.keep ?? 0) + (patch.html ?? ""));
        break;
      case "text":
        this.#text(patch.text);
        break;
      case "replace":
        this.#replace(patch.block, patch.html ?? "");
        break;
      case "end":
        this.#ended = true;
        break;
      default:
        throw new Lost("a patch of a newer version");
    }
    this.#seq = patch.seq;
  }

  #append(keep: number, html: string): void {
    if (keep !== this.#tail.length || html !== "") this.#setTail(this.#tail.slice(0, keep) + html);
    this.#blocks.push(this.#tailNodes);
    this.#watcher.sealed(this.#tailNodes);
    this.#clearTail();
  }

  #clearTail(): void {
    this.#tail = "";
    this.#tailNodes = [];
    this.#tailParsed = [];
  }

  /** Replaces the tail from the first node that changed: what stays is not built again. */
  #setTail(html: string): void {
    const fresh = parsed(html);
    const same = equalStart(this.#tailParsed, fresh);
    const old = this.#tailNodes.slice(same);
    this.#watcher.leaving(old);
    for (const node of old) node.parentNode?.removeChild(node);
    const added = fresh.slice(same).map((node) => node.cloneNode(true));
    if (added.length > 0) this.#leaveBefore();
    this.#place.append(...added);
    this.#tailNodes = [...this.#tailNodes.slice(0, same), ...added];
    this.#tailParsed = fresh;
    this.#tail = html;
  }

  #leaveBefore(): void {
    this.#watcher.leaving(this.#before);
    for (const node of this.#before) node.parentNode?.removeChild(node);
    this.#before = [];
  }

  #text(text: string): void {
    const end = this.#tail.lastIndexOf("</code></pre>");
    const codes = [this.#tailNodes, this.#tailParsed].map(lastCode);
    if (end < 0 || !codes.every((code) => code)) throw new Lost("text for a code block that is not there");
    this.#tail = this.#tail.slice(0, end) + escaped(text) + this.#tail.slice(end);
    for (const code of codes) lengthen(code, text);
  }

  #replace(number: number, html: string): void {
    const old = this.#blocks[number];
    if (!old) throw new Lost(`no block ${number}`);
    const fresh = parsed(html);
    const next = this.#startAfter(number);
    this.#watcher.leaving(old);
    for (const node of old) node.parentNode?.removeChild(node);
    for (const node of fresh) this.#place.insertBefore(node, next);
    this.#blocks[number] = fresh;
    this.#watcher.sealed(fresh);
  }

  #startAfter(number: number): Node | null {
    const later = this.#blocks.slice(number + 1).find((nodes) => nodes.length > 0);
    return later?.[0] ?? this.#tailNodes[0] ?? null;
  }

  #restore(patch: Patch & { op: "snapshot" }): void {
    if (patch.v !== 1) throw new Lost(`version ${patch.v} of the patches`);
    this.#watcher.leaving([...this.#place.childNodes]);
    this.#place.replaceChildren();
    this.#before = [];
    this.#blocks.length = 0;
    this.#clearTail();
    for (const html of patch.blocks) this.#append(0, html);
    this.#setTail(patch.tail);
    this.#seq = patch.seq;
    this.#ended = patch.ended;
  }
}

/** The one place where HTML from the wire becomes nodes; the server's renderer has made it safe. */
export function parsed(html: string): Node[] {
  const template = document.createElement("template");
  template.innerHTML = html;
  return [...template.content.childNodes];
}

function equalStart(old: readonly Node[], fresh: readonly Node[]): number {
  let same = 0;
  while (same < old.length && same < fresh.length && old[same]?.isEqualNode(fresh[same] ?? null)) same += 1;
  return same;
}

function lastCode(nodes: readonly Node[]): Element | null | undefined {
  return nodes
    .flatMap((node) => (node instanceof Element ? [node, ...node.querySelectorAll("pre")] : []))
    .filter((element) => element.matches("pre"))
    .at(-1)?.lastElementChild;
}

/** Adds text as a parser would have: no two text nodes side by side. */
function lengthen(code: Element | null | undefined, text: string): void {
  if (code?.lastChild instanceof Text) code.lastChild.appendData(text);
  else code?.append(text);
}

function escaped(text: string): string {
  const names: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replace(/[&<>"]/g, (character) => names[character] ?? character);
}
