/* The sweep tab: what is asked, the progress, the table, the file. Drawing is in curves and atlas. */
"use strict";

(() => {
  const { html } = Explorer;
  let mode = "curve";
  let asked = 0; // how many sweeps were asked for; the first one starts by itself
  let running = false;

  function setup(root) {
    Explorer.segmented(root.querySelector(".segmented"), (button) => {
      mode = button.dataset.mode;
      root.dataset.mode = mode;
    });
    root.querySelector(".run").addEventListener("click", () => run(root));
    root.querySelector(".stop").addEventListener("click", () => {
      Explorer.ask("sweep-stopped", asked);
      working(root, false);
      Explorer.setText(root.querySelector(".made-by"), "Cancelled: this is what was known by then.");
    });
    root.querySelector(".csv").addEventListener("click", () => {
      const { axes, csv } = Explorer.latest.sweep;
      Explorer.download(`sweep-${axes.map((a) => a.name).join("-")}.csv`, csv, "text/csv");
    });
    for (const select of root.querySelectorAll("select")) {
      select.addEventListener("focus", () => offer(root));
    }
    new ResizeObserver(() => {
      if (root.clientWidth === 0) return;
      offer(root);
      if (asked === 0) run(root);
    }).observe(root);
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
    // Points of a curve and cells of an atlas are two questions with one label.
    asked += 1;
    working(root, true);
    Explorer.ask("sweep-asked", { ...request, number: asked });
  }

  function working(root, now) {
    running = now;
    root.querySelector(".stop").disabled = !now;
    root.querySelector(".csv").disabled = now || !Explorer.latest.sweep?.csv;
    root.querySelector("progress").classList.toggle("idle", !now);
    if (now) root.querySelector("progress").value = 0;
  }

  function draw(root, value) {
    root.querySelector(".notes").replaceChildren(...(value.notes ?? []).map((n) => html("li", {}, n)));
    root.querySelector("progress").value = value.share;
    if (running) working(root, !value.done);
    root.querySelector("progress").value = value.share;
    if (value.kind === "none") return;
    root.querySelector(".csv").disabled = !value.csv;
    const place = root.querySelector(".result");
    if (place.clientWidth === 0) return;
    const say = (text) => Explorer.setText(root.querySelector(".readout"), text || "\u00a0");
    if (value.kind === "curve") Explorer.curves(place, value, say);
    else Explorer.atlas(place, value, say);
    const words = `${value.receipt} · ${value.known} points`;
    Explorer.setText(root.querySelector(".made-by"), value.done ? words : `${words} so far`);
  }

  Explorer.panel("sweep", draw, setup);
})();
