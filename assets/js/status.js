/* Sentences for the person, and which groups of controls belong to what is shown. */
"use strict";

Explorer.panel("status", (root, value) => {
  const list = root.querySelector("ul");
  const wanted = value.notes.join("\n");
  if (list.dataset.shown !== wanted) {
    list.dataset.shown = wanted;
    list.replaceChildren(...value.notes.map((note) => Explorer.html("li", {}, note)));
  }
  root.hidden = value.notes.length === 0;
  for (const [name, state] of Object.entries(value.show)) {
    document.body.dataset[name] = state;
  }
});
