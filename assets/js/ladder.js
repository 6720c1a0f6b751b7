/* The verdict ladder: distances as multiples of the nearest reference, on a fixed log axis. */
"use strict";

(() => {
  const { svg, html } = Explorer;
  const HEIGHT = 34;
  const MARGIN = 14;
  const REACH = 7;

  function position(ratio, domain, width) {
    if (ratio === null) return null;
    const [low, high] = domain.map(Math.log);
    const at = (Math.log(Math.max(ratio, 1e-12)) - low) / (high - low);
    return MARGIN + Math.min(Math.max(at, 0), 1) * (width - 2 * MARGIN);
  }

  function swatch(name) {
    const box = html("span", { class: `swatch swatch-${name}` });
    if (name === "decoy" && Explorer.latest.pictures) {
      box.style.backgroundImage = `url(${Explorer.latest.pictures.decoy})`;
    }
    return box;
  }

  /** The ticks near the pointer, with their pictures; several when they stand together. */
  function showTip(root, picture, placed, event) {
    const tip = root.querySelector(".tip");
    const x = event.clientX - picture.getBoundingClientRect().left;
    const near = placed.filter((p) => Math.abs(p.x - x) <= REACH);
    tip.hidden = near.length === 0;
    if (tip.hidden) return;
    near.sort((p, q) => p.tick.ratio - q.tick.ratio);
    tip.replaceChildren(
      ...near.map(({ tick }) =>
        html(
          "div",
          {},
          swatch(tick.name),
          html("span", {}, html("b", {}, tick.name), ` ${tick.distance}`),
          html("span", { class: "times" }, `${tick.ratio.toPrecision(3)} × nearest`),
        ),
      ),
    );
    const box = root.getBoundingClientRect();
    const line = picture.getBoundingClientRect();
    const left = event.clientX - box.left - tip.offsetWidth / 2;
    tip.style.left = `${Math.min(Math.max(left, 4), box.width - tip.offsetWidth - 4)}px`;
    const above = line.top - box.top - tip.offsetHeight - 4;
    tip.style.top = `${line.top - tip.offsetHeight < 8 ? line.bottom - box.top + 4 : above}px`;
  }

  function line(root, row, value, width) {
    const middle = HEIGHT / 2;
    const at = (ratio) => position(ratio, value.domain, width);
    const one = at(1);
    // A stain is judged by the decoy, everything else by the nearest reference.
    const decoyRatio = row.ticks.find((tick) => tick.name === "decoy")?.ratio ?? 1;
    const limits = { decoy: decoyRatio, both: Math.min(1, decoyRatio) };
    const safe = at(limits[value.rule] ?? 1);
    const picture = svg("svg", { width, height: HEIGHT, class: "line", "aria-hidden": "true" });
    picture.append(
      svg("rect", { x: 0, y: 4, width: safe, height: HEIGHT - 8, class: "safe" }),
      svg("line", { x1: MARGIN, x2: width - MARGIN, y1: middle, y2: middle, class: "rail" }),
      svg("line", { x1: one, x2: one, y1: 2, y2: HEIGHT - 2, class: "limit" }),
    );
    const placed = [];
    for (const tick of row.ticks) {
      const x = at(tick.ratio);
      if (x === null) continue;
      const decoy = tick.name === "decoy";
      const mark = svg("g", { class: `tick ${decoy ? "decoy" : ""}` });
      mark.append(svg("line", { x1: x, x2: x, y1: middle - 9, y2: middle + 9 }));
      if (decoy) mark.append(svg("path", { d: `M${x - 4} 3h8l-4 6z` }));
      picture.append(mark);
      placed.push({ x, tick });
    }
    picture.addEventListener("pointermove", (event) => showTip(root, picture, placed, event));
    picture.addEventListener("pointerleave", () => (root.querySelector(".tip").hidden = true));
    const x = at(row.ratio);
    if (x !== null) {
      const beyond = row.ratio > value.domain[1] ? "▸" : row.ratio < value.domain[0] ? "◂" : "";
      picture.append(svg("circle", { cx: x, cy: middle, r: 7, fill: row.colour, class: "mark" }));
      if (beyond) {
        const label = svg("text", { x: beyond === "▸" ? x - 12 : x + 12, y: middle + 5 });
        label.setAttribute("text-anchor", beyond === "▸" ? "end" : "start");
        label.append(beyond);
        picture.append(label);
      }
    }
    return picture;
  }

  function axis(value, width) {
    const picture = svg("svg", { width, height: 20, class: "axis", "aria-hidden": "true" });
    for (const ratio of [0.01, 0.1, 1, 10]) {
      const x = position(ratio, value.domain, width);
      const text = svg("text", { x, y: 14, "text-anchor": ratio === 0.01 ? "start" : "middle" });
      text.append(ratio === 1 ? "1 = nearest blank" : `${ratio}`);
      picture.append(text);
    }
    return picture;
  }

  function draw(root, value) {
    const rows = root.querySelector(".rows");
    if (rows.clientWidth === 0) return;
    const narrow = rows.clientWidth < 560;
    const width = Math.max(narrow ? rows.clientWidth : rows.clientWidth - 344, 160);
    const nodes = value.rows.map((row) => {
      const { verdict, kind } = judged(value, row);
      return html(
        "div",
        { class: `row ${kind}`, "data-metric": row.metric, tabindex: "0" },
        html(
          "div",
          { class: "name" },
          html("span", { class: "verdict", "aria-hidden": "true" }, verdict),
          html("span", { class: "dot", style: `background:${row.colour}` }),
          html("span", { title: row.help }, row.title),
        ),
        line(root, row, value, width),
        html(
          "div",
          { class: "value" },
          html("b", {}, row.distance),
          // SSIM and PSNR rise with likeness: the ratio is that of the distances behind them.
          row.ratio === null ? "" : `${row.norm === "pixels" ? " · " : " = "}${row.times} × `,
          row.ratio === null ? "" : html("span", { class: "near" }, row.nearest),
          html("button", { type: "button", class: "copy-score", "aria-label": `Copy ${row.title}` }),
        ),
        html("span", { class: "sr-only" }, row.sentence),
      );
    });
    const scale = html("div", { class: "row scale" }, html("div"), axis(value, width), html("div"));
    const focused = rows.contains(document.activeElement) ? document.activeElement : null;
    const again = focused?.closest("[data-metric]").dataset.metric;
    rows.replaceChildren(...nodes, scale);
    const row = again && rows.querySelector(`[data-metric="${again}"]`);
    if (row) (focused.matches("button") ? row.querySelector("button") : row).focus();
    Explorer.setText(root.querySelector(".summary"), summary(value));
    mini(value);
  }

  /** On narrow screens the verdicts stand under the pictures, which stay in view. */
  function mini(value) {
    const place = document.querySelector(".panel-pictures .mini");
    place?.replaceChildren(
      ...value.rows.map((row) => {
        const { verdict, kind } = judged(value, row);
        return html("span", {}, html("b", { class: kind }, verdict), ` ${row.title}`);
      }),
    );
  }

  /** Nothing is judged while nothing is changed. */
  function judged(value, row) {
    if (value.rule === "none") return { verdict: "·", kind: "idle" };
    return row.passed ? { verdict: "✓", kind: "pass" } : { verdict: "✗", kind: "fail" };
  }

  function summary(value) {
    if (value.rule === "none") {
      return "Nothing is changed yet: every distance is 0. Move a slider under Challenge.";
    }
    const count = (norm) => `${value.counts[norm].passed} of ${value.counts[norm].of}`;
    const own = value.counts.own ? `, of your own ${count("own")}` : "";
    const pixels = value.counts.pixels ? `, of the baselines ${count("pixels")}` : "";
    return `${value.meaning} With channel norm ${count("norm")} pass, without ${count("raw")}${own}${pixels}.`;
  }

  /** A row's distance, or all of them, as lines to cite. */
  function setup(root) {
    const cited = (row) => {
      const norm = { norm: ", channel norm", raw: ", no norm" }[row.norm] ?? "";
      const sign = row.norm === "pixels" ? "" : "d = ";
      return Explorer.receipt.line(`${row.title}${norm}, ${sign}${row.distance}`, row.asksNetwork);
    };
    root.addEventListener("click", (event) => {
      const button = event.target.closest(".copy-score, .copy-all");
      if (!button) return;
      const { metric } = button.closest("[data-metric]")?.dataset ?? {};
      const wanted = Explorer.latest.ladder.rows.filter((row) => !metric || row.metric === metric);
      Explorer.copy(wanted.map(cited).join("\n"), button);
    });
  }

  Explorer.panel("ladder", draw, setup);
})();
