// A mark beside a fact opens its note where the reader is. Without this module the mark is a link to the note.

const card = document.createElement("div");
card.className = "note-card";
card.id = "note-card";
card.popover = "auto";
card.tabIndex = -1;
card.setAttribute("role", "dialog");

let opener = null;

function place(beside) {
  const mark = beside.getBoundingClientRect();
  const box = card.getBoundingClientRect();
  const edge = 12;
  const left = Math.min(Math.max(edge, mark.left - 24), window.innerWidth - box.width - edge);
  const below = mark.bottom + 8;
  const fits = below + box.height + edge <= window.innerHeight;
  const top = fits ? below : Math.max(edge, mark.top - box.height - 8);
  card.style.left = `${left}px`;
  card.style.top = `${top}px`;
}

function closeButton() {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "×";
  button.setAttribute("aria-label", document.body.dataset.close);
  button.addEventListener("click", () => card.hidePopover());
  return button;
}

function open(mark, note) {
  const body = note.querySelector(".note-body").cloneNode(true);
  for (const element of body.querySelectorAll("[id]")) element.removeAttribute("id");
  card.replaceChildren(closeButton(), body);
  card.setAttribute("aria-label", mark.getAttribute("aria-label"));
  card.showPopover();
  place(mark);
  opener = mark;
  mark.setAttribute("aria-expanded", "true");
  card.focus({ preventScroll: true });
}

card.addEventListener("toggle", (event) => {
  if (event.newState === "open" || !opener) return;
  opener.setAttribute("aria-expanded", "false");
  if (card.contains(document.activeElement) || document.activeElement === document.body) opener.focus();
  opener = null;
});

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const mark = event.target.closest(".ref a");
  const note = mark && document.getElementById(mark.hash.slice(1));
  if (!note) return;
  event.preventDefault();
  open(mark, note);
});

window.addEventListener("scroll", () => opener && place(opener), { passive: true });

if ("popover" in HTMLElement.prototype) {
  document.body.append(card);
  for (const mark of document.querySelectorAll(".ref a")) {
    mark.setAttribute("role", "button");
    mark.setAttribute("aria-expanded", "false");
    mark.setAttribute("aria-haspopup", "dialog");
  }
}
