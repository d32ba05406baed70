// Filters that are left empty stay out of the address.

document.addEventListener("htmx:configRequest", (event) => {
  const parameters = event.detail.parameters;
  for (const name of [...Object.keys(parameters)]) {
    const kept = [parameters[name]].flat().filter((value) => value !== "");
    if (kept.length === 0) delete parameters[name];
    else parameters[name] = kept.length === 1 ? kept[0] : kept;
  }
});
