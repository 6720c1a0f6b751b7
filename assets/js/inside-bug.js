/* The view Which bug is it?: right scores beside wrong ones, and the order of the pictures. */
"use strict";

(() => {
  const { html, svg } = Explorer;
  const ROW = 34;
  const TOP = 30;
  const BLANKS = { black: "#000", white: "#fff", red: "#f00", green: "#0f0", blue: "#00f", gray: "#7f807f" };
  const state = { bug: "unit" };
  let metric = "spatial";

  function setup(root) {
    const radios = [...root.querySelectorAll('[name="inside-bug"]')];
    restored(root);
    for (const radio of radios) {
      radio.addEventListener("change", () => {
        state.bug = radio.value;
        Explorer.inside.ask("bug");
      });
    }
  }

  function about(value) {
    const line = (word, code, kind) =>
      html("p", { class: "line" }, html("span", { class: kind }, word), html("code", {}, code));
    return [
      html("p", { class: "mistake" }, html("b", {}, `${value.bug.title}. `), value.bug.mistake),
      line("✗ wrong", value.bug.wrong, "fail"),
      line("✓ right", value.bug.right, "pass"),
    ];
  }

  const mark = (passes) =>
    html("span", { class: passes === null ? "" : passes ? "pass" : "fail" }, passes === null ? "" : passes ? " ✓" : " ✗");

  /** Wrong ÷ right as a bar from the middle, on a log axis that never moves. */
  function bar(ratio, row, domain) {
    const box = html("span", { class: "ratio", "aria-hidden": "true" });
    if (ratio === null) return box;
    const at = ratio > 0 ? Math.log(ratio) / Math.log(domain[1]) : -1;
    const length = 50 * Math.min(Math.abs(at), 1);
    const left = at < 0 ? 50 - length : 50;
    box.append(html("i", { style: `left:${left}%;width:${length}%;background:${row.colour}` }));
    return box;
  }

  function scores(root, value) {
    const table = root.querySelector(".scores");
    const focused = table.contains(document.activeElement);
    const ends = html("span", { class: "ends" }, ...[`÷ ${value.domain[1]}`, "same", `× ${value.domain[1]}`].map((t) => html("span", {}, t)));
    const head = html("tr", {}, ...["metric", "right", "with the bug", ends, html("span", { class: "sr-only" }, "bug ÷ right")].map((t) => html("th", { scope: "col" }, t)));
    const rows = value.rows.map((row) => {
      const pick = html("button", { type: "button", "aria-pressed": String(row.metric === metric), title: row.help });
      pick.append(html("span", { class: "dot", style: `background:${row.colour}` }), row.title);
      pick.addEventListener("click", () => {
        metric = row.metric;
        draw(root, value);
        table.querySelector('[aria-pressed="true"]').focus();
      });
      return html(
        "tr",
        { "data-metric": row.metric, class: row.flipped ? "flipped" : "" },
        html("th", { scope: "row" }, pick),
        html("td", { title: `limit ${row.right.limit}` }, row.right.distance, mark(row.right.passes)),
        html("td", { title: `limit ${row.wrong.limit}` }, row.wrong.distance, mark(row.wrong.passes)),
        html("td", { class: "wide" }, bar(row.ratio, row, value.domain)),
        html("td", {}, row.ratio === null ? "" : `× ${row.ratio.toPrecision(2)}`),
      );
    });
    const grid = html("table", { class: "versus" }, html("caption", { class: "sr-only" }, "Distances by metric, right and with the bug"), html("thead", {}, head), html("tbody", {}, ...rows));
    table.replaceChildren(grid);
    if (focused) table.querySelector('[aria-pressed="true"]').focus();
  }

  /** A small picture of what is ranked. */
  function thumbnail(name, x, y) {
    const box = { x, y: y - 10, width: 20, height: 20 };
    const pictures = Explorer.latest.pictures || {};
    if (name in BLANKS) return svg("rect", { ...box, fill: BLANKS[name], class: "thumb" });
    if (name === "noise" || !pictures[name]) {
      const group = svg("g");
      group.append(svg("rect", { ...box, fill: "#888", class: "thumb" }));
      ["#e33", "#3c3", "#33d", "#dd3"].forEach((fill, i) => {
        group.append(svg("rect", { x: x + 2 + 4 * i, y: y - 8 + ((i * 7) % 12), width: 4, height: 4, fill }));
      });
      return group;
    }
    const group = svg("g");
    group.append(
      svg("image", { ...box, href: pictures[name], preserveAspectRatio: "none" }),
      svg("rect", { ...box, fill: "none", class: "thumb" }),
    );
    return group;
  }

  function text(x, y, content, anchor, kind = "") {
    const node = svg("text", { x, y: y + 4, "text-anchor": anchor, class: kind });
    node.append(content);
    return node;
  }

  /** Ranks on both sides, nearest on top, a line a picture. */
  function slopes(root, row) {
    const place = root.querySelector(".order");
    const width = Math.min(place.clientWidth, 620);
    if (width === 0) return;
    const count = row.pictures.length;
    const height = TOP + ROW * count;
    const picture = svg("svg", { width, height, role: "img" });
    picture.setAttribute("aria-label", spoken(row));
    const margin = width < 480 ? 112 : 150;
    const [left, right] = [margin, width - margin];
    const y = (rank) => TOP + (rank - 0.5) * ROW;
    picture.append(text(left, 10, "right", "end", "head"), text(right, 10, "with the bug", "start", "head"));
    const last = [...row.pictures].sort((p, q) => p.judged - q.judged);
    for (const one of last) {
      const moved = one.ranks[0] !== one.ranks[1];
      const kind = one.judged ? "judged" : moved ? "moved" : "";
      const [from, to] = one.ranks.map(y);
      const line = svg("line", { x1: left + 30, y1: from, x2: right - 30, y2: to, class: `slope ${kind}` });
      if (one.judged) line.style.stroke = row.colour;
      picture.append(
        line,
        thumbnail(one.name, left + 4, from),
        thumbnail(one.name, right - 24, to),
        text(left, from, `${one.name} ${one.distances[0]}`, "end", kind),
        text(right, to, `${one.distances[1]} ${one.name}`, "start", kind),
      );
    }
    const title = html("h3", {}, `Nearest first, by ${row.title}`);
    place.replaceChildren(title, picture);
  }

  function spoken(row) {
    const order = (side) =>
      [...row.pictures]
        .sort((p, q) => p.ranks[side] - q.ranks[side])
        .map((p) => `${p.name} ${p.distances[side]}`)
        .join(", ");
    return `Pictures by distance under ${row.title}. Right: ${order(0)}. With the bug: ${order(1)}.`;
  }

  function draw(root, value) {
    if (!value.rows.some((row) => row.metric === metric)) metric = value.rows[0].metric;
    root.querySelector(".about").replaceChildren(...about(value));
    Explorer.setText(root.querySelector(".summary"), value.summary);
    scores(root, value);
    slopes(root, value.rows.find((row) => row.metric === metric));
    const cost = value.bug.forwards
      ? "For this mistake the network runs again, once for each picture it has not seen this way; the answers are kept."
      : "No network runs for this mistake: it is made with the features that are there.";
    Explorer.setText(root.querySelector(".cost"), cost);
    Explorer.setText(root.querySelector(".words"), value.rows.map((row) => row.sentence).join(" "));
  }

  function restored(root) {
    for (const radio of root.querySelectorAll('[name="inside-bug"]')) {
      radio.checked = radio.value === state.bug;
    }
  }

  Explorer.inside.view("bug", { draw, setup, request: () => ({ ...state }), state, restored });
})();
