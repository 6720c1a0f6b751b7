/* Look inside: what all views share. One view is on the screen; it alone is asked. */
"use strict";

Explorer.inside = (() => {
  const { html } = Explorer;
  const views = {}; // name → { request, state, defaults, restored }
  const STANDARD = { layer: 1, norm: "norm", swap: false };
  const shared = { ...STANDARD };
  const asked = {}; // view → the number of its newest request
  const seen = {}; // view → what its newest answer belongs to
  let chosen = null;
  let frameRoot = null;
  let number = 0;

  /**
   * Register a view of that name.
   * `setup(root)` runs once; `draw(root, value)` draws an answer; `request()` gives what the view
   * asks besides layer, norm and swap. A view calls `Explorer.inside.ask(name)` when its own
   * controls change. Links carry the plain values of `state`; when a link has set them,
   * `restored(root)` puts on the view's controls what no button or radio says by its `data-` name.
   */
  function view(name, { draw, setup, request = () => ({}), state = {}, restored = () => {} }) {
    views[name] = { request, state, defaults: { ...state }, restored };
    const show = (root, value) => {
      root.querySelector(".notes").replaceChildren(...value.notes.map((n) => html("li", {}, n)));
      root.classList.toggle("failed", Boolean(value.failed));
      if (value.failed) return;
      if (value.frame && name === chosen) follow(value.frame);
      if (root.querySelector(".body").clientWidth > 0) draw(root, value);
    };
    Explorer.panel(`inside-${name}`, show, (root) => {
      setup?.(root);
      dress(root, views[name]);
    });
  }

  /** Called by the component above the views when it appears. */
  function frame(element) {
    frameRoot = element.querySelector(".panel");
    chosen = frameRoot.querySelector("[data-view]").dataset.view;
    Explorer.segmented(frameRoot.querySelector(".views"), (button) => open(button.dataset.view));
    for (const control of frameRoot.querySelectorAll("[data-ask]")) {
      control.addEventListener("input", () => {
        const { ask: name } = control.dataset;
        shared[name] = control.type === "checkbox" ? control.checked : control.value;
        if (name === "layer") shared.layer = Number(control.value);
        ask(chosen);
      });
    }
    if (linked) Explorer.link.say(restore(linked));
    let visible = false;
    new ResizeObserver(() => {
      const appears = !visible && frameRoot.clientWidth > 0;
      visible = frameRoot.clientWidth > 0;
      if (appears) open(chosen);
    }).observe(frameRoot);
  }

  /** Put a view on the screen; it is asked unless it shows this very question already. */
  function open(name) {
    const other = chosen !== name;
    chosen = name;
    const button = frameRoot.querySelector(`[data-view="${name}"]`);
    for (const one of frameRoot.querySelectorAll("[data-view]")) {
      one.setAttribute("aria-checked", String(one === button));
      one.tabIndex = one === button ? 0 : -1;
    }
    const means = button.dataset.shared.split(" ");
    for (const control of ["layer", "norm", "swap"]) {
      frameRoot.querySelector(`.shared-${control}`).hidden = !means.includes(control);
    }
    for (const panel of document.querySelectorAll('[id^="panel-inside-"]')) {
      panel.classList.toggle("chosen", panel.id === `panel-inside-${name}`);
    }
    pictures();
    if (other) Explorer.link.update(true);
    if (seen[name] !== question(name)) ask(name);
  }

  /** All that an answer depends on: Explore's values, the upload, and what is asked here. */
  function question(name) {
    const upload = document.querySelector("#upload-note")?.textContent;
    return JSON.stringify([Explorer.form.changed(), upload, shared, views[name].request()]);
  }

  /** Ask the server on behalf of a view; the answer carries the number that is returned.
      `extra` is asked this once only. */
  function ask(name, extra = {}) {
    number += 1;
    asked[name] = number;
    seen[name] = question(name);
    Explorer.ask(`inside-${name}-asked`, { ...shared, ...views[name].request(), ...extra, number });
    if (name === chosen) pictures();
    Explorer.link.update(false);
    return number;
  }

  /** Whether a view shows the answer to what it was asked last. */
  function settled(name) {
    const value = Explorer.latest[`inside-${name}`];
    return Boolean(value) && value.number === asked[name];
  }

  /** Whether it was also asked what Explore's controls and its own say now. */
  function current(name) {
    return settled(name) && seen[name] === question(name);
  }

  /** The two pictures, as Explore has them; exchanged where that is asked. */
  function pictures() {
    const all = Explorer.latest.pictures;
    if (!all) return;
    const swaps = shared.swap && !frameRoot.querySelector(".shared-swap").hidden;
    const names = swaps ? ["perturbed", "original"] : ["original", "perturbed"];
    ["a", "b"].forEach((which, i) => {
      const image = frameRoot.querySelector(`img.${which}`);
      if (image.src !== all[names[i]]) image.src = all[names[i]];
      image.alt = `The ${names[i]} picture`;
      Explorer.setText(frameRoot.querySelector(`figcaption.${which}`), names[i]);
    });
  }

  /** The addresses of the pictures in the order that is asked. */
  function sources() {
    const { original, perturbed } = Explorer.latest.pictures;
    return shared.swap ? [perturbed, original] : [original, perturbed];
  }

  /** The controls follow an answer: another network has other layers. */
  function follow(said) {
    const select = frameRoot.querySelector('[data-ask="layer"]');
    const names = [...select.options].map((option) => option.textContent);
    if (names.join() !== said.layers.join()) {
      select.replaceChildren(...said.layers.map((l, i) => html("option", { value: String(i) }, l)));
    }
    select.value = String(said.layer);
    shared.layer = said.layer;
    Explorer.setText(frameRoot.querySelector(".made-by"), `${said.network}, ${said.size} px`);
    pictures();
  }

  // Links

  let linked = null; // what a link says of this tab, until the tab is opened

  /** What is no default, of the view on the screen. */
  function write() {
    if (!frameRoot) return Object.fromEntries(linked ?? []);
    const found = {};
    const put = (key, values, standard, prefix = "") => {
      if (values[key] !== standard[key]) found[prefix + key] = String(values[key]);
    };
    if (chosen !== Object.keys(views)[0]) found.view = chosen;
    for (const key of Object.keys(STANDARD)) put(key, shared, STANDARD);
    const { state, defaults } = views[chosen];
    for (const key of Object.keys(state)) put(key, state, defaults, `${chosen}.`);
    return found;
  }

  function read(values) {
    if (!frameRoot) {
      linked = values;
      return [];
    }
    const notes = restore(values);
    if (frameRoot.clientWidth > 0) open(chosen);
    return notes;
  }

  /** Set all values; those that a link does not name go back to their defaults. */
  function restore(values) {
    const wanted = new Map(values);
    const notes = [];
    const take = (key, target, standard, prefix = "") => {
      const text = wanted.get(prefix + key);
      wanted.delete(prefix + key);
      const value = text === undefined ? standard[key] : typed(text, standard[key]);
      target[key] = value ?? standard[key];
      if (value === undefined) wanted.set(prefix + key, text);
    };
    for (const key of Object.keys(STANDARD)) take(key, shared, STANDARD);
    for (const [name, { state, defaults }] of Object.entries(views)) {
      for (const key of Object.keys(state)) take(key, state, defaults, `${name}.`);
      const root = document.querySelector(`.panel-inside-${name}`);
      if (root) dress(root, views[name]);
    }
    const view = wanted.get("view") ?? Object.keys(views)[0];
    if (Object.hasOwn(views, view)) {
      chosen = view;
      wanted.delete("view");
    }
    frameRoot.querySelector('[data-ask="norm"]').value = shared.norm;
    frameRoot.querySelector('[data-ask="swap"]').checked = shared.swap;
    const { short } = Explorer.linkValues;
    for (const [key, text] of wanted) {
      notes.push(`Look inside has no ${short(key)} ${short(text)}: left out.`);
    }
    return notes;
  }

  /** Text as a value of the type of another; undefined if it is none. */
  function typed(text, like) {
    if (typeof like === "boolean") return { true: true, false: false }[text];
    if (typeof like === "number") return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
    return text.length <= 40 && text !== "" ? text : undefined;
  }

  /** Put a view's state on its controls. */
  function dress(root, { state, restored }) {
    for (const [key, value] of Object.entries(state)) {
      const buttons = [...root.querySelectorAll(`[role="radio"][data-${key}]`)];
      if (!buttons.some((button) => button.dataset[key] === String(value))) continue;
      for (const button of buttons) {
        const on = button.dataset[key] === String(value);
        button.setAttribute("aria-checked", String(on));
        button.tabIndex = on ? 0 : -1;
      }
    }
    restored(root);
  }

  Explorer.link.part("inside", { read, write });

  return { view, frame, ask, open, settled, current, shared, sources };
})();
