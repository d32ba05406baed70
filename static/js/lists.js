// Filters that are left empty stay out of the address.

document.addEventListener("htmx:configRequest", (event) => {
  const parameters = event.detail.parameters;
  for (const name of [...Object.keys(parameters)]) {
    const kept = [parameters[name]].flat().filter((value) => value !== "");
    if (kept.length === 0) delete parameters[name];
    else parameters[name] = kept.length === 1 ? kept[0] : kept;
  }
});

// When a link of the list has replaced it, the reader is where the new number stands.

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target.id === "list" && document.activeElement === document.body) {
    document.getElementById("count")?.focus({ preventScroll: true });
  }
});
