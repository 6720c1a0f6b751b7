/* Sentences for the person, and what the server put on the controls. */
"use strict";

Explorer.panel("status", (root, value) => {
  const list = root.querySelector("ul");
  const notes = [...Explorer.link.notes(), ...value.notes];
  const wanted = notes.join("\n");
  if (list.dataset.shown !== wanted) {
    list.dataset.shown = wanted;
    list.replaceChildren(...notes.map((note) => Explorer.html("li", {}, note)));
  }
  root.hidden = notes.length === 0;
  document.body.dataset.missing = value.missing;
  // What the server decided (an upload became the subject) goes back on the controls.
  if (Object.keys(value.set).length) Explorer.form.set(value.set, true);
});
