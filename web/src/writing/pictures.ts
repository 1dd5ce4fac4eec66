// Files on their way to the server, which looks at them and names them.

/** What the server made of a file, or why it did not take it. */
export type Sent = { href: string; markdown: string; picture: boolean } | { why: string };

export async function send(file: File): Promise<Sent> {
  const body = new FormData();
  body.append("file", file, file.name);
  const response = await fetch("/write/media", {
    method: "POST",
    headers: { Accept: "application/json" },
    body,
  }).catch(() => undefined);
  const answer = (await response?.json().catch(() => undefined)) as Record<string, unknown> | undefined;
  if (response?.ok && answer) return answer as unknown as Sent;
  return { why: String(answer?.detail ?? response?.status ?? "–") };
}
