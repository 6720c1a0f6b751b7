/* Per-layer bars: shares on a fixed axis, or distances on a log axis that moves only by decades. */
"use strict";

(() => {
  const { svg, html } = Explorer;
  const HEIGHT = 210;
  const TOP = 10;
  const BOTTOM = 26;
  const LEFT = 46;
  let scale = "share";
  let decades = null;

  function setup(root) {
    Explorer.segmented(root.querySelector(".segmented"), (button) => {
      scale = button.dataset.scale;
      Explorer.redraw("bars");
    });
  }

  /** Decades that hold all values; they grow at once and shrink only when far too large. */
  function domain(series) {
    const values = series.flatMap((s) => s.values).filter((v) => v > 0);
    if (!values.length) return decades || [-3, 0];
    const low = Math.floor(Math.log10(Math.min(...values)));
    const high = Math.ceil(Math.log10(Math.max(...values)));
    const fits = decades && decades[0] <= low && decades[1] >= high;
    if (!fits || high - low + 4 < decades[1] - decades[0]) decades = [low, Math.max(high, low + 1)];
    return decades;
  }

  function draw(root, value) {
    const chart = root.querySelector(".chart");
    const width = chart.clientWidth;
    if (width === 0) return;
    const picture = svg("svg", { width, height: HEIGHT, role: "img" });
    picture.setAttribute("aria-label", describe(value));
    const inner = HEIGHT - TOP - BOTTOM;
    const [low, high] = scale === "share" ? [0, 1] : domain(value.series);
    const y = (v) => {
      if (scale === "share") return TOP + (1 - v) * inner;
      if (v <= 0) return TOP + inner;
      return TOP + (1 - (Math.log10(v) - low) / (high - low)) * inner;
    };
    const marks = scale === "share" ? [0, 0.25, 0.5, 0.75, 1] : [];
    const every = Math.max(1, Math.ceil((high - low) / 5));
    for (let d = low; scale !== "share" && d <= high; d += every) marks.push(10 ** d);
    for (const mark of marks) {
      const at = y(mark);
      const label = svg("text", { x: LEFT - 6, y: at + 4, "text-anchor": "end" });
      label.append(scale === "share" ? `${100 * mark}%` : mark >= 1e4 ? mark.toExponential(0) : `${+mark.toPrecision(1)}`);
      picture.append(svg("line", { x1: LEFT, x2: width, y1: at, y2: at, class: "grid" }), label);
    }
    const band = (width - LEFT) / value.layers.length;
    const bar = Math.min((band - 8) / value.series.length, 22);
    value.layers.forEach((layer, i) => {
      const start = LEFT + i * band + (band - bar * value.series.length) / 2;
      const label = svg("text", { x: LEFT + (i + 0.5) * band, y: HEIGHT - 8, "text-anchor": "middle" });
      label.append(layer);
      picture.append(label);
      value.series.forEach((series, k) => {
        const top = y(scale === "share" ? series.shares[i] : series.values[i]);
        const box = svg("rect", {
          x: start + k * bar + 0.5,
          y: top,
          width: Math.max(bar - 1, 1),
          height: Math.max(TOP + inner - top, 0),
          fill: series.colour,
          rx: 1.5,
        });
        const share = `${(100 * series.shares[i]).toFixed(1)} %`;
        box.append(svg("title", {}, `${series.title}, ${layer}: ${series.labels[i]} (${share})`));
        picture.append(box);
      });
    });
    chart.replaceChildren(picture);
    root.querySelector(".legend").replaceChildren(
      ...value.series.map((s) =>
        html(
          "span",
          { "data-metric": s.metric },
          html("span", { class: "dot", style: `background:${s.colour}` }),
          `${s.title} `,
          html("b", {}, s.total),
        ),
      ),
    );
  }

  function describe(value) {
    return value.series
      .map((s) => `${s.title}: ${value.layers.map((l, i) => `${l} ${s.labels[i]}`).join(", ")}`)
      .join(". ");
  }

  Explorer.panel("bars", draw, setup);
})();
