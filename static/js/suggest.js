// What may be meant, while somebody types into a search box: a combobox with a list of pages, grouped by kind.
// Without this module the box is a plain form.

const PAUSE = 140; // milliseconds without a key before the server is asked
const SHORTEST = 2;

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

class Suggestions {
  constructor(form) {
    this.form = form;
    this.input = form.querySelector("input[type=search]");
    this.list = element("div", {
      class: "suggestions", id: `${this.input.id}-list`, role: "listbox", "aria-label": form.dataset.list, hidden: "",
    });
    this.status = element("div", { class: "unseen", role: "status" });
    this.form.append(this.list, this.status);
    this.answers = new Map();
    this.active = -1;
    for (const [name, value] of Object.entries({
      role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id,
      autocomplete: "off",
    })) this.input.setAttribute(name, value);
    this.input.addEventListener("input", (event) => event.isComposing || this.wait());
    this.input.addEventListener("compositionend", () => this.wait());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => this.close());
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
  }

  get typed() {
    return this.input.value.trim();
  }

  get options() {
    return [...this.list.querySelectorAll("[role=option]")];
  }

  get isOpen() {
    return !this.list.hidden;
  }

  wait() {
    clearTimeout(this.timer);
    if (this.typed.length < SHORTEST) {
      this.stop();
      this.close();
      this.status.textContent = "";
    } else {
      this.timer = setTimeout(() => this.ask(), PAUSE);
    }
  }

  stop() {
    clearTimeout(this.timer);
    this.asking?.abort();
  }

  async ask() {
    const typed = this.typed;
    this.stop();
    const asking = (this.asking = new AbortController());
    try {
      if (!this.answers.has(typed)) {
        const address = `${this.form.dataset.suggest}?${new URLSearchParams({ q: typed })}`;
        const answer = await fetch(address, { signal: asking.signal, headers: { Accept: "application/json" } });
        if (!answer.ok) throw new Error(answer.status);
        this.answers.set(typed, await answer.json());
      }
    } catch {
      if (!asking.signal.aborted) this.close();
      return;
    }
    if (typed === this.typed && document.activeElement === this.input) this.show(this.answers.get(typed));
  }

  show(answer) {
    const groups = Map.groupBy
      ? Map.groupBy(answer.suggestions, (one) => one.label)
      : answer.suggestions.reduce((all, one) => all.set(one.label, [...(all.get(one.label) ?? []), one]), new Map());
    let number = 0;
    const option = (url, ...children) =>
      element("a", {
        class: "suggestion", id: `${this.list.id}-${number++}`, role: "option", "aria-selected": "false", href: url,
        tabindex: "-1",
      }, ...children);
    const parts = [...groups].map(([label, found], place) => {
      const id = `${this.list.id}-group-${place}`;
      return element("div", { role: "group", "aria-labelledby": id },
        element("div", { class: "label", id, role: "presentation" }, label),
        ...found.map((one) => option(one.url, this.title(one), ...this.note(one))));
    });
    const everywhere = option(answer.url, `${this.form.dataset.everywhere} `, element("q", {}, answer.query));
    everywhere.classList.add("everywhere");
    this.list.replaceChildren(...parts, everywhere);
    this.active = -1;
    this.input.removeAttribute("aria-activedescendant");
    this.open();
    this.status.textContent = answer.message;
  }

  title(one) {
    return element("span", {}, ...one.parts.map((part) => (part.hit ? element("mark", {}, part.text) : part.text)));
  }

  note(one) {
    return one.note ? [" ", element("span", { class: "note" }, one.note)] : [];
  }

  open() {
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
  }

  close() {
    this.stop();
    this.list.hidden = true;
    this.active = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    for (const option of this.options) option.setAttribute("aria-selected", "false");
  }

  // The box itself is one of the places that the arrows walk through.
  move(step) {
    const options = this.options;
    const places = options.length + 1;
    options[this.active]?.setAttribute("aria-selected", "false");
    this.active = ((this.active + 1 + step + places) % places) - 1;
    const option = options[this.active];
    if (!option) {
      this.input.removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
  }

  key(event) {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (this.isOpen) this.move(event.key === "ArrowDown" ? 1 : -1);
      else if (this.typed.length >= SHORTEST) this.ask();
      else return;
      event.preventDefault();
    } else if (event.key === "Escape" && this.isOpen) {
      event.preventDefault();
      this.close();
    } else if (event.key === "Enter" && this.isOpen && this.active >= 0) {
      event.preventDefault();
      window.location.assign(this.options[this.active].href);
    } else if (event.key === "Enter" || event.key === "Tab") {
      this.close();
    }
  }
}

for (const form of document.querySelectorAll("form[data-suggest]")) new Suggestions(form);
