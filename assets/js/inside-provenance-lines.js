/* Provenance: lines from the first picture to the second, laid over both. */
"use strict";

Explorer.arrowLines = (() => {
  const { svg } = Explorer;
  // Okabe and Ito's palette; grey for its black, which the dark theme would swallow.
  const COLOURS = ["#d55e00", "#0072b2", "#009e73", "#e69f00", "#cc79a7", "#56b4e9", "#f0e442", "#999999"];

  /** Where the middle of a place is on the stage, in pixels of the screen. */
  function centres(stage, frame, [height, width]) {
    const outer = stage.getBoundingClientRect();
    const box = frame.getBoundingClientRect();
    return ([row, column]) => [
      box.left - outer.left + ((column + 0.5) / width) * box.width,
      box.top - outer.top + ((row + 0.5) / height) * box.height,
    ];
  }

  /** A rectangle around a place. */
  function cell(frame, [x, y], [height, width], kind) {
    const w = Math.max(frame.clientWidth / width, 7);
    const h = Math.max(frame.clientHeight / height, 7);
    return svg("rect", { class: kind, x: x - w / 2, y: y - h / 2, width: w, height: h });
  }

  /** Every line twice: a dark casing below keeps it apart from any picture. */
  function line([x1, y1], [x2, y2], colour, width, opacity, name = {}) {
    const d = `M${x1.toFixed(1)} ${y1.toFixed(1)}L${x2.toFixed(1)} ${y2.toFixed(1)}`;
    return svg(
      "g",
      { class: "arrow", opacity, ...name },
      svg("path", { d, class: "casing", "stroke-width": width + 2 }),
      svg("path", { d, stroke: colour, "stroke-width": width }),
      svg("circle", { cx: x2, cy: y2, r: width + 1.5, fill: colour, class: "head" }),
    );
  }

  function ofPlace(value, from, to, frames) {
    const { at } = value.place;
    // The strongest is drawn last, over the others.
    const lines = value.arrows.map((arrow, i) => {
      const width = 1.2 + 3.8 * Math.sqrt(arrow.strength);
      const opacity = 0.45 + 0.55 * Math.sqrt(arrow.strength);
      return line(from(at), to(arrow.to), COLOURS[i], width, opacity, { "data-i": i });
    });
    return [cell(frames[1], to(at), value.grid, "ghost"), ...lines.reverse(), cell(frames[0], from(at), value.grid, "here")];
  }

  function ofLayer(value, from, to) {
    const [height, width] = value.grid;
    return value.sampled.map(([, row, column, toRow, toColumn]) => {
      const [dx, dy] = [(toColumn - column) / width, (toRow - row) / height];
      const colour = `rgb(${Explorer.displacement.colour(dx, dy, 1).join()})`;
      return line(from([row, column]), to([toRow, toColumn]), colour, 1.1, 0.8);
    });
  }

  function draw(root, value, scope) {
    const stage = root.querySelector(".stage-of-arrows");
    const layer = root.querySelector("svg.lines");
    const frames = [...stage.querySelectorAll(".from .frame, .to .frame")];
    const [from, to] = frames.map((frame) => centres(stage, frame, value.grid));
    layer.setAttribute("viewBox", `0 0 ${stage.clientWidth} ${stage.clientHeight}`);
    const lines = scope === "whole" ? ofLayer(value, from, to) : ofPlace(value, from, to, frames);
    layer.replaceChildren(...lines);
    const map = stage.querySelector(".moves .frame");
    const onMap = centres(stage, map, value.grid)(value.place.at);
    layer.append(cell(map, onMap, value.grid, "here"));
  }

  return { COLOURS, draw };
})();
