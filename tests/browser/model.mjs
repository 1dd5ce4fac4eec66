// A language model on a local port that speaks OpenAI's wire format and says only what a test lets it say.

import { createServer } from "node:http";

/** Starts it. `think` tells thoughts to those who are listening, `say` sends words to everybody who is listening and to come; `finish` answers the questions that are left, and ends the replies. */
export async function model() {
  const said = [];
  const listeners = new Set();
  let finished = false;
  let refusal = 0;
  const chunk = (delta, finish_reason = null) => ({
    id: "1",
    object: "chat.completion.chunk",
    created: 1,
    model: "scripted-1",
    choices: [{ index: 0, delta, finish_reason }],
  });
  const send = (response, data) =>
    response.write(`data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`);
  const end = (response) => {
    send(response, chunk({}, "stop"));
    send(response, {
      ...chunk({}),
      choices: [],
      usage: { prompt_tokens: 1200, completion_tokens: 340, total_tokens: 1540 },
    });
    send(response, "[DONE]");
    response.end();
  };
  const server = createServer((request, response) => {
    request.resume();
    if (refusal) return response.writeHead(refusal).end();
    response.writeHead(200, { "content-type": "text/event-stream" });
    listeners.add(response);
    response.once("close", () => listeners.delete(response));
    for (const word of said) send(response, chunk({ content: word }));
    if (finished) end(response);
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    settings: {
      MODELS__0__NAME: "scripted",
      MODELS__0__BASE_URL: `http://127.0.0.1:${server.address().port}/v1`,
      MODELS__0__API_KEY: "sk-of-a-test",
      MODELS__0__MODEL: "scripted-1",
    },
    /** How many replies are being written. */
    calls: () => listeners.size,
    think(text) {
      for (const response of listeners) send(response, chunk({ reasoning_content: text }));
    },
    say(text) {
      said.push(text);
      for (const response of listeners) send(response, chunk({ content: text }));
    },
    /** What it has said is not said to those who are to come. */
    forget() {
      said.length = 0;
    },
    /** From now on it answers with this status and nothing else. */
    refuse(status) {
      refusal = status;
    },
    finish() {
      const text = said.join("");
      const last = Number([...text.matchAll(/^## Q(\d)/gm)].at(-1)?.[1] ?? 0);
      if (last > 0) for (let next = last + 1; next <= 6; next++) this.say(`\n\n## Q${next}\nAnswer ${next}.`);
      finished = true;
      for (const response of listeners) end(response);
    },
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
