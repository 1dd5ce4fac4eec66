// The editor of a post: source, preview, warnings, pictures, and keeping what is typed.

import type { Watcher } from "../readings/patches.ts";
import { type Block, Blocks } from "./blocks.ts";
import { type Conflict, type Fields, Keeping, post, type State } from "./keeping.ts";
import { notice } from "./notices.ts";
import { send } from "./pictures.ts";
import { Source, type Warning } from "./source.ts";

interface Answer {
  blocks: Block[];
  warnings: Warning[];
  length: string;
}

const HERE = 20_000; // milliseconds between two signs of life

/** Makes the form an editor. */
export function open(form: HTMLFormElement, watcher: Watcher): void {
  new Editor(form, watcher);
}

class Editor {
  readonly #form: HTMLFormElement;
  readonly #words: Record<string, string>;
  readonly #source: Source;
  readonly #blocks: Blocks;
  readonly #keeping: Keeping;
  #rendering = false;
  /** What was to be rendered last. */
  #asked = "";
  #submitting = false;

  constructor(form: HTMLFormElement, watcher: Watcher) {
    this.#form = form;
    this.#words = JSON.parse(form.dataset.words ?? "{}") as Record<string, string>;
    localTimes(form, this.#word("saved"));
    this.#blocks = new Blocks(part(form, "#preview"), watcher);
    this.#source = new Source(part<HTMLTextAreaElement>(form, "#body"), this.#word("text"), {
      changed: () => this.#changed(),
      moved: () => this.#follow(),
      files: (files) => void this.#files(files),
      save: () => void this.#keeping.save(),
    });
    this.#keeping = new Keeping(form.action, this.#version.value, () => this.#fields(), {
      state: (state) => this.#status(state),
      conflict: (conflict) => this.#conflict(conflict),
      others: (names) => this.#others(names),
      saved: (version) => {
        this.#version.value = version;
      },
    });
    form.addEventListener("input", () => this.#changed());
    form.addEventListener("change", () => this.#changed());
    form.addEventListener("submit", (event) => this.#submit(event));
    this.#tools();
    this.#offer();
    this.#stayHere();
    void this.#render();
  }

  get #version(): HTMLInputElement {
    return part<HTMLInputElement>(this.#form, "[name=version]");
  }

  #word(key: string, values: Record<string, string> = {}): string {
    return (this.#words[key] ?? "").replace(/\{(\w+)\}/g, (place, name: string) => values[name] ?? place);
  }

  /** What is written, by the names of the form. */
  #fields(): Fields {
    const fields: Fields = {};
    for (const [name, value] of new FormData(this.#form)) {
      if (typeof value === "string" && !["password", "version", "do", "offset"].includes(name))
        fields[name] = value;
    }
    fields.body = this.#source.text;
    fields.offset = fields.published ? String(new Date(fields.published).getTimezoneOffset()) : "";
    return fields;
  }

  #fill(fields: Fields): void {
    for (const element of this.#form.elements) {
      if (!(element instanceof HTMLInputElement || isField(element))) continue;
      const value = fields[element.name];
      if (["version", "do", "offset", "password", "body", ""].includes(element.name)) continue;
      if (element instanceof HTMLInputElement && element.type === "checkbox") element.checked = !!value;
      else element.value = value ?? "";
    }
    this.#source.text = fields.body ?? "";
  }

  #changed(): void {
    this.#keeping.changed();
    void this.#render();
  }

  /** Renders the newest text, one at a time; one key press may be told of twice, by the source and by the form. */
  async #render(): Promise<void> {
    if (this.#rendering) return;
    this.#rendering = true;
    while (this.#stale) {
      const fields = this.#fields();
      this.#asked = JSON.stringify(fields);
      const response = await post(`${this.#form.action}/preview`, { ...fields, have: this.#blocks.keys });
      const answer = response?.ok
        ? await (response.json() as Promise<Answer>).catch(() => undefined)
        : undefined;
      if (answer) this.#show(answer);
    }
    this.#rendering = false;
  }

  /** Whether there is something else than what was asked for last. */
  get #stale(): boolean {
    return JSON.stringify(this.#fields()) !== this.#asked;
  }

  #show(answer: Answer): void {
    this.#blocks.show(answer.blocks);
    part(this.#form, "#length").textContent = answer.length;
    // Places in a text that has changed since are places in another one.
    if (!this.#stale) this.#warn(answer.warnings);
    // Where things stand is known when the browser has laid them out.
    requestAnimationFrame(() => this.#follow());
  }

  /** Brings what is written into the preview's view, if it is not there already. */
  #follow(): void {
    const scroller = part(this.#form, "#scroller");
    const found = this.#blocks.at(this.#source.line);
    if (!found || scroller.scrollHeight <= scroller.clientHeight) return;
    const [pane, box] = [scroller.getBoundingClientRect(), found.element.getBoundingClientRect()];
    const place = box.top + found.part * box.height;
    if (place >= pane.top && place <= pane.bottom - 24) return;
    scroller.scrollTop += place - (pane.top + this.#source.height * pane.height);
  }

  #warn(warnings: Warning[]): void {
    this.#source.warn(warnings);
    const place = part(this.#form, "#warnings");
    place.replaceChildren();
    if (warnings.length === 0) return;
    const list = document.createElement("ul");
    for (const warning of warnings) {
      const item = document.createElement("li");
      const [go, code] = [document.createElement("button"), document.createElement("code")];
      Object.assign(go, { type: "button", className: "quiet go" });
      go.textContent = this.#word("go_to_line", { line: String(warning.line) });
      go.addEventListener("click", () => this.#source.goTo(warning.from, warning.to));
      code.textContent = warning.text;
      code.translate = false;
      item.append(
        this.#word("line", { line: String(warning.line) }),
        " ",
        warning.sentence,
        " ",
        code,
        " ",
        go,
      );
      list.append(item);
    }
    const count = warnings.length === 1 ? this.#word("one_warning") : this.#word("warnings");
    const head = document.createElement("p");
    head.textContent = count.replace("{n}", String(warnings.length));
    const note = document.createElement("div");
    note.className = "note warn";
    note.append(head, list);
    place.append(note);
  }

  #status(state: State): void {
    const place = part(this.#form, "#saved");
    place.classList.toggle("bad", ["kept", "signed_out", "refused"].includes(state.state));
    if (state.state === "saved") {
      place.textContent = this.#word("saved", { time: clock(state.at) });
      return;
    }
    place.textContent = state.state === "refused" ? state.why : this.#word(state.state);
    if (state.state !== "signed_out") return;
    const link = document.createElement("a");
    Object.assign(link, { href: "/login", target: "_blank", rel: "noopener" });
    link.textContent = this.#word("sign_in");
    place.append(" ", link);
  }

  #others(names: string[]): void {
    const text = names.length > 0 ? this.#word("also_here", { names: names.join(", ") }) : "";
    const place = part(this.#form, "#together");
    if (place.textContent !== text) place.textContent = text;
  }

  #conflict(conflict: Conflict): void {
    const { theirs } = conflict;
    this.#status({ state: "unsaved" });
    const values = { editor: conflict.editor ?? "", time: clock(new Date(conflict.saved)) };
    notice(part(this.#form, "#notices"), {
      text: this.#word("conflict", values),
      title: this.#word("difference"),
      html: conflict.differences,
      choices: [
        [this.#word("mine"), () => void this.#keeping.over(theirs.version ?? "")],
        [
          this.#word("theirs"),
          () => {
            this.#fill(theirs);
            localTimes(this.#form, this.#word("saved"));
            this.#keeping.with(theirs.version ?? "");
            this.#status({ state: "saved", at: new Date(conflict.saved) });
          },
        ],
      ],
    });
  }

  /** Offers what this browser kept and the server never got. */
  #offer(): void {
    const copy = this.#keeping.left();
    if (!copy) return;
    void post(`${this.#form.action}/compare`, copy.fields).then(async (response) => {
      const answer = response?.ok ? ((await response.json()) as { differences: string }) : undefined;
      notice(part(this.#form, "#notices"), {
        text: this.#word("found", { time: clock(new Date(copy.at)) }),
        title: this.#word("difference"),
        html: answer?.differences ?? "",
        choices: [
          [
            this.#word("take"),
            () => {
              this.#fill(copy.fields);
              this.#changed();
            },
          ],
          [this.#word("drop"), () => this.#keeping.forget()],
        ],
      });
    });
  }

  /** Buttons of the form work on what is saved: it is saved first. */
  #submit(event: SubmitEvent): void {
    this.#source.fill();
    const offset = part<HTMLInputElement>(this.#form, "[name=offset]");
    offset.value = this.#fields().offset ?? "";
    if (this.#submitting) return;
    event.preventDefault();
    const button = event.submitter as HTMLButtonElement | null;
    void this.#keeping.save().then((saved) => {
      if (!saved) return;
      if (!button || (button.value === "save" && !this.#password))
        return part(this.#form, "#scroller").focus();
      this.#submitting = true;
      // Within the event of a submission there is no other one.
      setTimeout(() => this.#form.requestSubmit(button));
    });
  }

  /** A new password is sent by the form itself: it is kept nowhere else. */
  get #password(): string {
    return part<HTMLInputElement>(this.#form, "[name=password]").value;
  }

  #tools(): void {
    const source = this.#source;
    const picture = part<HTMLInputElement>(this.#form, "#picture");
    const tools: Record<string, () => void> = {
      bold: () => source.around("**", "**", this.#word("bold")),
      link: () => source.around("[", "](https://)", this.#word("link")),
      formula: () => source.around("$", "$", "x"),
      image: () => picture.click(),
      cite: () => source.around("[@", "]", "arxiv:"),
    };
    part(this.#form, "#tools").hidden = false;
    part(this.#form, "#shortcuts").hidden = false;
    for (const button of this.#form.querySelectorAll<HTMLElement>("[data-tool]"))
      button.addEventListener("click", () => tools[button.dataset.tool ?? ""]?.());
    picture.addEventListener("change", () => {
      void this.#files([...(picture.files ?? [])]);
      picture.value = "";
    });
  }

  /** Sends files one after the other, and writes what shows them where the cursor is. */
  async #files(files: File[]): Promise<void> {
    const place = part(this.#form, "#notices");
    for (const file of files) {
      const { name } = file;
      const sending = notice(place, { text: this.#word("sending", { name }) });
      const sent = await send(file);
      sending.remove();
      if ("why" in sent)
        notice(place, { text: this.#word("not_sent", { name, why: sent.why }), choices: [] });
      else if (!sent.picture) this.#source.around(sent.markdown, "");
      else {
        const alt = await this.#ask(place, this.#word("alt"));
        this.#source.around(`![${alt.replace(/[[\]\\]/g, "\\$&")}](${sent.href})`, "");
      }
    }
  }

  #ask(place: HTMLElement, label: string): Promise<string> {
    return new Promise((answered) => {
      notice(place, { text: label, field: true, choices: [[this.#word("insert"), answered]] });
    });
  }

  #stayHere(): void {
    const here = async () => {
      const response = document.hidden ? undefined : await post(`${this.#form.action}/here`, {});
      if (response?.ok) this.#others(((await response.json()) as { others: string[] }).others);
    };
    setInterval(() => void here(), HERE);
    addEventListener("pagehide", () => navigator.sendBeacon(`${this.#form.action}/here?left`));
  }
}

function part<E extends HTMLElement = HTMLElement>(form: HTMLFormElement, selector: string): E {
  const found = form.querySelector<E>(selector);
  if (!found) throw new Error(`the form has no ${selector}`);
  return found;
}

function isField(element: Element): element is HTMLTextAreaElement | HTMLSelectElement {
  return element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement;
}

function clock(time: Date): string {
  const two = (number: number) => String(number).padStart(2, "0");
  return `${two(time.getHours())}:${two(time.getMinutes())}`;
}

/** The page comes with times of UTC; here they are those of the reader's clock. */
function localTimes(form: HTMLFormElement, saved: string): void {
  const status = part(form, "#saved");
  if (status.dataset.saved)
    status.textContent = saved.replace("{time}", clock(new Date(status.dataset.saved)));
  const field = part<HTMLInputElement>(form, "[name=published]");
  if (field.value) {
    const moment = new Date(`${field.value}Z`);
    moment.setMinutes(moment.getMinutes() - moment.getTimezoneOffset());
    field.value = moment.toISOString().slice(0, 16);
  }
  form.querySelector("#zone")?.remove();
}
