/* Provenance: the arrows of one place in numbers, so that each can be traced by hand. */
"use strict";

Explorer.arrowTable = (() => {
  const { html } = Explorer;
  const percent = (share) => `${Number((100 * share).toPrecision(2))} %`;

  function columns(value) {
    const normed = value.norm === "norm";
    const both = ([a, b]) => `${a} → ${b}`;
    return [
      ["activation here → there", (arrow) => both(arrow.activations)],
      ...(normed ? [["normalised", (arrow) => both(arrow.compared)]] : []),
      ...(value.metric === "sort" ? [["rank", ranks]] : []),
      ["compared with", (arrow) => `row ${arrow.to[0]}, column ${arrow.to[1]}`],
      ["away", (arrow) => `${arrow.moved} px`],
      ["carries", (arrow) => arrow.carried],
      ["of the place", (arrow) => percent(arrow.ofPlace)],
    ];
  }

  function ranks({ ranks: [first, last] }) {
    return first === last ? String(first) : `${first}–${last}`;
  }

  function caption(value) {
    const count = value.grid[0] * value.grid[1];
    const kind = value.norm === "norm" ? "normalised values" : "activations";
    const ties = value.metric === "sort" && value.norm === "norm" ? "; of tied ranks, the mean" : "";
    const rank = value.metric === "sort" ? ` Ranks are 0 to ${count - 1}.` : "";
    return `What an arrow carries: the squared difference of the two ${kind}, over ${count} places${ties}.${rank}`;
  }

  function draw(root, value, choose) {
    const table = root.querySelector("table.arrows");
    const wanted = columns(value);
    Explorer.setText(table.caption, caption(value));
    const heads = ["channel", ...wanted.map(([title]) => title)];
    table.tHead.replaceChildren(html("tr", {}, ...heads.map((text) => html("th", { scope: "col" }, text))));
    const rows = value.arrows.map((arrow, i) => {
      const button = html("button", { type: "button", class: "only" }, `${arrow.channel}`);
      button.setAttribute("aria-label", `Only channel ${arrow.channel}`);
      button.addEventListener("click", () => choose(arrow.channel));
      const dot = html("span", { class: "dot", style: `background:${Explorer.arrowLines.COLOURS[i]}` });
      const cells = wanted.map(([title, text]) => html("td", { "data-label": title }, text(arrow)));
      const row = html("tr", {}, html("th", { scope: "row" }, dot, button), ...cells);
      row.addEventListener("pointerenter", () => point(root, i));
      row.addEventListener("pointerleave", () => point(root, -1));
      return row;
    });
    table.tBodies[0].replaceChildren(...rows);
    point(root, -1);
  }

  /** Only arrow i stands out; all again with -1. */
  function point(root, i) {
    root.querySelector("svg.lines").classList.toggle("pointing", i >= 0);
    for (const line of root.querySelectorAll("svg.lines [data-i]")) {
      line.classList.toggle("pointed", Number(line.dataset.i) === i);
    }
  }

  return draw;
})();
