/* The sweep tab: what is asked, the progress, the table, the file. Drawing is in curves and atlas. */
"use strict";

(() => {
  const { html } = Explorer;
  let mode = "curve";
  let asked = 0; // how many sweeps were asked for
  let awaited = 0; // the number of the sweep that runs; 0 when none does
  let swept = null; // the picture that was swept last
  let current = null; // the newest answer to what was asked last

  function setup(root) {
    Explorer.segmented(root.querySelector(".segmented"), (button) => {
      mode = button.dataset.mode;
      root.dataset.mode = mode;
    });
    root.querySelector(".run").addEventListener("click", () => run(root));
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
})();
