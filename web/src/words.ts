// The interface's words, which the page brings along in its language.

let table: Record<string, string> | undefined;

/** The message `key` with its `{name}` places filled in. */
export function words(key: string, values: Record<string, string | number> = {}): string {
  table ??= read();
  const text = table[key] ?? "";
  return text.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}

function read(): Record<string, string> {
  try {
    return JSON.parse(document.getElementById("i18n")?.textContent || "{}") as Record<string, string>;
  } catch {
    return {};
  }
}
