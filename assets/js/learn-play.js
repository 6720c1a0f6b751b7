/* The sliders of a lesson, and its ways on to other tabs. */
"use strict";

Explorer.learnPlay = (() => {
  const { html } = Explorer;

  /** A copy of a lesson's controls, made once. `moved(name, value)` hears what a person does. */
  function sliders(place, values, moved) {
    const field = place.querySelector("fieldset");
    if (field.querySelector(".knob")) return;
    const copy = place.querySelector("template").content.cloneNode(true);
    // Explore's controls have these ids and names already.
    const lesson = place.dataset.lesson;
    for (const node of copy.querySelectorAll("*")) {
      for (const name of ["id", "for", "aria-describedby", "aria-labelledby", ...(node.type === "radio" ? ["name"] : [])]) {
        const old = node.getAttribute(name);
        if (old) node.setAttribute(name, `learn-${lesson}-${old}`);
      }
    }
    for (const knob of copy.querySelectorAll(".knob")) wire(knob, values, moved);
    field.append(copy);
  }

  function wire(knob, values, moved) {
    const inputs = [...knob.querySelectorAll("[data-knob]")];
    const name = inputs[0].dataset.knob;
    const start = values[name] ?? JSON.parse(inputs[0].dataset.default);
    const number = knob.querySelector("input[type=number]");
    const undo = knob.querySelector(".undo");
    knob.dataset.play = name;
    const show = (value) => {
      for (const input of inputs) {
        if (input.type === "radio") input.checked = input.value === value;
        else input.value = value;
      }
      if (number && document.activeElement !== number) number.value = value;
      if (undo) undo.hidden = value === start;
    };
    const take = (value) => {
      show(value);
      moved(name, value === start ? undefined : value);
    };
    for (const input of inputs) {
      delete input.dataset.knob;
      input.addEventListener("input", () => take(input.type === "range" ? Number(input.value) : input.value));
    }
    number?.addEventListener("change", () => {
      const typed = parseFloat(number.value);
      const { min, max } = inputs[0];
      const value = Number.isFinite(typed) ? Math.min(Math.max(typed, min), max) : Number(inputs[0].value);
      number.value = value;
      take(value);
    });
    undo?.addEventListener("click", () => {
      take(start);
      number.value = start;
      inputs[0].focus();
    });
    if (undo) undo.title = "Back to the value of this step";
    knob.addEventListener("learn-reset", () => show(start));
    show(start);
  }

  /** Put a lesson's controls back to its values. */
  function reset(place) {
    for (const knob of place.querySelectorAll("[data-play]")) knob.dispatchEvent(new Event("learn-reset"));
  }

  /** Buttons that take the lesson's pictures to other tabs; `now()` gives its values. */
  function doors(place, wanted, now) {
    const button = (title, action) => {
      const node = html("button", { type: "button", class: "action door" }, title);
      node.addEventListener("click", action);
      return node;
    };
    place.replaceChildren(
      button("Open in Explore", () => Explorer.form.open(now(), false)),
      ...wanted.map(({ title, tab, at }) => button(`${title} →`, () => go(tab, at, now()))),
    );
  }

  function go(tab, at, values) {
    if (at) {
      // A person's own metrics stay in use.
      const own = Explorer.form.values["ask.own"];
      Explorer.form.put({ "ask.own": own, ...values }, false);
    }
    Explorer.openTab(tab);
    if (tab === "Look inside") view(at);
    if (tab === "Sweep") sweep(at);
  }

  /** The parts of a tab stand when it has been on the screen for a moment. */
  function when(ready, action, tries = 600) {
    if (ready()) action();
    else if (tries > 0) requestAnimationFrame(() => when(ready, action, tries - 1));
    else Explorer.say("The other tab did not open.");
  }

  function view(name) {
    const button = () => document.querySelector(`#inside-frame [data-view="${name}"]`);
    // The frame gives its buttons a place in the order of tabs when it listens to them.
    const ready = () => button()?.hasAttribute("tabindex") && button().clientWidth > 0 && Explorer.roots[`inside-${name}`];
    when(ready, () => button().click());
  }

  function sweep(knob) {
    const select = () => document.querySelector('.panel-sweep [data-ask="x"]');
    when(
      () => Explorer.roots.sweep && select()?.clientWidth > 0,
      () => {
        const root = Explorer.roots.sweep;
        if (select().value !== knob || root.dataset.mode === "atlas") {
          root.querySelector('[role="radio"][data-mode="curve"]').click();
          select().value = knob;
          root.querySelector(".run").click();
        }
      },
    );
  }

  return { sliders, reset, doors };
})();
