// Names for what the admin's own pages leave unnamed: the main part, and fields in tables and autocompletes.
(() => {
  "use strict";

  const nameOf = (field) =>
    field.getAttribute("aria-label") || (field.labels && field.labels[0] ? field.labels[0].textContent.trim() : "");

  const nameAutocompletes = () => {
    for (const field of document.querySelectorAll("select.select2-hidden-accessible")) {
      const box = field.nextElementSibling && field.nextElementSibling.querySelector("[role=combobox]");
      if (box && nameOf(field)) {
        const chosen = box.querySelector(".select2-selection__rendered");
        box.id = box.id || `${field.id}-box`;
        box.setAttribute("aria-label", nameOf(field));
        box.setAttribute("aria-labelledby", [box.id, chosen && chosen.id].filter(Boolean).join(" "));
        if (chosen) {
          chosen.setAttribute("aria-label", nameOf(field));
        }
      }
    }
  };

  window.addEventListener("load", () => {
    const content = document.getElementById("content");
    if (content) {
      content.setAttribute("role", "main");
    }
    // jQuery makes the autocompletes in a ready callback, which may come after this event.
    if (window.django && window.django.jQuery) {
      window.django.jQuery(nameAutocompletes);
    }
  });
  document.addEventListener("formset:added", () => window.setTimeout(nameAutocompletes));
})();

// Buttons with a key of their own (`data-key`), unless the reader has switched the keys off.
(() => {
  "use strict";

  const STORE = "desk-keys";
  const isOn = () => window.localStorage.getItem(STORE) !== "off";

  const isTyping = (target) =>
    target.isContentEditable || target.matches("textarea, select, input:not([type=checkbox], [type=radio])");

  document.addEventListener("DOMContentLoaded", () => {
    const box = document.querySelector("[data-keys]");
    if (!box) {
      return;
    }
    box.closest("label").hidden = false;
    box.checked = isOn();
    box.addEventListener("change", () => window.localStorage.setItem(STORE, box.checked ? "on" : "off"));
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !isOn()) {
        return;
      }
      if (isTyping(event.target)) {
        return;
      }
      const button = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
      if (button) {
        event.preventDefault();
        button.click();
      }
    });
  });
})();
