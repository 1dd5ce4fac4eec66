// One line at the foot of the page that says what a press did. It is never the only sign.

const TIME = 5000;

let hiding: ReturnType<typeof setTimeout> | undefined;

export function toast(text: string): void {
  let place = document.querySelector<HTMLElement>(".toast");
  if (!place) {
    place = document.createElement("p");
    place.className = "toast";
    place.setAttribute("role", "status");
    document.body.append(place);
  }
  const line = place;
  line.textContent = text;
  clearTimeout(hiding);
  hiding = setTimeout(() => line.replaceChildren(), TIME);
}
