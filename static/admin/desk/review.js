// The review desk: values and their words marked and brought into view both ways, and the keys. Without this file all of
// it works with the mouse, the form's own controls and a page for each step.
(() => {
  "use strict";

  const HOLD_EVERY = 120000; // ms: an editor who is at it renews the claim
  let last = null; // the field or unit that was in focus last
  let active = true; // somebody was at it since the claim was renewed
  let submitting = false;

  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const work = () => document.getElementById("desk-work");
  const units = () => all("[data-unit]", work());
  const numbersOf = (element) => (element?.dataset.marks || "").split(" ").filter(Boolean);
  const isCalm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const reveal = (element, block) => element.scrollIntoView({ block, behavior: isCalm() ? "auto" : "smooth" });

  const say = (words) => {
    const region = document.getElementById("desk-said");
    region.textContent = "";
    window.setTimeout(() => { region.textContent = words; }, 50);
  };

  const nameOf = (unit) => unit.getAttribute("aria-label") + ": " + unit.querySelector(".desk-unit-words").textContent;
  const tickOf = (unit) => unit.querySelector("input.desk-tick");
  const unitOf = (element) => element?.closest?.("[data-unit]") || null;
  const current = () => {
    const unit = unitOf(document.activeElement) || (last && document.contains(last) ? unitOf(last) : null);
    return unit;
  };

  // a field and its words, both ways

  const light = (element) => {
    for (const one of all(".desk-lit", work())) {
      one.classList.remove("desk-lit");
    }
    const unit = unitOf(element);
    const own = numbersOf(element);
    const numbers = own.length ? own : numbersOf(unit);
    const marks = all("mark[data-marks]", work()).filter((mark) => numbersOf(mark).some((one) => numbers.includes(one)));
    for (const mark of marks) {
      mark.classList.add("desk-lit");
    }
    unit?.classList.add("desk-lit");
    if (marks.length) {
      reveal(marks[0], "nearest");
    }
  };

  const go = (unit) => {
    if (!unit) {
      return;
    }
    const target = tickOf(unit) || unit.querySelector("summary");
    target.focus({ preventScroll: true });
    reveal(unit, "nearest");
    say(nameOf(unit));
  };

  const byNumber = (number) => {
    const inputs = all("[data-unit] [data-marks]", work()).filter((one) => numbersOf(one).includes(number));
    const owners = units().filter((one) => numbersOf(one).includes(number));
    return [inputs[0], owners[owners.length - 1]];
  };

  const toField = (number) => {
    const [input, unit] = byNumber(number);
    if (input) {
      unitOf(input).querySelector(".desk-unit-details").open = true;
      input.focus({ preventScroll: true });
      reveal(input, "nearest");
    } else {
      go(unit);
    }
  };

  // taking and dropping

  const show = (unit) => unit.classList.toggle("desk-unit-off", Boolean(tickOf(unit)) && !tickOf(unit).checked);

  const toggle = (unit) => {
    const tick = unit && tickOf(unit);
    if (tick) {
      tick.checked = !tick.checked;
      tick.dispatchEvent(new Event("change", { bubbles: true }));
    }
  };

  const takeFrom = (least) => {
    for (const unit of units()) {
      const tick = tickOf(unit);
      if (tick && unit.dataset.sure !== undefined) {
        tick.checked = Number(unit.dataset.sure) >= least;
        show(unit);
      }
    }
    const ticks = units().map(tickOf).filter(Boolean);
    say(`${least} %: ${ticks.filter((one) => one.checked).length} / ${ticks.length}`);
  };

  const step = (by) => {
    const field = document.querySelector("[data-least]");
    field.value = Math.min(100, Math.max(0, Number(field.value) + by));
    takeFrom(Number(field.value));
  };

  // words of the text as evidence

  const placeOf = (prose, node, offset) => {
    const range = document.createRange();
    range.setStart(prose, 0);
    range.setEnd(node, offset);
    const copy = range.cloneContents();
    for (const number of all(".desk-ref", copy)) {
      number.remove();
    }
    return [...copy.textContent].length;
  };

  const selected = () => {
    const selection = window.getSelection();
    const prose = document.querySelector(".desk-prose");
    if (!prose || !selection.rangeCount || selection.isCollapsed || !prose.contains(selection.getRangeAt(0).commonAncestorContainer)) {
      return null;
    }
    const range = selection.getRangeAt(0);
    const copy = range.cloneContents();
    for (const number of all(".desk-ref", copy)) {
      number.remove();
    }
    const words = copy.textContent.trim();
    return words ? { words, at: placeOf(prose, range.startContainer, range.startOffset) } : null;
  };

  const cite = () => {
    const chosen = selected();
    const unit = current();
    if (!chosen || !unit) {
      return;
    }
    const value = last?.closest?.(".desk-value");
    const field = (value && unit.contains(value) && value.querySelector("[data-quote]")) || unit.querySelector("[data-quote]");
    if (!field) {
      return;
    }
    field.value = chosen.words;
    unit.querySelector(`[data-at="${CSS.escape(field.dataset.quote)}"]`).value = chosen.at;
    const typed = field.closest(".desk-value").querySelector("input[type=text][name^='f:']");
    if (typed && (!typed.value || (value && typed.dataset.prints !== undefined))) {
      typed.value = chosen.words; // a field that says what is printed, and was in focus itself
    }
    unit.querySelector(".desk-unit-details").open = true;
    const tick = tickOf(unit);
    if (tick && !tick.checked) {
      toggle(unit);
    }
    say(`“${chosen.words}”: ${nameOf(unit)}`);
  };

  // keys; those of buttons are in desk.js

  const keys = {
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    d: () => {
      const doubtful = units().filter((one) => one.matches(".desk-unit-doubt"));
      go(doubtful[(doubtful.indexOf(current()) + 1) % doubtful.length]);
    },
    x: () => toggle(current()),
    e: () => {
      const details = current()?.querySelector(".desk-unit-details");
      if (details) {
        details.open = true;
        const field = details.querySelector("input:not([type=hidden]), select, textarea");
        field.focus();
        field.select?.();
      }
    },
    c: cite,
    r: () => {
      const button = document.querySelector("[data-reject]");
      if (document.activeElement === button) {
        button.click();
      } else {
        button.focus();
        say(button.dataset.reject);
      }
    },
    "+": () => step(5),
    "-": () => step(-5),
  };

  const move = (by) => {
    const shown = units();
    const at = shown.indexOf(current());
    go(shown[at < 0 ? (by > 0 ? 0 : shown.length - 1) : Math.min(shown.length - 1, Math.max(0, at + by))]);
  };

  const isTyping = (target) => target.matches("textarea, select, input:not([type=checkbox], [type=radio])");

  document.addEventListener("keydown", (event) => {
    if (work() && event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.repeat) {
      event.preventDefault();
      document.querySelector("[data-key=a]")?.click();
    }
    if (!work() || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    if (event.key === "Escape" && isTyping(event.target)) {
      go(unitOf(event.target));
      return;
    }
    const box = document.querySelector("[data-keys]");
    if (isTyping(event.target) || !box || !box.checked) {
      return;
    }
    if (/^[1-9]$/.test(event.key)) {
      const choice = all("input[type=radio]", current() || document.createElement("p"))[Number(event.key) - 1];
      if (choice) {
        event.preventDefault();
        choice.checked = true;
        choice.dispatchEvent(new Event("change", { bubbles: true }));
      }
      return;
    }
    const act = keys[event.key];
    if (act && (!event.key.startsWith("Arrow") || event.target.type !== "radio")) {
      event.preventDefault();
      act();
    }
  });

  // what the mouse and the form's own controls do

  document.addEventListener("focusin", (event) => {
    if (unitOf(event.target)) {
      last = event.target;
      light(event.target);
    }
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#fact-'], a[data-go], a[href^='#mark-']");
    const mark = event.target.closest("mark[data-marks]");
    if (link && work()?.contains(link)) {
      const id = link.getAttribute("href").slice(1);
      if (id.startsWith("mark-")) {
        last = link;
        light(link.closest("[data-unit]"));
        return;
      }
      event.preventDefault();
      if (id.startsWith("fact-")) {
        toField(id.slice(5));
      } else {
        go(document.getElementById(id));
      }
    } else if (mark && window.getSelection().isCollapsed) {
      toField(numbersOf(mark)[0]);
    }
  });
  document.addEventListener("change", (event) => {
    const unit = unitOf(event.target);
    if (unit && event.target === tickOf(unit)) {
      show(unit);
      say(`${event.target.checked ? "✓" : "✗"} ${nameOf(unit)}`);
    } else if (unit && event.target.type === "radio") {
      say(event.target.closest("label").textContent.trim().replace(/\s+/g, " "));
    }
  });
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-least]")) {
      takeFrom(Number(event.target.value));
    }
  });

  // a step that came back: what was open is open again

  let opened = new Set();
  let added = [];
  const addedPaths = () => all("input[name=added]", work()).map((one) => one.value);
  document.addEventListener("htmx:beforeSwap", () => {
    added = addedPaths();
    opened = new Set(all("[data-unit] details[open]", work()).map((one) => `${unitOf(one).id} ${one.className}`));
  });
  document.addEventListener("htmx:afterSwap", () => {
    for (const details of all("[data-unit] details", work())) {
      details.open = details.open || opened.has(`${unitOf(details).id} ${details.className}`);
    }
    submitting = false;
    begin();
    const fresh = addedPaths().find((path) => !added.includes(path));
    const alert = work()?.querySelector("[role=alert]");
    if (alert) {
      say(alert.textContent.trim().replace(/\s+/g, " "));
    } else if (fresh) {
      const field = work().querySelector(`[data-unit="${fresh}"] .desk-inputs :is(input:not([type=hidden]), select)`);
      field.focus();
      reveal(field, "nearest");
    }
  });

  // the claim

  const hold = () => {
    const renewal = document.getElementById("desk-hold");
    if (renewal && active && !submitting && document.visibilityState === "visible") {
      active = false;
      renewal.dispatchEvent(new Event("desk:hold"));
    }
  };
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.elt?.id === "desk-hold" && event.detail.xhr.status === 409 && !submitting) {
      window.location.reload(); // somebody else has it: the page says who
    }
  });
  for (const kind of ["keydown", "pointerdown", "focusin"]) {
    document.addEventListener(kind, () => { active = true; });
  }
  document.addEventListener("submit", () => { submitting = true; });
  window.addEventListener("pagehide", () => {
    const form = document.getElementById("desk-form");
    if (form && !submitting) {
      const given = new FormData();
      given.append("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
      navigator.sendBeacon(form.dataset.leave, given);
    }
  });
  window.addEventListener("pageshow", (event) => {
    submitting = false;
    if (event.persisted) {
      window.location.reload();
    }
  });

  const begin = () => {
    const box = document.querySelector("[data-keys]");
    if (box) {
      box.closest("label").hidden = false;
    }
    document.querySelector("[data-least-step]")?.setAttribute("hidden", "");
    if (window.matchMedia("(max-width: 40rem)").matches) {
      document.querySelector(".desk-keys-list")?.removeAttribute("open");
    }
    last = null;
  };
  begin();
  window.setTimeout(hold, 3000);
  window.setInterval(hold, HOLD_EVERY);
})();
