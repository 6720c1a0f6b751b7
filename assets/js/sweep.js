/* The sweep tab: what is asked, the progress, the table, the file. Drawing is in curves and atlas. */
"use strict";

(() => {
  const { html } = Explorer;
  let mode = "curve";
  let asked = 0; // how many sweeps were asked for
  let awaited = 0; // the number of the sweep that runs; 0 when none does
  let swept = null; // the picture that was swept last
  let current = null; // the newest answer to what was asked last
  let panel = null; // null until the tab is opened for the first time
  let linked = new Map(); // what a link says of this tab, until it is opened

  function setup(root) {
    Explorer.segmented(root.querySelector(".segmented"), (button) => {
      mode = button.dataset.mode;
      root.dataset.mode = mode;
    });
    panel = root;
    if (linked.size) Explorer.link.say(choose(linked));
    root.querySelector(".run").addEventListener("click", () => {
      run(root);
      Explorer.link.update(true);
    });
    root.querySelector(".stop").addEventListener("click", () => {
      Explorer.ask("sweep-stopped", asked);
      working(root, 0);
      Explorer.setText(root.querySelector(".made-by"), "Cancelled: this is what was known by then.");
    });
    root.querySelector(".csv").addEventListener("click", () => {
      const { axes, csv } = current;
      Explorer.download(`sweep-${axes.map((a) => a.name).join("-")}.csv`, csv, "text/csv");
    });
    for (const select of root.querySelectorAll("select")) {
      select.addEventListener("focus", () => offer(root));
    }
    let visible = false;
    new ResizeObserver(() => {
      const appears = !visible && root.clientWidth > 0;
      visible = root.clientWidth > 0;
      // What stands here belongs to the picture that Explore showed then.
      if (appears && swept !== picture()) run(root);
    }).observe(root);
  }

  /** Put what a link says on the tab's own controls; gives a sentence for what it cannot use. */
  function choose(values) {
    const wanted = new Map(values);
    const notes = [];
    for (const select of panel.querySelectorAll("select")) {
      const name = select.dataset.ask;
      const fallback = [...select.options].find((option) => option.defaultSelected).value;
      const value = wanted.get(name) ?? fallback;
      const known = [...select.options].some((option) => option.value === value);
      select.value = known ? value : fallback;
      if (known) wanted.delete(name);
    }
    const modes = panel.querySelectorAll("[data-mode][role=radio]");
    const chosen = wanted.get("mode") ?? "curve";
    for (const button of modes) {
      if (button.dataset.mode !== chosen) continue;
      wanted.delete("mode");
      if (mode !== chosen) button.click();
    }
    for (const [name, value] of wanted) {
      notes.push(`Sweep has no ${Explorer.linkValues.short(name)} ${Explorer.linkValues.short(value)}: left out.`);
    }
    return notes;
  }

  /** What a link says of this tab. */
  function write() {
    if (!panel) return Object.fromEntries(linked);
    const found = mode === "curve" ? {} : { mode };
    for (const select of panel.querySelectorAll("select")) {
      const [option] = select.selectedOptions;
      if (option && !option.defaultSelected) found[select.dataset.ask] = option.value;
    }
    return found;
  }

  function read(values) {
    if (!panel) linked = values;
    const before = panel && JSON.stringify(write());
    const notes = panel ? choose(values) : [];
    // A sweep that is in view follows its address.
    if (panel?.clientWidth && JSON.stringify(write()) !== before) run(panel);
    return notes;
  }

  /** What a sweep depends on: all of Explore's values but the knobs that move and mere views. */
  function picture() {
    const values = Explorer.form.changed();
    const axes = mode === "atlas" ? '[data-ask="x"], [data-ask="y"]' : '[data-ask="x"]';
    const moved = [...document.querySelectorAll(axes)].map((select) => select.value);
    for (const name of [...moved, "ask.norm", "ask.heatmap", "ask.baselines"]) delete values[name];
    const upload = document.querySelector("#upload-note")?.textContent;
    return JSON.stringify([Object.entries(values).sort(), upload]);
  }

  /** Only the knobs of the family that Explore shows can move anything. */
  function offer(root) {
    const { kind, family } = document.body.dataset;
    for (const group of root.querySelectorAll("optgroup")) {
      const owner = group.dataset.owner;
      const fits = ["challenge", "layout"].includes(owner) || (kind === "synthesis" && owner === family);
      group.hidden = group.disabled = !fits;
    }
    for (const select of root.querySelectorAll("select")) {
      if (select.selectedOptions[0]?.closest("optgroup")?.disabled) {
        select.value = select.dataset.ask === "y" ? "rotate.angle" : "translate.x";
      }
    }
  }

  function run(root) {
    offer(root);
    const request = { mode };
    for (const select of root.querySelectorAll("select")) request[select.dataset.ask] = select.value;
    if (awaited) Explorer.ask("sweep-stopped", asked);
    asked += 1;
    swept = picture();
    working(root, asked);
    Explorer.ask("sweep-asked", { ...request, number: asked });
  }

  function working(root, number) {
    awaited = number;
    root.querySelector(".stop").disabled = !number;
    root.querySelector(".csv").disabled = Boolean(number) || !current?.csv;
    const progress = root.querySelector("progress");
    progress.classList.toggle("idle", !number);
    if (number) progress.value = 0;
  }

  function draw(root, value) {
    // A late answer to what is no longer asked; a redraw of the last one is welcome.
    if (awaited ? value.number !== awaited : value !== current) return redraw(root);
    current = value;
    root.querySelector(".notes").replaceChildren(...(value.notes ?? []).map((n) => html("li", {}, n)));
    if (awaited) root.querySelector("progress").value = value.share;
    if (awaited && value.done) working(root, 0);
    redraw(root);
    if (value.kind === "none") return;
    const words = `${value.receipt} · ${value.known} points`;
    if (value.done || awaited) {
      Explorer.setText(root.querySelector(".made-by"), value.done ? words : `${words} so far`);
    }
  }

  function redraw(root) {
    const place = root.querySelector(".result");
    if (!current || current.kind === "none" || place.clientWidth === 0) return;
    const say = (text) => Explorer.setText(root.querySelector(".readout"), text || "\u00a0");
    if (current.kind === "curve") Explorer.curves(place, current, say);
    else Explorer.atlas(place, current, say);
  }

  Explorer.panel("sweep", draw, setup);
  Explorer.link.part("sweep", { read, write });
})();
