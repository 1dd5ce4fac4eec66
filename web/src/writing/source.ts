// The source pane: CodeMirror in the place of the form's text field, which keeps its name and is filled before anything
// is sent. Tab leaves it, as it leaves any field.

import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { markdown, markdownLanguage } from "@codemirror/lang-markdown";
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorSelection, EditorState } from "@codemirror/state";
import { drawSelection, EditorView, type KeyBinding, keymap } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { formula, formulas } from "./formulas.ts";

/** A place that the author should look at, in UTF-16 code units. */
export interface Warning {
  line: number;
  from: number;
  to: number;
  sentence: string;
  text: string;
}

export interface Hooks {
  changed(): void;
  moved(): void;
  files(files: File[]): void;
  save(): void;
}

const colours = HighlightStyle.define([
  { tag: tags.heading, class: "cm-heading" },
  { tag: tags.strong, fontWeight: "700" },
  { tag: tags.emphasis, fontStyle: "italic" },
  { tag: [tags.link, tags.url], class: "cm-address" },
  { tag: [tags.monospace, tags.processingInstruction, tags.comment], class: "cm-mark" },
  { tag: formula, class: "cm-formula" },
]);

export class Source {
  readonly view: EditorView;
  readonly #field: HTMLTextAreaElement;

  constructor(field: HTMLTextAreaElement, label: string, hooks: Hooks) {
    this.#field = field;
    const listener = EditorView.updateListener.of((update) => {
      if (update.docChanged) hooks.changed();
      else if (update.selectionSet) hooks.moved();
    });
    this.view = new EditorView({
      doc: field.value,
      extensions: [
        history(),
        drawSelection(),
        EditorView.lineWrapping,
        EditorState.allowMultipleSelections.of(true),
        markdown({ base: markdownLanguage, extensions: [formulas], addKeymap: true }),
        syntaxHighlighting(colours),
        highlightSelectionMatches(),
        lintGutter(),
        keymap.of([
          ...this.#keys(hooks),
          ...lintKeymap.filter(({ key }) => key === "F8"),
          ...searchKeymap,
          ...historyKeymap,
          ...defaultKeymap,
        ]),
        EditorView.contentAttributes.of({
          "aria-label": label,
          spellcheck: "true",
          lang: field.lang,
          translate: "no",
          autocapitalize: "sentences",
        }),
        listener,
        EditorView.domEventHandlers({
          paste: (event) => taken(event, event.clipboardData, hooks),
          drop: (event) => taken(event, event.dataTransfer, hooks),
        }),
      ],
    });
    field.hidden = true;
    field.closest("label")?.after(this.view.dom);
  }

  get text(): string {
    return this.view.state.doc.toString();
  }

  /** Another text in the place of this one, as a change that can be undone. */
  set text(text: string) {
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text } });
  }

  get line(): number {
    return this.view.state.doc.lineAt(this.view.state.selection.main.head).number;
  }

  /** Fills the field of the form. */
  fill(): void {
    this.#field.value = this.text;
  }

  /** How far down the pane the cursor is, from 0 to 1. */
  get height(): number {
    const box = this.view.scrollDOM.getBoundingClientRect();
    const cursor = this.view.coordsAtPos(this.view.state.selection.main.head);
    return cursor ? Math.min(1, Math.max(0, (cursor.top - box.top) / box.height)) : 0.5;
  }

  goTo(from: number, to = from): void {
    const end = this.view.state.doc.length;
    const selection = EditorSelection.range(Math.min(from, end), Math.min(to, end));
    this.view.dispatch({ selection, effects: EditorView.scrollIntoView(selection, { y: "center" }) });
    this.view.focus();
  }

  /** Puts words around what is selected; `filler` is selected where nothing was. */
  around(before: string, after: string, filler = ""): void {
    const { state } = this.view;
    this.view.dispatch(
      state.changeByRange((range) => {
        const inner = state.sliceDoc(range.from, range.to) || filler;
        const from = range.from + before.length;
        return {
          changes: { from: range.from, to: range.to, insert: before + inner + after },
          range: EditorSelection.range(from, from + inner.length),
        };
      }),
      { scrollIntoView: true, userEvent: "input" },
    );
    this.view.focus();
  }

  warn(warnings: readonly Warning[]): void {
    const end = this.view.state.doc.length;
    const diagnostics = warnings.map(({ from, to, sentence }) => ({
      from: Math.min(from, end),
      to: Math.min(to, end),
      severity: "warning" as const,
      message: sentence,
    }));
    this.view.dispatch(setDiagnostics(this.view.state, diagnostics));
  }

  #keys(hooks: Hooks): KeyBinding[] {
    const press = (key: string, run: () => void): KeyBinding => ({
      key,
      preventDefault: true,
      run: () => {
        run();
        return true;
      },
    });
    return [
      press("Mod-s", hooks.save),
      press("Mod-b", () => this.around("**", "**")),
      press("Mod-k", () => this.around("[", "](https://)")),
      press("Mod-m", () => this.around("$", "$")),
    ];
  }
}

/** Takes files that are pasted or dropped; words go their usual way. */
function taken(event: Event, data: DataTransfer | null, hooks: Hooks): boolean {
  const files = [...(data?.files ?? [])];
  if (files.length === 0) return false;
  event.preventDefault();
  hooks.files(files);
  return true;
}
