/* The view Honest masks: the painted region, what the layer sees beyond it, and the scores. */
"use strict";

(() => {
  const { html } = Explorer;
  const SIDE = 56;
  const DENSE = 8; // canvas pixels a cell of the mask
  const TIMES = 10; // the bars' axis ends at this ratio, both ways
  let painter = null;
  let against = "region";
  let metric = "spatial";
  let root = null;
  let waiting = false;
  const images = {};

  function setup(panel) {
    root = panel;
    const canvas = root.querySelector("canvas.paint");
    canvas.width = canvas.height = SIDE * DENSE;
    painter = Explorer.inside.painter(canvas, SIDE, changed);
    painter.start(16, 16, 40, 40);
    const group = (name, chosen) => Explorer.segmented(root.querySelector(`.${name}`), chosen);
    group("shape", (button) => (painter.tool.shape = button.dataset.shape));
    group("ink", (button) => (painter.tool.erase = button.dataset.ink === "erase"));
    const size = root.querySelector(".brush");
    size.addEventListener("input", () => (painter.tool.radius = Number(size.value) / 2));
    painter.tool.radius = Number(size.value) / 2;
    for (const name of ["everything", "clear", "invert", "undo"]) {
      root.querySelector(`[data-do="${name}"]`).addEventListener("click", () => painter[name]());
    }
    root.querySelector("form.rectangle").addEventListener("submit", (event) => {
      event.preventDefault();
      rectangle(event.target);
    });
    for (const radio of root.querySelectorAll('[name="inside-mask-against"]')) {
      radio.addEventListener("change", () => {
        against = radio.value;
        changed();
      });
    }
    paint();
  }

  /** The rectangle of the four numbers, which are pixels of the picture. */
  function rectangle(form) {
    const pixels = size();
    const [left, top, width, height] = ["left", "top", "width", "height"].map((name) =>
      Number(form.elements[name].value),
    );
    const cell = (value) => Math.round((value / pixels) * SIDE);
    const [x, y] = [Math.min(cell(left), SIDE - 1), Math.min(cell(top), SIDE - 1)];
    // Never less than a cell, so that something is painted.
    painter.rectangle(x, y, Math.max(cell(left + width), x + 1), Math.max(cell(top + height), y + 1));
  }

  const size = () => Explorer.latest["inside-mask"]?.frame?.size ?? 224;

  /** The page follows at once, the server is asked once a frame. */
  function changed() {
    paint();
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      Explorer.inside.ask("mask");
    });
  }

  /** A picture as an image that is drawn when it is there. */
  function image(source) {
    if (!images[source]) {
      for (const old of Object.keys(images)) delete images[old];
      images[source] = new Image();
      images[source].onload = () => draw(root, Explorer.latest["inside-mask"]);
      images[source].src = source;
    }
    return images[source].complete ? images[source] : null;
  }

  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

  /** A canvas of the picture's size, its pixels given by `colour(i)` as RGBA. */
  function layer(width, height, colour) {
    const canvas = html("canvas", { width, height });
    const pixels = new ImageData(width, height);
    for (let i = 0; i < width * height; i++) pixels.data.set(colour(i), 4 * i);
    canvas.getContext("2d").putImageData(pixels, 0, 0);
    return canvas;
  }

  const SEEN = [240, 140, 0, 120];
  const UNSEEN = [12, 18, 34, 185];
  const CLEAR = [0, 0, 0, 0];

  function background(context, width) {
    const original = Explorer.latest.pictures && image(Explorer.inside.sources()[0]);
    context.imageSmoothingEnabled = false;
    context.clearRect(0, 0, width, width);
    if (original) context.drawImage(original, 0, 0, width, width);
  }

  /** The picture to paint on: painted clear, seen besides orange, unseen dark. */
  function paint() {
    const canvas = root.querySelector("canvas.paint");
    const context = canvas.getContext("2d");
    const width = canvas.width;
    background(context, width);
    const value = Explorer.latest["inside-mask"];
    const shown = value && !value.failed && value.picture;
    const [w, h] = shown ? [shown.width, shown.height] : [SIDE, SIDE];
    const seen = shown ? bytes(shown.seen) : null;
    const shade = layer(w, h, (i) => {
      const [x, y] = [i % w, Math.floor(i / w)];
      const cell = [(x + 0.5) / w, (y + 0.5) / h].map((v) => Math.floor(v * SIDE));
      if (painter.at(...cell)) return CLEAR;
      return seen && !painter.isEmpty() && seen[i >> 3] & (128 >> (i & 7)) ? SEEN : UNSEEN;
    });
    context.drawImage(shade, 0, 0, width, width);
    outline(context);
    root.querySelector('[data-do="undo"]').disabled = !painter.canUndo();
  }

  function outline(context) {
    const path = new Path2D();
    const at = (x, y) => x >= 0 && y >= 0 && x < SIDE && y < SIDE && painter.at(x, y) === 1;
    for (let y = 0; y <= SIDE; y++) {
      for (let x = 0; x <= SIDE; x++) {
        if (at(x, y) !== at(x - 1, y)) path.rect(x * DENSE, y * DENSE, 0, DENSE);
        if (at(x, y) !== at(x, y - 1)) path.rect(x * DENSE, y * DENSE, DENSE, 0);
      }
    }
    for (const [colour, width] of [["#0b1220", 4], ["#ffffff", 2]]) {
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.stroke(path);
    }
  }

  /** The chosen layer's places, each as bright as it counts. */
  function cells(canvas, picture) {
    canvas.width = canvas.height = SIDE * DENSE;
    const context = canvas.getContext("2d");
    background(context, canvas.width);
    const weights = bytes(picture.weights);
    const [down, across] = [picture.down, picture.across];
    const [columns, rows] = [across.length - 1, down.length - 1];
    const [sx, sy] = [canvas.width / picture.width, canvas.height / picture.height];
    for (let i = 0; i < weights.length; i++) {
      const [x, y] = [i % columns, Math.floor(i / columns)];
      const box = [across[x] * sx, down[y] * sy, (across[x + 1] - across[x]) * sx, (down[y + 1] - down[y]) * sy];
      context.fillStyle = `rgb(12 18 34 / ${0.85 * (1 - weights[i] / 255)})`;
      context.fillRect(...box);
      if (Math.max(rows, columns) > SIDE) continue;
      context.strokeStyle = "rgb(255 255 255 / 0.22)";
      context.strokeRect(...box);
    }
  }

  function draw(panel, value) {
    if (!value || value.failed) return;
    paint();
    const chosen = value.layers[value.frame.layer];
    const laid = panel.querySelector("canvas.cells");
    cells(laid, value.picture);
    const counts = `${chosen.name} has ${chosen.places} places, one each ${chosen.jump} px; the mask weighs as ${chosen.weight} of them, and sort compares ${chosen.counted}`;
    laid.setAttribute("aria-label", `What ${chosen.name} counts. ${counts}.`);
    Explorer.setText(panel.querySelector(".counts"), `${counts}.`);
    Explorer.setText(panel.querySelector(".reach"), value.reach);
    scores(panel, value);
    layers(panel, value);
  }

  const mark = (passes) =>
    html("span", { class: passes === null ? "" : passes ? "pass" : "fail", title: passes === null ? "" : passes ? "passes" : "fails" }, passes === null ? "" : passes ? " ✓" : " ✗");

  /** Inside ÷ whole as a bar from the middle, on a log axis that never moves. */
  function bar(ratio, colour) {
    const box = html("span", { class: "ratio", "aria-hidden": "true" });
    if (ratio === null) return box;
    const at = ratio > 0 ? Math.log(ratio) / Math.log(TIMES) : -1;
    const length = 50 * Math.min(Math.abs(at), 1);
    const left = at < 0 ? 50 - length : 50;
    box.append(html("i", { style: `left:${left}%;width:${length}%;background:${colour}` }));
    return box;
  }

  const times = (ratio) => (ratio === null ? "" : `× ${ratio.toPrecision(2)}`);

  const titles = (...names) => html("tr", {}, ...names.map((name) => html("th", { scope: "col" }, name)));

  const caption = (text) => html("caption", { class: "sr-only" }, text);
  function axis() {
    return html("span", { class: "ends" }, html("span", {}, `÷ ${TIMES}`), html("span", {}, "same"), html("span", {}, `× ${TIMES}`));
  }

  function scores(panel, value) {
    const table = panel.querySelector(".scores");
    if (!value.metrics.some((m) => m.metric === metric)) metric = value.metrics[0].metric;
    const focused = table.contains(document.activeElement);
    const rows = value.metrics.map((m) => {
      const pick = html("button", { type: "button", "aria-pressed": String(m.metric === metric), title: m.help });
      pick.append(html("span", { class: "dot", style: `background:${m.colour}` }), m.title);
      pick.addEventListener("click", () => {
        metric = m.metric;
        scores(panel, value);
        layers(panel, value);
        table.querySelector('[aria-pressed="true"]').focus();
      });
      return html(
        "tr",
        { "data-metric": m.metric },
        html("th", { scope: "row" }, pick),
        html("td", { title: `limit ${m.limit}` }, m.inside, mark(m.insidePasses)),
        html("td", {}, m.whole, mark(m.wholePasses)),
        html("td", { class: "wide" }, bar(m.ratio, m.colour)),
        html("td", {}, times(m.ratio)),
      );
    });
    const head = titles("metric", "inside", "whole", axis(), html("span", { class: "sr-only" }, "inside ÷ whole"));
    table.replaceChildren(caption("Distances by metric, within the mask and on the whole picture"), html("thead", {}, head), html("tbody", {}, ...rows));
    if (focused) table.querySelector('[aria-pressed="true"]').focus();
  }

  function layers(panel, value) {
    const m = value.metrics.find((row) => row.metric === metric);
    Explorer.setText(panel.querySelector(".layers-title"), `${m.title}, layer by layer`);
    const rows = m.layers.map((layer, i) => {
      const about = value.layers[i];
      return html(
        "tr",
        { class: i === value.frame.layer ? "chosen" : "" },
        html("th", { scope: "row" }, about.name),
        html("td", {}, layer.inside),
        html("td", {}, layer.whole),
        html("td", { class: "wide" }, bar(layer.ratio, m.colour)),
        html("td", {}, `${about.size} px`),
        html("td", {}, about.seen),
      );
    });
    const head = titles("layer", "inside", "whole", axis(), "a place sees", "seen in all");
    panel.querySelector(".layers").replaceChildren(caption(`${m.title}, layer by layer`), html("thead", {}, head), html("tbody", {}, ...rows));
    Explorer.setText(panel.querySelector(".words"), value.metrics.map((row) => row.sentence).join(" "));
  }

  Explorer.inside.view("mask", {
    draw,
    setup,
    request: () => ({ mask: painter?.packed() ?? null, against }),
  });
})();
