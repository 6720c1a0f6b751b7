/* All channels of a layer, the largest contribution first: bars, and their running sum. */
"use strict";

Explorer.inside.channelStrip = (() => {
  const { svg } = Explorer;
  const HEIGHT = 108;
  const EDGE = { top: 8, right: 44, bottom: 20, left: 44 };
  const STEPS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1];

  /** Make an element a slider over the ranks; `choose(rank)` is told, from 0. */
  function setup(strip, choose, hovered) {
    let value = null;
    let place = 0;
    strip.setAttribute("role", "slider");
    strip.setAttribute("aria-label", "Channels, the one that contributes most first");
    strip.tabIndex = 0;
    const under = (event) => {
      const box = strip.getBoundingClientRect();
      const part = (event.clientX - box.left - EDGE.left) / (box.width - EDGE.left - EDGE.right);
      return clamp(Math.floor(part * value.order.length));
    };
    const clamp = (i) => Math.min(Math.max(i, 0), value.order.length - 1);
    strip.addEventListener("click", (event) => value && choose(under(event)));
    strip.addEventListener("pointermove", (event) => value && hovered(under(event)));
    strip.addEventListener("pointerleave", () => hovered(null));
    strip.addEventListener("keydown", (event) => {
      const { key } = event;
      const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[key];
      if (!value || (!step && key !== "Home" && key !== "End")) return;
      event.preventDefault();
      const next = key === "Home" ? 0 : key === "End" ? Infinity : place + step;
      place = clamp(next);
      choose(place);
    });
    return (shown, chosen) => {
      value = shown;
      place = value.order.indexOf(chosen);
      strip.setAttribute("aria-valuemin", "1");
      strip.setAttribute("aria-valuemax", String(value.order.length));
      strip.setAttribute("aria-valuenow", String(place + 1));
      strip.setAttribute("aria-valuetext", text(value, place));
      draw(strip, value, place);
    };
  }

  /** What one rank is, in words. */
  function text(value, i) {
    const part = value.total > 0 ? value.contributions[i] / value.total : 0;
    const running = value.contributions.slice(0, i + 1).reduce((sum, v) => sum + v, 0);
    const together = value.total > 0 ? Math.min(running / value.total, 1) : 0;
    return (
      `channel ${value.order[i]}, ${i + 1} of ${value.order.length}: ` +
      `${(100 * part).toPrecision(2)} % of the distance; ` +
      `the first ${i + 1} together ${(100 * together).toFixed(1)} %`
    );
  }

  function draw(strip, value, place) {
    const width = strip.clientWidth;
    const count = value.order.length;
    const wide = width - EDGE.left - EDGE.right;
    const tall = HEIGHT - EDGE.top - EDGE.bottom;
    const shares = value.contributions.map((v) => (value.total > 0 ? v / value.total : 0));
    const top = STEPS.find((step) => step >= shares[0]) ?? 1;
    const x = (i) => EDGE.left + (i / count) * wide;
    const y = (part) => EDGE.top + (1 - part) * tall;
    const bars = (from, to) => {
      let path = `M${x(from)},${y(0)}`;
      for (let i = from; i < to; i++) path += `V${y(shares[i] / top).toFixed(2)}H${x(i + 1).toFixed(2)}`;
      return `${path}V${y(0)}Z`;
    };
    let sum = 0;
    const line = shares.map((share, i) => {
      sum = Math.min(sum + share, 1);
      return `${x(i + 1).toFixed(2)},${y(sum).toFixed(2)}`;
    });
    const shown = Math.min(value.count, count);
    const label = (at, up, anchor, words, kind = "") => {
      const node = svg("text", { x: at, y: up, "text-anchor": anchor, class: kind });
      node.append(words);
      return node;
    };
    const middle = (x(place) + x(place + 1)) / 2;
    const picture = svg("svg", { width, height: HEIGHT, "aria-hidden": "true" });
    picture.append(
      svg("line", { x1: x(0), x2: x(count), y1: y(0), y2: y(0), class: "axis" }),
      svg("line", { x1: x(0), x2: x(count), y1: y(1), y2: y(1), class: "grid" }),
      svg("path", { d: bars(0, shown), class: "bars first" }),
      svg("path", { d: bars(shown, count), class: "bars" }),
      svg("polyline", { points: [`${x(0)},${y(0)}`, ...line].join(" "), class: "running" }),
      svg("line", { x1: middle, x2: middle, y1: y(1), y2: y(0), class: "chosen" }),
      svg("path", { d: `M${middle},${y(0) + 1}l-5,8h10Z`, class: "marker" }),
      label(x(0) - 5, y(1) + 5, "end", `${+(100 * top).toPrecision(2)} %`),
      label(x(0) - 5, y(0) + 3, "end", "0"),
      label(x(count) + 5, y(1) + 5, "start", "100 %", "sum"),
      label(x(count) + 5, y(0) + 3, "start", "0", "sum"),
      label(x(0), HEIGHT - 3, "start", middle - x(0) < 40 ? "" : "1st"),
      label(x(count), HEIGHT - 3, "end", x(count) - middle < 40 ? "" : `${count}th`.replace(/1th$/, "1st")),
    );
    strip.replaceChildren(picture);
  }

  return { setup, text };
})();
