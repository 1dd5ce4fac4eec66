// Says once that a post is read: when it has been looked at for some seconds.

const SECONDS = 5;

/** Waits until a post has been seen for some seconds, in one go or in several, and says so where it wants that. */
export function reading(post: HTMLElement): void {
  const address = post.dataset.read;
  if (!address) return;
  let seen = 0;
  let since: number | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = () => {
    clearTimeout(timer);
    if (since !== undefined) seen += performance.now() - since;
    since = undefined;
    if (document.hidden) return;
    const left = SECONDS * 1000 - seen;
    if (left <= 0) {
      document.removeEventListener("visibilitychange", look);
      navigator.sendBeacon(address);
      return;
    }
    since = performance.now();
    timer = setTimeout(look, left);
  };
  document.addEventListener("visibilitychange", look);
  look();
}
