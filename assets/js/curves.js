/* Curves over one knob: distance as a multiple of the limit, on the verdict ladder's log axis. */
"use strict";

(() => {
  const { svg, html } = Explorer;
  const HEIGHT = 300;
  const PAD = { left: 44, right: 12, top: 12, bottom: 40 };
  const NORMS = [
    ["norm", "With channel norm"],
    ["raw", "Without channel norm"],
    ["own", "Your own"],
    ["pixels", "Baselines on pixels"],
  ];
  const hidden = new Set(); // metrics that the person switched off

  function ticks(low, high, room) {
    const rough = (high - low) / Math.max(Math.floor(room / 70), 2);
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= rough);
    const found = [];
    for (let k = Math.ceil(low / step); k * step <= high + 1e-9; k++) found.push(+(k * step).toPrecision(10));
    return found;
  }

  function scales(value, width) {
    const { values } = value.axes[0];
    const [low, high] = [values[0], values[values.length - 1]];
    const [bottom, top] = value.domain.map(Math.log);
    const inner = width - PAD.left - PAD.right;
    return {
      low,
      high,
      inner,
      x: (v) => PAD.left + ((v - low) / (high - low || 1)) * inner,
      value: (px) => low + ((px - PAD.left) / inner) * (high - low),
      y: (ratio) => {
        const at = (Math.log(Math.max(ratio, 1e-12)) - bottom) / (top - bottom);
        return PAD.top + (1 - Math.min(Math.max(at, 0), 1)) * (HEIGHT - PAD.top - PAD.bottom);
      },
    };
  }

  function axes(picture, value, scale, width) {
    const floor = HEIGHT - PAD.bottom;
    picture.append(
      svg("rect", { x: PAD.left, y: scale.y(1), width: scale.inner, height: floor - scale.y(1), class: "safe" }),
    );
    for (const ratio of [0.01, 0.1, 1, 10]) {
      const y = scale.y(ratio);
      const label = svg("text", { x: PAD.left - 6, y: y + 4, "text-anchor": "end" });
      label.append(`${ratio}`);
      const kind = ratio === 1 ? "limit" : "grid";
      picture.append(svg("line", { x1: PAD.left, x2: width - PAD.right, y1: y, y2: y, class: kind }), label);
    }
    for (const mark of ticks(scale.low, scale.high, scale.inner)) {
      const x = scale.x(mark);
      const label = svg("text", { x, y: floor + 16, "text-anchor": "middle" });
      label.append(`${mark}`);
      picture.append(svg("line", { x1: x, x2: x, y1: floor, y2: floor + 4, class: "grid" }), label);
    }
    const { title, unit } = value.axes[0];
    const name = svg("text", { x: PAD.left + scale.inner / 2, y: HEIGHT - 6, "text-anchor": "middle" });
    name.append(unit ? `${title} (${unit})` : title);
    picture.append(name);
  }

  function path(series, value, scale) {
    let pen = "M";
    let text = "";
    series.ratio.forEach((ratio, i) => {
      if (ratio === null) pen = "M";
      else {
        text += `${pen}${scale.x(value.x[i]).toFixed(1)} ${scale.y(ratio).toFixed(1)}`;
        pen = "L";
      }
    });
    return text;
  }

  /** The ends of each failing stretch that are not the ends of the axis, where the curve crosses. */
  function crossings(series, value, scale) {
    const ends = [value.x[0], value.x[value.x.length - 1]];
    const marks = series.failing.flatMap(([first, last]) => [
      ...(first !== ends[0] ? [first] : []),
      ...(last !== ends[1] ? [last] : []),
    ]);
    return marks.map((at) => {
      const mark = svg("circle", { cx: scale.x(at), cy: scale.y(1), r: 4.5, stroke: series.colour, class: "crossing" });
      mark.append(svg("title", {}, `${series.title}: ${series.verdict}`));
      return mark;
    });
  }

  function chart(place, value, norm, title, say) {
    const all = value.series.filter((s) => s.norm === norm);
    const shown = all.filter((s) => !hidden.has(s.metric));
    const width = place.clientWidth >= 900 ? (place.clientWidth - 16) / 2 : place.clientWidth;
    const scale = scales(value, width);
    const words = shown.map((s) => `${s.title} ${s.verdict}`).join(". ");
    const picture = svg("svg", { width, height: HEIGHT, class: "curves", tabindex: "0", role: "slider" });
    picture.setAttribute("aria-label", `${title}. ${words}. Arrow keys move along the axis, Enter opens.`);
    const range = { valuemin: 1, valuemax: value.x.length, valuenow: 1, valuetext: "no point chosen" };
    for (const [name, what] of Object.entries(range)) picture.setAttribute(`aria-${name}`, what);
    picture.dataset.norm = norm;
    axes(picture, value, scale, width);
    for (const series of shown) {
      picture.append(svg("path", { d: path(series, value, scale), stroke: series.colour, class: "curve" }));
    }
    for (const series of shown) picture.append(...crossings(series, value, scale));
    const cursor = svg("line", { y1: PAD.top, y2: HEIGHT - PAD.bottom, class: "cursor", visibility: "hidden" });
    picture.append(cursor);
    follow(picture, cursor, value, shown, scale, say);
    return html("figure", {}, html("figcaption", {}, title), picture);
  }

  function follow(picture, cursor, value, shown, scale, say) {
    let at = null;
    const point = (i) => {
      at = Math.min(Math.max(i, 0), value.x.length - 1);
      const x = scale.x(value.x[at]);
      cursor.setAttribute("x1", x);
      cursor.setAttribute("x2", x);
      cursor.setAttribute("visibility", "visible");
      const { title, unit } = value.axes[0];
      const parts = shown.map(
        (s) => `${s.passed[at] ? "✓" : "✗"} ${s.title} ${s.distance[at]} (${s.nearest[at]} ${s.limit[at]})`,
      );
      const words = `${title} ${value.x[at]}${unit === "°" ? "" : " "}${unit}: ${parts.join(" · ")}`;
      picture.setAttribute("aria-valuenow", at + 1);
      picture.setAttribute("aria-valuetext", words);
      say(words);
    };
    const nearest = (event) => {
      const wanted = scale.value(event.clientX - picture.getBoundingClientRect().left);
      return value.x.reduce((best, v, i) => (Math.abs(v - wanted) < Math.abs(value.x[best] - wanted) ? i : best), 0);
    };
    const open = () => Explorer.form.open({ ...value.values, [value.axes[0].name]: value.x[at] }, false);
    const leave = () => {
      cursor.setAttribute("visibility", "hidden");
      say("");
    };
    picture.addEventListener("pointermove", (event) => point(nearest(event)));
    picture.addEventListener("pointerleave", leave);
    picture.addEventListener("click", (event) => {
      point(nearest(event));
      open();
    });
    picture.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step) {
        event.preventDefault();
        point(at === null ? (step > 0 ? 0 : value.x.length - 1) : at + step);
      } else if (event.key === "Enter" && at !== null) open();
    });
  }

  function table(value, again) {
    const metrics = [...new Map(value.series.map((s) => [s.metric, s])).values()];
    const norms = NORMS.filter(([norm]) => value.series.some((s) => s.norm === norm));
    const head = html(
      "tr",
      {},
      html("th", { scope: "col" }, "Metric"),
      ...norms.map(([, title]) => html("th", { scope: "col" }, title)),
    );
    const rows = metrics.map((metric) => {
      const box = html("input", { type: "checkbox", checked: !hidden.has(metric.metric) });
      box.addEventListener("change", () => {
        hidden[box.checked ? "delete" : "add"](metric.metric);
        again();
      });
      const name = html(
        "label",
        {},
        box,
        html("span", { class: "dot", style: `background:${metric.colour}` }),
        metric.title,
      );
      const cells = norms.map(([norm]) => {
        const found = value.series.find((s) => s.metric === metric.metric && s.norm === norm);
        const kind = { passes: "pass", fails: "fail" }[found?.verdict.split(" ")[0]] ?? "";
        return html("td", { class: kind }, found?.verdict ?? "–");
      });
      return html("tr", { "data-metric": metric.metric }, html("th", { scope: "row" }, name), ...cells);
    });
    const caption = html("caption", {}, "Where each metric fails, to one step of the slider");
    return html("div", { class: "scroll" }, html("table", {}, caption, html("thead", {}, head), html("tbody", {}, ...rows)));
  }

  /** Pictures along the axis; each opens in Explore. */
  function strip(value) {
    const { name, title, unit } = value.axes[0];
    const words = (x) => `${x}${unit === "°" ? "" : " "}${unit}`.trim();
    return value.strip.map(({ x, picture }) => {
      const image = html("img", { src: picture, alt: "" });
      const button = html("button", { type: "button" }, image, html("span", {}, words(x)));
      button.setAttribute("aria-label", `Open ${title} ${words(x)} in Explore`);
      button.addEventListener("click", () => Explorer.form.open({ ...value.values, [name]: x }, false));
      return button;
    });
  }

  Explorer.curves = (place, value, say) => {
    const again = () => Explorer.curves(place, value, say);
    const focused = place.contains(document.activeElement) ? document.activeElement.dataset.norm : null;
    const charts = NORMS.filter(([norm]) => value.series.some((s) => s.norm === norm)).map(([norm, title]) =>
      chart(place, value, norm, title, say),
    );
    place.replaceChildren(
      html("div", { class: "strip" }, ...strip(value)),
      html("div", { class: "charts" }, ...charts),
      table(value, again),
    );
    if (focused) place.querySelector(`svg[data-norm="${focused}"]`)?.focus();
  };
})();
