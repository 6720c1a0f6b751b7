/* Look inside: what all views share. One view is on the screen; it alone is asked. */
"use strict";

Explorer.inside = (() => {
  const { html } = Explorer;
  const views = {}; // name → { draw, setup, request }
  const shared = { layer: 1, norm: "norm", swap: false };
  const asked = {}; // view → the number of its newest request
  const seen = {}; // view → what its newest answer belongs to
  let chosen = null;
  let frameRoot = null;
  let number = 0;

  /**
   * Register a view of that name.
   * `setup(root)` runs once; `draw(root, value)` draws an answer; `request()` gives what the view
   * asks besides layer, norm and swap. A view calls `Explorer.inside.ask(name)` when its own
   * controls change.
   */
  function view(name, { draw, setup, request = () => ({}) }) {
    views[name] = { request };
    const show = (root, value) => {
      root.querySelector(".notes").replaceChildren(...value.notes.map((n) => html("li", {}, n)));
      root.classList.toggle("failed", Boolean(value.failed));
      if (value.failed) return;
      if (value.frame && name === chosen) follow(value.frame);
      if (root.querySelector(".body").clientWidth > 0) draw(root, value);
    };
    Explorer.panel(`inside-${name}`, show, setup);
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
    let visible = false;
    new ResizeObserver(() => {
      const appears = !visible && frameRoot.clientWidth > 0;
      visible = frameRoot.clientWidth > 0;
      if (appears) open(chosen);
    }).observe(frameRoot);
  }

  /** Put a view on the screen; it is asked unless it shows this very question already. */
  function open(name) {
    chosen = name;
    const [button] = frameRoot.querySelectorAll(`[data-view="${name}"]`);
    const means = button.dataset.shared.split(" ");
    for (const control of ["layer", "norm", "swap"]) {
      frameRoot.querySelector(`.shared-${control}`).hidden = !means.includes(control);
    }
    for (const panel of document.querySelectorAll('[id^="panel-inside-"]')) {
      panel.classList.toggle("chosen", panel.id === `panel-inside-${name}`);
    }
    pictures();
    if (seen[name] !== question(name)) ask(name);
  }

  /** All that an answer depends on: Explore's values, the upload, and what is asked here. */
  function question(name) {
    const upload = document.querySelector("#upload-note")?.textContent;
    return JSON.stringify([Explorer.form.changed(), upload, shared, views[name].request()]);
  }

  /** Ask the server on behalf of a view; the answer carries the number that is returned. */
  function ask(name) {
    number += 1;
    asked[name] = number;
    seen[name] = question(name);
    Explorer.ask(`inside-${name}-asked`, { ...shared, ...views[name].request(), number });
    if (name === chosen) pictures();
    return number;
  }

  /** Whether a view shows the answer to what it was asked last. */
  function settled(name) {
    const value = Explorer.latest[`inside-${name}`];
    return Boolean(value) && value.number === asked[name];
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

  return { view, frame, ask, open, settled, shared, sources };
})();
