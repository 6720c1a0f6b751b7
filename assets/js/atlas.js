/* The atlas: one small map a metric over two knobs, what fails outlined. */
"use strict";

(() => {
  const { html } = Explorer;
  const CELL = 8; // canvas pixels a cell, so that outlines are thin
  const REACH = 2; // doublings either side of the limit until the colour is full
  // Two hues that everybody tells apart, pale at the limit.
  const PASS = [0, 104, 136];
  const FAIL = [196, 84, 0];
  const PALE = [244, 241, 234];
  const NORMS = { norm: "channel norm", raw: "no norm", own: "your own", pixels: "pixels" };

  function colour(ratio) {
    const away = Math.min(Math.max(Math.log2(Math.max(ratio, 1e-9)) / REACH, -1), 1);
    const end = away > 0 ? FAIL : PASS;
    const share = 0.12 + 0.88 * Math.abs(away);
    return `rgb(${PALE.map((c, i) => Math.round(c + share * (end[i] - c))).join(",")})`;
  }

  /** Row 0 is the lowest value of y, which stands at the bottom. */
  function paint(canvas, series, columns, rows) {
    canvas.width = columns * CELL;
    canvas.height = rows * CELL;
    const context = canvas.getContext("2d");
    const at = (i, j) => series.ratio[j * columns + i];
    for (let j = 0; j < rows; j++) {
      for (let i = 0; i < columns; i++) {
        if (at(i, j) === null) continue;
        context.fillStyle = colour(at(i, j));
        context.fillRect(i * CELL, (rows - 1 - j) * CELL, CELL, CELL);
      }
    }
    context.beginPath();
    const fails = (i, j) => at(i, j) > 1;
    for (let j = 0; j < rows; j++) {
      for (let i = 0; i < columns; i++) {
        const [x, y] = [i * CELL, (rows - 1 - j) * CELL];
        if (i + 1 < columns && fails(i, j) !== fails(i + 1, j)) {
          context.moveTo(x + CELL, y);
          context.lineTo(x + CELL, y + CELL);
        }
        if (j + 1 < rows && fails(i, j) !== fails(i, j + 1)) {
          context.moveTo(x, y);
          context.lineTo(x + CELL, y);
        }
      }
    }
    context.lineWidth = 2;
    context.strokeStyle = "#111";
    context.stroke();
  }

  function map(value, series, say) {
    const [xs, ys] = value.axes.map((axis) => axis.values);
    const canvas = html("canvas", { role: "application", tabindex: "0" });
    const norm = NORMS[series.norm];
    canvas.setAttribute("aria-label", `${series.title}, ${norm}: ${series.verdict} of the points. Arrow keys move, Enter opens.`);
    canvas.dataset.series = `${series.metric} ${series.norm}`;
    paint(canvas, series, xs.length, ys.length);
    let place = null;
    const point = (i, j) => {
      place = [Math.min(Math.max(i, 0), xs.length - 1), Math.min(Math.max(j, 0), ys.length - 1)];
      const ratio = series.ratio[place[1] * xs.length + place[0]];
      const [x, y] = value.axes.map((axis, k) => `${axis.title} ${axis.values[place[k]]} ${axis.unit}`.trim());
      const words = ratio === null ? "not known yet" : `${ratio > 1 ? "✗" : "✓"} ${ratio} of the limit`;
      const text = `${series.title}, ${norm}, ${x}, ${y}: ${words}`;
      say(text);
      return text;
    };
    const under = (event) => {
      const box = canvas.getBoundingClientRect();
      const across = (event.clientX - box.left) / box.width;
      const up = 1 - (event.clientY - box.top) / box.height;
      point(Math.floor(across * xs.length), Math.floor(up * ys.length));
    };
    const open = () => {
      const moved = Object.fromEntries(value.axes.map((axis, k) => [axis.name, axis.values[place[k]]]));
      Explorer.form.open({ ...value.values, ...moved }, false);
    };
    canvas.addEventListener("pointermove", under);
    canvas.addEventListener("pointerleave", () => say(""));
    canvas.addEventListener("click", (event) => {
      under(event);
      open();
    });
    canvas.addEventListener("keydown", (event) => {
      const step = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
      if (step) {
        event.preventDefault();
        Explorer.spoken.say(place ? point(place[0] + step[0], place[1] + step[1]) : point(0, 0));
      } else if (event.key === "Enter" && place) open();
    });
    return html(
      "figure",
      {},
      canvas,
      html("figcaption", {}, html("b", {}, series.title), html("span", {}, norm), html("span", { class: "share" }, series.verdict)),
    );
  }

  function ends(axis) {
    const unit = axis.unit === "°" ? "°" : axis.unit && ` ${axis.unit}`;
    return `${axis.values[0]} to ${axis.values[axis.values.length - 1]}${unit}`;
  }

  Explorer.atlas = (place, value, say) => {
    const [x, y] = value.axes;
    const focused = place.contains(document.activeElement) ? document.activeElement.dataset.series : null;
    place.replaceChildren(
      html("p", { class: "key" }, `Across: ${x.title}, ${ends(x)}. Up: ${y.title}, ${ends(y)}.`),
      html("div", { class: "atlas" }, ...value.series.map((series) => map(value, series, say))),
      html(
        "div",
        { class: "key ramp-key" },
        "passes",
        html("span", { class: "ramp", style: `background:linear-gradient(90deg,${[-2, -1, -0.01, 0.01, 1, 2].map((e) => colour(2 ** e)).join(",")})` }),
        "fails; the line is where the metric is as far as its limit, full colour is 4 times",
      ),
    );
    if (focused) place.querySelector(`canvas[data-series="${focused}"]`)?.focus();
  };
})();
