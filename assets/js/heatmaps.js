/* Heatmaps: 16-bit values from the server, coloured here with one lookup table. */
"use strict";

(() => {
  const { html } = Explorer;
  const options = { scale: "layer", lock: false, overlay: true };
  let locked = null;

  // Stops of the magma colour map (matplotlib, CC0), from 0 to 1.
  const STOPS = [
    [0, 0, 4], [28, 16, 68], [79, 18, 123], [129, 37, 129], [181, 54, 122],
    [229, 80, 100], [251, 135, 97], [254, 194, 135], [252, 253, 191],
  ];
  const TABLE = new Uint8Array(256 * 3);
  for (let i = 0; i < 256; i++) {
    const at = (i / 255) * (STOPS.length - 1);
    const k = Math.min(Math.floor(at), STOPS.length - 2);
    for (let c = 0; c < 3; c++) {
      TABLE[3 * i + c] = Math.round(STOPS[k][c] + (at - k) * (STOPS[k + 1][c] - STOPS[k][c]));
    }
  }

  Explorer.magma = TABLE; // 256 × (red, green, blue)

  function setup(root) {
    Explorer.segmented(root.querySelector(".segmented"), (button) => {
      options.scale = button.dataset.scale;
      locked = null;
      Explorer.redraw("heatmaps");
    });
    for (const name of ["lock", "overlay"]) {
      root.querySelector(`.${name}`).addEventListener("change", (event) => {
        options[name] = event.target.checked;
        locked = null;
        Explorer.redraw("heatmaps");
      });
    }
  }

  function decode(cell) {
    if (!cell.values) {
      const text = atob(cell.data);
      const bytes = Uint8Array.from(text, (c) => c.charCodeAt(0));
      cell.values = new Uint16Array(bytes.buffer);
    }
    return cell.values;
  }

  /** The top of the colour scale of every layer, kept while the lock is on. */
  function peaks(value) {
    const own = value.rows[0].cells.map((_, i) =>
      Math.max(...value.rows.map((row) => row.cells[i].peak)),
    );
    const shared = own.map(() => Math.max(...own));
    const now = options.scale === "shared" ? shared : own;
    if (!options.lock) return now;
    const kind = `${value.metric} ${value.norm} ${own.length}`;
    if (!locked || locked.kind !== kind) locked = { kind, peaks: now };
    return locked.peaks;
  }

  function paint(canvas, cell, peak, blend) {
    canvas.width = cell.width;
    canvas.height = cell.height;
    const context = canvas.getContext("2d");
    const pixels = context.createImageData(cell.width, cell.height);
    const values = decode(cell);
    const factor = peak > 0 ? (cell.peak / 65535 / peak) * 255 : 0;
    for (let i = 0; i < values.length; i++) {
      const level = Math.min(Math.round(values[i] * factor), 255);
      pixels.data.set(TABLE.subarray(3 * level, 3 * level + 3), 4 * i);
      // Where little differs the picture shows; a quarter of the scale already covers most of it.
      pixels.data[4 * i + 3] = blend ? 225 * (1 - (1 - level / 255) ** 5) : 255;
    }
    context.putImageData(pixels, 0, 0);
  }

  function tile(root, row, cell, peak, value) {
    const under = row.over === "original" ? "original" : "perturbed";
    const blend = options.overlay && value.kind === "positions";
    const canvas = html("canvas", { role: "img" });
    canvas.setAttribute(
      "aria-label",
      `Heatmap of ${cell.layer}: distance ${cell.distance}, largest value ${cell.peakLabel}`,
    );
    paint(canvas, cell, peak, blend);
    const box = html("div", { class: "map" }, canvas);
    if (blend && Explorer.latest.pictures) {
      box.classList.add("over");
      box.style.setProperty("--under", `url(${Explorer.latest.pictures[under]})`);
    }
    canvas.addEventListener("pointermove", (event) => read(root, canvas, cell, value, event));
    canvas.addEventListener("pointerleave", () => (root.querySelector(".readout").innerHTML = "&nbsp;"));
    const grid = value.kind === "channels" ? `${cell.height * cell.width} channels` : `${cell.fullWidth} × ${cell.fullHeight}`;
    return html(
      "figure",
      {},
      box,
      html(
        "figcaption",
        {},
        html("b", {}, cell.layer),
        html("span", { class: "distance" }, cell.distance),
        html("span", { class: "detail" }, `${grid} · max ${cell.peakLabel}`),
      ),
    );
  }

  function read(root, canvas, cell, value, event) {
    const box = canvas.getBoundingClientRect();
    const at = (offset, length, count) =>
      Math.min(Math.max(Math.floor((offset / length) * count), 0), count - 1);
    const x = at(event.clientX - box.left, box.width, cell.width);
    const y = at(event.clientY - box.top, box.height, cell.height);
    const amount = (decode(cell)[y * cell.width + x] / 65535) * cell.peak;
    const where =
      value.kind === "channels" ? `channel ${y * cell.width + x}` : `row ${y}, column ${x}`;
    root.querySelector(".readout").textContent =
      `${cell.layer}, ${where}: ${amount.toPrecision(3)}`;
  }

  function draw(root, value) {
    const top = peaks(value);
    const names = { original: "Over the original", perturbed: "Over the perturbed picture" };
    const rows = value.rows.map((row) =>
      html(
        "div",
        { class: "maps", style: `--columns:${row.cells.length}` },
        ...(names[row.over] ? [html("h3", {}, names[row.over])] : []),
        ...row.cells.map((cell, i) => tile(root, row, cell, top[i], value)),
      ),
    );
    root.querySelector(".grid").replaceChildren(...rows, legend(top));
    Explorer.setText(root.querySelector(".how"), [value.note, value.help].filter(Boolean).join(" "));
    root.dataset.metric = value.metric;
  }

  function legend(top) {
    const shared = options.scale === "shared" || top.length === 1;
    const text = shared ? top[0].toPrecision(3) : "each layer's max";
    return html(
      "div",
      { class: "colourbar" },
      "0",
      html("span", { class: "ramp" }),
      options.lock ? `${text} (locked)` : text,
    );
  }

  Explorer.panel("heatmaps", draw, setup);
})();
