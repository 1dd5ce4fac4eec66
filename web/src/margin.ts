// Moves footnotes to the margin where there is one: each note is tied to its mark and to the note above it,
// and the style sheet does the rest. Without this, or without room, they stay at the end of the text.

let count = 0;

/** Ties the notes of every text on the page. */
export function margin(): void {
  if (!CSS.supports("position-anchor", "--a")) return;
  for (const notes of document.querySelectorAll<HTMLElement>(".sheet > .prose .fn")) tie(notes);
}

function tie(notes: HTMLElement): void {
  let above = "";
  for (const note of notes.querySelectorAll<HTMLElement>("li[id]")) {
    const mark = document.querySelector<HTMLElement>(`sup a[href="#${CSS.escape(note.id)}"]`);
    if (!mark) continue;
    count += 1;
    mark.style.setProperty("anchor-name", `--mark-${count}`);
    note.style.setProperty("anchor-name", `--note-${count}`);
    note.style.setProperty("--beside", `--mark-${count}`);
    if (above) note.style.setProperty("--below", above);
    above = `--note-${count}`;
  }
  notes.classList.add("beside");
}
