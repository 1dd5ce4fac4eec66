// What the page says about one formula: the text of its element is the source, delimiters and all. Its macros are
// written out by the server, so that no formula depends on another.

/** One formula as the engine takes it. */
export interface Formula {
  /** With all macros written out. */
  tex: string;
  display: boolean;
  /** Where the equation counter of its document stands before it. */
  number: number;
  /** Numbers of the equations that it refers to, by label. */
  refs: Record<string, string>;
}

const DELIMITERS = [
  ["$$", "$$"],
  ["\\[", "\\]"],
  ["\\(", "\\)"],
  ["$`", "`$"],
  ["$", "$"],
] as const;

/** TeX between its delimiters, untrimmed; an environment is its own delimiter and stays whole. */
export function stripped(source: string): string {
  const fence = /^(?:`{3,}|~{3,})math[^\n]*\n([\s\S]*?)\n?(?:`{3,}|~{3,})\s*$/.exec(source);
  if (fence) return fence[1] ?? "";
  for (const [open, close] of DELIMITERS) {
    if (source.length >= open.length + close.length && source.startsWith(open) && source.endsWith(close)) {
      return source.slice(open.length, source.length - close.length);
    }
  }
  return source;
}

/** The source of a formula element, whether it has been typeset or not. */
export function source(element: HTMLElement): string {
  return element.dataset.tex ?? element.textContent ?? "";
}

/** Reads a formula from its element. */
export function formula(element: HTMLElement): Formula {
  return {
    tex: element.dataset.expanded ?? stripped(source(element)),
    display: element.classList.contains("display"),
    number: Number(element.dataset.number) || 0,
    refs: references(element.dataset.refs),
  };
}

function references(json: string | undefined): Record<string, string> {
  try {
    return json ? (JSON.parse(json) as Record<string, string>) : {};
  } catch {
    return {};
  }
}
