/* Feature maps of channels as small canvases: coded values from the server, coloured here. */
"use strict";

Explorer.inside.channelMaps = (() => {
  const { html } = Explorer;
  const KINDS = ["a", "b", "squared"];

  /** The codes of a cell: value = low + (high − low) · code / top. */
  function codes(cell) {
    if (!cell.codes) {
      const bytes = Uint8Array.from(atob(cell.data), (c) => c.charCodeAt(0));
      cell.codes = cell.top > 255 ? new Uint16Array(bytes.buffer) : bytes;
    }
    return cell.codes;
  }

  /** The value of a cell at a row and column of what is shown. */
  function valueAt(cell, row, column) {
    const code = codes(cell)[row * cell.width + column];
    return cell.low + ((cell.high - cell.low) * code) / cell.top;
  }

  /** Paint a cell from the first colour at `low` to the last at `high`. */
  function paint(canvas, cell, [low, high]) {
    canvas.width = cell.width;
    canvas.height = cell.height;
    const context = canvas.getContext("2d");
    const pixels = context.createImageData(cell.width, cell.height);
    const each = codes(cell);
    const span = high > low ? 255 / (high - low) : 0;
    const offset = (cell.low - low) * span;
    const factor = ((cell.high - cell.low) / cell.top) * span;
    for (let i = 0; i < each.length; i++) {
      const level = Math.max(0, Math.min(255, Math.round(offset + factor * each[i])));
      pixels.data.set(Explorer.magma.subarray(3 * level, 3 * level + 3), 4 * i);
      pixels.data[4 * i + 3] = 255;
    }
    context.putImageData(pixels, 0, 0);
  }

  /** The ends of the colour scales of a channel's three maps: their own, or the layer's. */
  function scales(trio, limits, norm, scale) {
    const maps = scale === "layer" ? limits.maps[norm] : [trio.a.low, trio.a.high];
    const squared = [0, scale === "layer" ? limits.squared[norm] : trio.squared.high];
    return { a: maps, b: maps, squared };
  }

  /** Three canvases of a channel. */
  function canvases(trio, limits, norm, scale) {
    const ends = scales(trio, limits, norm, scale);
    return KINDS.map((kind) => {
      const canvas = html("canvas");
      paint(canvas, trio[kind], ends[kind]);
      return canvas;
    });
  }

  /** A channel's three maps with captions; `said(text)` is told what is under the pointer. */
  function captioned(trio, { limits, norm, scale, names, title, chosen, said }) {
    const short = (v) => `${+v.toPrecision(3)}`;
    const texts = {
      a: `${names[0]}, mean ${trio.a.mean}`,
      b: `${names[1]}, mean ${trio.b.mean}`,
      squared: `squared difference, mean ${trio.squared.mean}`,
    };
    const ends = scales(trio, limits, norm, scale);
    const figures = canvases(trio, limits, norm, scale).map((canvas, i) => {
      const kind = KINDS[i];
      const range = `${short(ends[kind][0])} to ${short(ends[kind][1])}`;
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", `${title}: ${texts[kind]}, largest ${trio[kind].max}`);
      canvas.addEventListener("pointermove", (event) => said(read(trio, canvas, names, event)));
      canvas.addEventListener("pointerleave", () => said(""));
      const caption = html("figcaption", {}, texts[kind], html("span", {}, `colours ${range}`));
      return html("figure", {}, canvas, caption);
    });
    const heading = html("h4", { class: chosen ? "chosen" : "" }, title);
    return html("div", { class: "trio" }, heading, html("div", { class: "three" }, ...figures));
  }

  function read(trio, canvas, names, event) {
    const cell = trio.a;
    const box = canvas.getBoundingClientRect();
    const at = (offset, length, count) =>
      Math.min(Math.max(Math.floor((offset / length) * count), 0), count - 1);
    const column = at(event.clientX - box.left, box.width, cell.width);
    const row = at(event.clientY - box.top, box.height, cell.height);
    const [a, b, squared] = KINDS.map((k) => valueAt(trio[k], row, column).toPrecision(3));
    const line = (i, shown, full) => (shown === full ? `${i}` : `${Math.floor((i * full) / shown)}…`);
    const where = `row ${line(row, cell.height, cell.fullHeight)}, column ${line(column, cell.width, cell.fullWidth)}`;
    return `${where}: ${names[0]} ${a}, ${names[1]} ${b}, squared difference ${squared}`;
  }

  return { canvases, captioned, valueAt };
})();
