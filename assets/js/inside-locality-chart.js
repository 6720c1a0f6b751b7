/* Locality: the curves over the window, and the passing ranges below on the same axis. */
"use strict";

Explorer.locality = (() => {
  const { svg } = Explorer;
  const HEIGHT = 280;
  const LANE = 18;
  const PAD = { left: 44, right: 12, top: 22, bottom: 40 };
  const INSET = 14; // the first and the last window stand a little inside of the frame

  /** Places on the log axis that chart and lanes share. */
  function scale(value, width) {
    const px = value.windows.map((w) => w.px);
    const [low, high] = [Math.log(px[0]), Math.log(px[px.length - 1])];
    const inner = width - PAD.left - PAD.right - 2 * INSET;
    const place = (v) => PAD.left + INSET + ((Math.log(v) - low) / (high - low || 1)) * inner;
    const x = px.map(place);
    const edges = [PAD.left, ...x.slice(1).map((at, i) => (at + x[i]) / 2), width - PAD.right];
    const [bottom, top] = value.domain.map(Math.log);
    const y = (ratio) => {
      const at = (Math.log(Math.max(ratio, 1e-12)) - bottom) / (top - bottom);
      return PAD.top + (1 - Math.min(Math.max(at, 0), 1)) * (HEIGHT - PAD.top - PAD.bottom);
    };
    return { px, x, edges, y, width };
  }

  function text(content, attributes) {
    const node = svg("text", attributes);
    node.append(content);
    return node;
  }

  /** A ratio that is none (the limit is zero) stands at the edge of its verdict. */
  function height(point, s, value) {
    if (point.ratio === null) return s.y(point.passed ? value.domain[0] : value.domain[1]);
    return s.y(point.ratio);
  }

  function axes(picture, s) {
    const floor = HEIGHT - PAD.bottom;
    const right = s.width - PAD.right;
    picture.append(
      svg("rect", { x: PAD.left, y: s.y(1), width: right - PAD.left, height: floor - s.y(1), class: "safe" }),
    );
    for (const ratio of [0.01, 0.1, 1, 10]) {
      const y = s.y(ratio);
      const kind = ratio === 1 ? "limit" : "grid";
      picture.append(
        svg("line", { x1: PAD.left, x2: right, y1: y, y2: y, class: kind }),
        text(`${ratio}`, { x: PAD.left - 6, y: y + 4, "text-anchor": "end" }),
      );
    }
    picture.append(
      text("↑ fails", { x: PAD.left + 6, y: s.y(10) - 6 }),
      text("↓ passes", { x: PAD.left + 6, y: s.y(0.1) + 18 }),
      text("one cell: spatial", { x: PAD.left, y: 14 }),
      text("whole map", { x: right, y: 14, "text-anchor": "end" }),
      text("Window (px of the picture)", { x: (PAD.left + right) / 2, y: HEIGHT - 6, "text-anchor": "middle" }),
    );
    const last = s.px.length - 1;
    let free = -Infinity;
    s.px.forEach((px, i) => {
      picture.append(svg("line", { x1: s.x[i], x2: s.x[i], y1: floor, y2: floor + 4, class: "grid" }));
      if (i !== last && (s.x[i] - free < 26 || s.x[last] - s.x[i] < 30)) return;
      free = s.x[i];
      picture.append(text(`${px}`, { x: s.x[i], y: floor + 17, "text-anchor": "middle" }));
    });
  }

  /** A line joins neighbours only: between others nothing is known yet. */
  function curve(picture, points, s, value, colour, kind) {
    let pen = "M";
    let d = "";
    points.forEach((point, i) => {
      if (!point) {
        pen = "M";
        return;
      }
      d += `${pen}${s.x[i].toFixed(1)} ${height(point, s, value).toFixed(1)}`;
      pen = "L";
    });
    picture.append(svg("path", { d, stroke: colour, class: `curve ${kind}` }));
  }

  /** The distance ÷ limit of one challenge over the window; the shuffle is dashed. */
  function chart(value, chosen, at, width, words) {
    const s = scale(value, width);
    const picture = svg("svg", { width, height: HEIGHT, class: "curves", role: "img", "aria-label": words });
    axes(picture, s);
    const shuffle = value.challenges.find((c) => c.minded);
    picture.append(svg("line", { x1: s.x[at], x2: s.x[at], y1: PAD.top, y2: HEIGHT - PAD.bottom, class: "cursor" }));
    for (const { name, colour } of value.modes) {
      if (shuffle !== chosen) curve(picture, shuffle.modes[name], s, value, colour, "other");
      curve(picture, chosen.modes[name], s, value, colour, "");
      chosen.modes[name].forEach((point, i) => {
        if (!point) return;
        const here = { cx: s.x[i], cy: height(point, s, value), fill: colour, r: i === at ? 6 : 3 };
        picture.append(svg("circle", { ...here, class: i === at ? "mark" : "" }));
      });
    }
    return picture;
  }

  /** Two lanes of cells, one a window: filled with a tick where it passes, empty where it fails. */
  function lanes(value, challenge, width) {
    const s = scale(value, width);
    const box = { width, height: 2 * LANE + 2, class: "curves lane", role: "img", "aria-label": challenge.words };
    const picture = svg("svg", box);
    value.modes.forEach(({ name, colour }, row) => {
      const y = row * LANE + 2;
      picture.append(text(name, { x: PAD.left - 6, y: y + LANE - 6, "text-anchor": "end" }));
      challenge.modes[name].forEach((point, i) => {
        const [left, right] = [s.edges[i], s.edges[i + 1]];
        const kind = !point ? "unknown" : point.passed ? "passed" : "failed";
        const cell = { x: left + 1, y, width: right - left - 2, height: LANE - 3, rx: 2, class: `cell ${kind}` };
        picture.append(svg("rect", { ...cell, fill: point?.passed ? colour : "none", stroke: colour }));
        if (!point || right - left < 12) return;
        const middle = { x: (left + right) / 2, y: y + LANE - 6, "text-anchor": "middle", class: kind };
        picture.append(text(point.passed ? "✓" : "✗", middle));
      });
    });
    picture.append(svg("rect", { y: 0.5, height: 2 * LANE + 1, class: "here" }));
    return picture;
  }

  /** Frame the chosen window in all lanes. */
  function frame(place, value, at, width) {
    const { edges } = scale(value, width);
    for (const here of place.querySelectorAll(".here")) {
      here.setAttribute("x", edges[at]);
      here.setAttribute("width", edges[at + 1] - edges[at]);
    }
  }

  /** The window whose cell an x lies in. */
  function windowAt(value, width, x) {
    const { edges } = scale(value, width);
    const found = edges.findIndex((edge, i) => i > 0 && x < edge);
    return found < 0 ? value.windows.length - 1 : found - 1;
  }

  return { chart, lanes, frame, windowAt };
})();
