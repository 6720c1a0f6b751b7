/* One channel without its places: both pictures' sorted activations, their squared gaps, the means. */
"use strict";

Explorer.inside.channelCurves = (() => {
  const { svg, html } = Explorer;
  const EDGE = { left: 58, right: 64, top: 20 };
  const PLOT = 190;
  const GAPS = 64;
  const BETWEEN = 26;

  function floats(text) {
    return new Float32Array(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
  }

  /** Round ends and marks that hold [low, high]. */
  function ticks([low, high], wanted) {
    const rough = (high - low) / wanted || 1;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((k) => k * power).find((s) => s >= rough * 0.999);
    const first = Math.floor(low / step + 1e-9);
    const last = Math.max(Math.ceil(high / step - 1e-9), first + 1);
    return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
  }

  const short = (v) => `${+v.toPrecision(3)}`.replace("e-", "e−");

  function text(x, y, anchor, words, kind = "") {
    const node = svg("text", { x, y, "text-anchor": anchor, class: kind });
    node.append(words);
    return node;
  }

  /** An axis on the left with grid lines; gives value → y. */
  function axis(picture, marks, top, height, width) {
    const [low, high] = [marks[0], marks.at(-1)];
    const y = (v) => top + (1 - (v - low) / (high - low)) * height;
    for (const mark of marks) {
      picture.append(
        svg("line", { x1: EDGE.left, x2: width - EDGE.right, y1: y(mark), y2: y(mark), class: mark === 0 ? "axis" : "grid" }),
        text(EDGE.left - 6, y(mark) + 4, "end", short(mark)),
      );
    }
    return y;
  }

  /**
   * Draw the curves of `found` into `root`, of all its ranks or those of another of its views;
   * `said(text)` is told what is under the pointer.
   */
  function draw(root, found, { view, limits, scale, names, channel, said }) {
    const { first, end, gap, ...texts } = found.views[view];
    const [a, b, squared] = [texts.a, texts.b, texts.squared].map(floats);
    const ranks = end - first;
    const width = root.clientWidth;
    const count = a.length;
    const height = EDGE.top + PLOT + BETWEEN + GAPS + 20;
    const wide = width - EDGE.left - EDGE.right;
    const x = (i) => EDGE.left + ((i + 0.5) / count) * wide;
    const edge = (i) => EDGE.left + (Math.floor((i * ranks) / count) / ranks) * wide;
    const picture = svg("svg", { width, height, role: "img", "aria-label": describe(found, names, channel) });

    const fixed = scale === "layer";
    const y = axis(picture, ticks(fixed ? limits.curves : found.span, 4), EDGE.top, PLOT, width);
    const points = (values) => {
      const inner = Array.from(values, (v, i) => `${x(i).toFixed(2)},${y(v).toFixed(2)}`);
      return [`${EDGE.left},${y(values[0])}`, ...inner, `${EDGE.left + wide},${y(values[count - 1])}`];
    };
    const [line, other] = [points(a), points(b)];
    picture.append(
      svg("polygon", { points: [...line, ...[...other].reverse()].join(" "), class: "gap" }),
      svg("polyline", { points: line.join(" "), class: "curve a" }),
      svg("polyline", { points: other.join(" "), class: "curve b" }),
    );
    means(picture, found, y, width);

    const top = EDGE.top + PLOT + BETWEEN;
    const up = axis(picture, ticks([0, fixed ? limits.gap : gap], 2), top, GAPS, width);
    let area = `M${EDGE.left},${up(0)}`;
    for (let i = 0; i < count; i++) area += `V${up(squared[i]).toFixed(2)}H${edge(i + 1).toFixed(2)}`;
    const level = up(found.mean);
    picture.append(
      svg("path", { d: `${area}V${up(0)}Z`, class: "gap solid" }),
      svg("line", { x1: EDGE.left, x2: EDGE.left + wide, y1: level, y2: level, class: "level" }),
      text(EDGE.left, top - 7, "start", `squared gap at each rank; mean of all ${found.contribution}`),
      text(EDGE.left, height - 4, "start", first === 0 ? "rank 1, the smallest" : `rank ${first + 1}`),
      text(EDGE.left + wide, height - 4, "end", end === found.ranks ? `rank ${end}, the largest` : `rank ${end}`),
    );
    const pointer = svg("line", { y1: EDGE.top, y2: top + GAPS, class: "pointer", visibility: "hidden" });
    picture.append(pointer);
    picture.addEventListener("pointermove", (event) => {
      const part = (event.clientX - picture.getBoundingClientRect().left - EDGE.left) / wide;
      const i = Math.min(Math.max(Math.floor(part * count), 0), count - 1);
      const rank = first + Math.floor(((i + 1) * ranks) / count);
      pointer.setAttribute("x1", x(i));
      pointer.setAttribute("x2", x(i));
      pointer.setAttribute("visibility", "visible");
      const between = b[i] - a[i];
      said(`rank ${rank}: ${names[0]} ${short(a[i])}, ${names[1]} ${short(b[i])}, gap ${short(between)}, squared ${short(between ** 2)}`);
    });
    picture.addEventListener("pointerleave", () => {
      pointer.setAttribute("visibility", "hidden");
      said("");
    });
    root.replaceChildren(picture);
  }

  /** The two means as marks on the same axis, right of the curves. */
  function means(picture, found, y, width) {
    const left = width - EDGE.right + 10;
    const [from, to] = found.means.map(y);
    picture.append(
      svg("line", { x1: left + 14, x2: left + 14, y1: from, y2: to, class: "between" }),
      svg("path", { d: `M${left},${from}h28`, class: "curve a" }),
      svg("path", { d: `M${left},${to}h28`, class: "curve b" }),
      text(left + 14, Math.max(Math.min(from, to) - 8, 12), "middle", "means"),
    );
  }

  function legend(names) {
    const entry = (kind, name) =>
      html("span", {}, svg("svg", { width: 30, height: 10, "aria-hidden": "true" }, svg("path", { d: "M0,5h30", class: `curve ${kind}` })), ` ${name}`);
    return [entry("a", names[0]), entry("b", names[1])];
  }

  /** What the curves and marks amount to, in words and numbers. */
  function explained(root, found, { spatial, names, norm }) {
    const [first, second] = found.meanLabels;
    const said = (name, words) => html("p", {}, html("b", {}, name), ` ${words}`);
    const after =
      "each rank is divided by the length of the vector over all channels at that rank, after " +
      "sorting, so a curve may fall; the means are divided by the length of the vector of means.";
    root.replaceChildren(
      said(
        "Spatial:",
        `the mean of the map of squared differences, ${spatial}, is this channel's part of the spatial distance.`,
      ),
      said(
        "Sort:",
        `the squared gaps, added up over the ranks and divided by their number, ${found.ranks}, give ` +
          `${found.contribution}: its part of the sort distance.`,
      ),
      said(
        "Mean:",
        `${names[0]} ${first}, ${names[1]} ${second}. Their gap, ${found.meanGap}, squared gives ` +
          `${found.meanContribution}: its part of the mean distance.`,
      ),
      ...(norm === "norm" ? [said("Normalised:", after)] : []),
      table(found, names, root),
    );
  }

  /** The curves in numbers; whether it is open outlives a redraw. */
  function table(found, names, root) {
    const head = ["rank", ...names, "squared gap"].map((name) => html("th", { scope: "col" }, name));
    const lines = found.table.map((row) => html("tr", {}, ...row.map((v) => html("td", {}, `${v}`))));
    const open = Boolean(root.querySelector("details")?.open);
    return html(
      "details",
      { open },
      html("summary", {}, "The curves in numbers"),
      html("table", {}, html("thead", {}, html("tr", {}, ...head)), html("tbody", {}, ...lines)),
    );
  }

  function describe(found, names, channel) {
    const middle = found.table[Math.floor(found.table.length / 2)];
    const last = found.table.at(-1);
    return (
      `Sorted activations of channel ${channel}, ${found.ranks} ranks. Middle rank: ${names[0]} ` +
      `${middle[1]}, ${names[1]} ${middle[2]}. Last rank: ${last[1]} and ${last[2]}. ` +
      `Mean squared gap ${found.contribution}. Means ${found.meanLabels.join(" and ")}.`
    );
  }

  return { draw, explained, legend };
})();
