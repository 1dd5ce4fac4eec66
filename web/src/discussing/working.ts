// Has a worker do the form's piece of work, from the moment when the reader begins to write.

/** Gives a function that is asked before the form is sent: a promise to wait for, if the work is not done yet. */
export function work(form: HTMLFormElement): () => Promise<void> | undefined {
  const token = form.elements.namedItem("token") as HTMLInputElement;
  const found = form.elements.namedItem("work") as HTMLInputElement;
  const bits = Number(form.dataset.bits);
  let doing: Promise<void> | undefined;
  const begin = () => {
    if (bits === 0 || found.value) return undefined;
    doing ??= ask(token.value, bits).then(
      (number) => {
        found.value = number;
      },
      // Without it the comment waits for a moderator.
      () => {},
    );
    return doing;
  };
  form.addEventListener("input", () => void begin());
  // A page that the browser kept was sent already: what was found for it counts no more.
  addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    found.value = "";
    doing = undefined;
  });
  return begin;
}

function ask(token: string, bits: number): Promise<string> {
  return new Promise((done, fail) => {
    const worker = new Worker(`${document.documentElement.dataset.assets}/discussing/work.js`);
    worker.addEventListener("message", ({ data }: MessageEvent<string>) => {
      worker.terminate();
      done(data);
    });
    worker.addEventListener("error", (event) => {
      worker.terminate();
      fail(event);
    });
    worker.postMessage({ token, bits });
  });
}
