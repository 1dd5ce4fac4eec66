// Marks in the contents where the reader is.

/** Follows the reader through the sections that the contents lead to. */
export function contents(): void {
  const sections = [...document.querySelectorAll<HTMLAnchorElement>(".toc a[href^='#']")].flatMap((link) => {
    const place = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    return place ? [{ link, place }] : [];
  });
  if (sections.length === 0) return;
  let waiting = false;
  const mark = () => {
    waiting = false;
    const line = innerHeight / 3;
    const here = sections.findLast(({ place }) => place.getBoundingClientRect().top < line);
    for (const section of sections) {
      if (section === here) section.link.setAttribute("aria-current", "location");
      else section.link.removeAttribute("aria-current");
    }
  };
  const soon = () => {
    if (!waiting) requestAnimationFrame(mark);
    waiting = true;
  };
  addEventListener("scroll", soon, { passive: true });
  soon();
}
