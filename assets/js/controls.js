/* Controls: native inputs, gathered into one form whose value is what differs from the defaults. */
"use strict";

Explorer.form = (() => {
  const inputs = {}; // name → the elements of that knob (several for radio buttons)
  const defaults = {};
  const values = {};
  let write = () => {};
  let send = () => {};

  /** Called by the hidden component that carries the form to the server. */
  function attach(props, trigger) {
    write = () => {
      props.value = JSON.stringify(changed());
    };
    send = () => {
      write();
      trigger("input");
    };
  }

  /** The values that are not their defaults. */
  function changed() {
    const names = Object.keys(values).filter((name) => values[name] !== defaults[name]);
    return Object.fromEntries(names.map((name) => [name, values[name]]));
  }

  /** Called for each part of the column when it appears. */
  function adopt(root) {
    for (const input of root.querySelectorAll("[data-knob]")) {
      const name = input.dataset.knob;
      (inputs[name] ||= []).push(input);
      defaults[name] = JSON.parse(input.dataset.default);
      if (input.type !== "radio" || input.checked) values[name] = read(input);
      input.addEventListener("input", () => change(name, read(input)));
    }
    for (const number of root.querySelectorAll("input[type=number]")) {
      const range = number.closest(".knob").querySelector("input[type=range]");
      number.addEventListener("change", () => {
        const typed = parseFloat(number.value);
        const low = parseFloat(range.min);
        const high = parseFloat(range.max);
        const name = range.dataset.knob;
        change(name, Number.isFinite(typed) ? Math.min(Math.max(typed, low), high) : values[name]);
        show(name);
      });
    }
    for (const undo of root.querySelectorAll(".undo")) {
      const { knob } = undo.closest(".knob").querySelector("[data-knob]").dataset;
      undo.addEventListener("click", () => {
        change(knob, defaults[knob]);
        show(knob);
        inputs[knob][0].focus();
      });
    }
    for (const button of root.querySelectorAll("button.action")) {
      button.addEventListener("click", () => {
        set(JSON.parse(button.dataset.values), button.dataset.keep === "true");
        send();
      });
    }
    for (const input of root.querySelectorAll("[data-knob]")) decorate(input.dataset.knob);
    reveal();
  }

  function read(input) {
    if (input.type === "checkbox") return input.checked;
    if (input.type === "range") return parseFloat(input.value);
    return input.value;
  }

  function change(name, value) {
    values[name] = value;
    decorate(name);
    reveal();
    send();
  }

  /** Put values on the controls; others go back to their defaults unless they are kept. */
  function set(wanted, keep) {
    for (const name of Object.keys(values)) {
      if (name in wanted) values[name] = wanted[name];
      else if (!keep) values[name] = defaults[name];
      show(name);
    }
    reveal();
  }

  function show(name) {
    for (const input of inputs[name]) {
      if (input.type === "checkbox") input.checked = values[name];
      else if (input.type === "radio") input.checked = input.value === values[name];
      else input.value = values[name];
    }
    decorate(name);
  }

  /** The typed number, the reset button and the filled part of a slider follow its value. */
  function decorate(name) {
    const [input] = inputs[name];
    if (input.type !== "range") return;
    const knob = input.closest(".knob");
    const number = knob.querySelector("input[type=number]");
    if (document.activeElement !== number) number.value = values[name];
    knob.querySelector(".undo").hidden = values[name] === defaults[name];
  }

  /** Put values on the controls, ask for the answer, and show it. Others stay if they are kept. */
  function open(wanted, keep) {
    set(wanted, keep);
    send();
    Explorer.openTab("Explore");
  }

  /** Put values on the controls for a picture that is uploaded next: its event asks, once. */
  function stage(wanted) {
    set(wanted, false);
    write();
    Explorer.openTab("Explore");
  }

  /** Groups that belong to the chosen subject, family and weights are shown by the style sheet. */
  function reveal() {
    const data = document.body.dataset;
    data.kind = values["picture.kind"] ?? "synthesis";
    data.family = data.kind === "synthesis" ? (values["picture.family"] ?? "") : "";
    data.weights = values["ask.weights"] ?? "pretrained";
  }

  return { adopt, attach, changed, set, open, stage, values };
})();
