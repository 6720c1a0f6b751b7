/* Controls: native inputs, gathered into one form whose value is what differs from the defaults. */
"use strict";

Explorer.form = (() => {
  const inputs = new Map(); // name → the elements of that knob (several for radio buttons)
  const defaults = new Map();
  const values = {};
  const listeners = [];
  const PATIENCE = 10_000; // milliseconds after which an answer counts as lost
  let count = null; // of all knobs
  let number = 0; // of the newest request
  let written = -Infinity; // when that was
  let write = () => {};
  let send = () => {};

  /** Called by the hidden component that carries the form of `knobs` values to the server. */
  function attach(props, trigger, knobs) {
    count = knobs;
    write = () => {
      number += 2; // an answer to an upload takes the odd number that follows
      written = performance.now();
      props.value = JSON.stringify({ ...changed(), number });
    };
    send = () => {
      write();
      trigger("input");
    };
    complete();
  }

  /** Call `heard({ knob, ended, moved })` on every change by a person.

      `knob` is the one that moves, null for several at once; `ended` says that it came to rest;
      `moved` is false where a knob rests that had moved before. */
  function listen(heard) {
    listeners.push(heard);
  }

  function tell(knob, ended, moved = true) {
    for (const heard of listeners) heard({ knob, ended, moved });
  }

  function complete() {
    if (inputs.size === count) Explorer.arrived("form");
  }

  /** Whether the page still shows the answer to an earlier request. */
  function awaits() {
    const answered = Explorer.latest.status?.number ?? 0;
    return answered < number && performance.now() - written < PATIENCE;
  }

  /** The values that are not their defaults. */
  function changed() {
    const names = Object.keys(values).filter((name) => values[name] !== defaults.get(name));
    return Object.fromEntries(names.map((name) => [name, values[name]]));
  }

  /** Called for each part of the column when it appears. */
  function adopt(root) {
    for (const input of root.querySelectorAll("[data-knob]")) {
      const name = input.dataset.knob;
      if (!inputs.has(name)) inputs.set(name, []);
      inputs.get(name).push(input);
      defaults.set(name, JSON.parse(input.dataset.default));
      if (input.type !== "radio" || input.checked) values[name] = read(input);
      input.addEventListener("input", () => change(name, read(input), false));
      input.addEventListener("change", () => tell(name, true, false));
    }
    for (const number of root.querySelectorAll("input[type=number]")) {
      const range = number.closest(".knob").querySelector("input[type=range]");
      number.addEventListener("change", () => {
        const typed = parseFloat(number.value);
        const low = parseFloat(range.min);
        const high = parseFloat(range.max);
        const name = range.dataset.knob;
        const wanted = Number.isFinite(typed) ? Math.min(Math.max(typed, low), high) : values[name];
        change(name, wanted, true);
        show(name);
      });
    }
    for (const undo of root.querySelectorAll(".undo")) {
      const { knob } = undo.closest(".knob").querySelector("[data-knob]").dataset;
      undo.addEventListener("click", () => {
        change(knob, defaults.get(knob), true);
        show(knob);
        inputs.get(knob)[0].focus();
      });
    }
    for (const button of root.querySelectorAll("button.action")) {
      button.addEventListener("click", () => {
        put(withOwn(JSON.parse(button.dataset.values)), button.dataset.keep === "true");
      });
    }
    for (const input of root.querySelectorAll("[data-knob]")) decorate(input.dataset.knob);
    reveal();
    complete();
  }

  function read(input) {
    if (input.type === "checkbox") return input.checked;
    if (input.type === "range") return parseFloat(input.value);
    return input.value;
  }

  function change(name, value, ended) {
    values[name] = value;
    decorate(name);
    reveal();
    send();
    tell(name, ended);
  }

  /** Put values on the controls; others go back to their defaults unless they are kept. */
  function set(wanted, keep) {
    for (const name of Object.keys(values)) {
      if (name in wanted) values[name] = wanted[name];
      else if (!keep) values[name] = defaults.get(name);
      show(name);
    }
    reveal();
  }

  function show(name) {
    for (const input of inputs.get(name)) {
      if (input.type === "checkbox") input.checked = values[name];
      else if (input.type === "radio") input.checked = input.value === values[name];
      else input.value = values[name];
    }
    decorate(name);
  }

  /** The typed number, the reset button and the filled part of a slider follow its value. */
  function decorate(name) {
    const [input] = inputs.get(name);
    const knob = input.closest(".knob");
    if (input.dataset.layers) drawLayers(input, knob);
    else if (input.type === "hidden") {
      const names = values[name] ? values[name].split(";").map((own) => own.split(":")[0]) : [];
      Explorer.setText(knob.querySelector(".summary"), names.join(", "));
      knob.querySelector(".undo").hidden = names.length === 0;
    }
    if (input.type !== "range") return;
    const number = knob.querySelector("input[type=number]");
    if (document.activeElement !== number) number.value = values[name];
    knob.querySelector(".undo").hidden = values[name] === defaults.get(name);
  }

  /** The layers that a line chooses: network → names. See explorer/taps.py. */
  function chosenLayers(line) {
    const parts = line.split(";").filter(Boolean).map((part) => part.split(":"));
    return new Map(parts.map(([network, names]) => [network, names.split(",")]));
  }

  /** A box for each layer of the network that is chosen; what is checked counts. */
  function drawLayers(input, knob) {
    const network = values["ask.network"];
    const known = JSON.parse(input.dataset.layers);
    const all = known[network] ?? [];
    const chosen = chosenLayers(values["ask.taps"] ?? "").get(network) ?? all;
    const box = knob.querySelector(".layers");
    if (box.dataset.network !== network) {
      box.dataset.network = network;
      box.replaceChildren(
        ...all.map((name) => {
          const label = document.createElement("label");
          const check = Object.assign(document.createElement("input"), { type: "checkbox", value: name });
          label.append(check, name);
          check.addEventListener("change", () => chooseLayers(knob, box, known));
          return label;
        }),
      );
    }
    for (const check of box.querySelectorAll("input")) check.checked = chosen.includes(check.value);
    const some = chosen.length < all.length;
    Explorer.setText(knob.querySelector(".summary"), some ? `${chosen.length} of ${all.length} count` : "");
    knob.querySelector(".undo").hidden = !some;
  }

  function chooseLayers(knob, box, known) {
    const { network } = box.dataset;
    const checked = [...box.querySelectorAll("input:checked")].map((check) => check.value);
    const line = chosenLayers(values["ask.taps"] ?? "");
    line.delete(network);
    if (checked.length && checked.length < known[network].length) line.set(network, checked);
    const names = Object.keys(known).filter((name) => line.has(name));
    change("ask.taps", names.map((name) => `${name}:${line.get(name).join()}`).join(";"), true);
    if (!checked.length) {
      Explorer.setText(knob.querySelector(".summary"), "At least one layer has to count: all do again.");
    }
  }

  /** Put values on the controls and ask for the answer. Others stay if they are kept. */
  function put(wanted, keep) {
    set(wanted, keep);
    send();
    tell(null, true);
  }

  /** A preset or a case says nothing of a person's own metrics: they stay in use. */
  function withOwn(wanted) {
    return { "ask.own": values["ask.own"], ...wanted };
  }

  /** The same, and show the answer. */
  function open(wanted, keep) {
    put(withOwn(wanted), keep);
    Explorer.openTab("Explore");
  }

  /** Put values on the controls for a picture that is uploaded next: its event asks, once. */
  function stage(wanted) {
    set(withOwn(wanted), false);
    write();
    tell(null, true);
    Explorer.openTab("Explore");
  }

  /** Groups that belong to the chosen subject, family and weights are shown by the style sheet. */
  function reveal() {
    const data = document.body.dataset;
    data.kind = values["picture.kind"] ?? "synthesis";
    data.family = data.kind === "synthesis" ? (values["picture.family"] ?? "") : "";
    data.weights = values["ask.weights"] ?? "pretrained";
    data.own = values["ask.own"] ? "yes" : "no";
    // Its boxes are those of the network.
    if (inputs.has("ask.taps")) decorate("ask.taps");
  }

  return { adopt, attach, listen, awaits, changed, set, put, open, stage, values, inputs, defaults };
})();
