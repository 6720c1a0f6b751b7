/* The view Locality: one answer holds all windows; the slider moves through it in the browser. */
"use strict";

(() => {
  const { html, setText } = Explorer;
  // The nearest window to this many px is shown, so that it survives a change of the network.
  const state = { window: 32, tiles: "4" };
  let name = "pair"; // the challenge in the curves and in the table

  const value = () => Explorer.latest["inside-locality"];

  function nearest() {
    const far = (w) => Math.abs(Math.log(w.px / state.window));
    return value().windows.reduce((best, w, i, all) => (far(w) < far(all[best]) ? i : best), 0);
  }

  function chosen() {
    const { challenges } = value();
    return challenges.find((c) => c.name === name) ?? challenges[0];
  }

  function label(i) {
    const { windows, size } = value();
    const { px } = windows[i];
    if (px === size) return `${px} px (the whole map)`;
    return i === 0 ? `${px === 1 ? "1 px" : `up to ${px} px`} (one cell: spatial)` : `${px} px`;
  }

  /** "sort 0.5, 0.9 times the limit, passes". */
  function said(mode, i) {
    const point = chosen().modes[mode][i];
    if (!point) return `${mode} not known yet`;
    const times = point.ratio === null ? "" : `, ${point.ratio} times the limit`;
    return `${mode} ${point.distance}${times}, ${point.passed ? "passes" : "fails"}`;
  }

  function row(head, cells, kind = "") {
    return html("tr", { class: kind }, html("th", { scope: "row" }, head), ...cells.map((c) => html("td", {}, c)));
  }

  function verdict(point) {
    if (!point) return "…";
    const { minded } = chosen();
    if (point.passed) return minded ? "✓ passes: not minded" : "✓ passes";
    return minded ? "✗ fails: minded" : "✗ fails";
  }

  /** A layer a row, and what the verdict comes from. */
  function table(i) {
    const { layers, windows, modes } = value();
    const points = modes.map((mode) => chosen().modes[mode.name][i]);
    const of = (read) => points.map((point) => (point ? read(point) : "…"));
    const { cut } = windows[i];
    const rows = layers.map((layer, k) =>
      row(layer, [`${cut[k].count} of ${cut[k].block}`, ...of((point) => point.layers[k])]),
    );
    const head = ["Layer", "Blocks of cells", ...modes.map((m) => m.name)];
    return html(
      "table",
      {},
      html("caption", {}, `${chosen().title}, window ${label(i)}`),
      html("thead", {}, html("tr", {}, ...head.map((text) => html("th", { scope: "col" }, text)))),
      html(
        "tbody",
        {},
        ...rows,
        row("Sum", ["", ...of((p) => p.distance)], "sum"),
        row("Limit", ["", ...of((p) => `${p.limit} (${p.nearest})`)]),
        row("Sum ÷ limit", ["", ...of((p) => (p.ratio === null ? "–" : `${p.ratio}`))]),
        row("Verdict", ["", ...points.map(verdict)]),
      ),
    );
  }

  function legend() {
    const dots = value().modes.map((mode) =>
      html("span", {}, html("span", { class: "dot", style: `background:${mode.colour}` }), `${mode.name} within windows`),
    );
    const dashed = chosen().minded ? [] : [html("span", {}, "- - the shuffle, for contrast")];
    return [html("b", {}, chosen().title), ...dots, ...dashed, html("span", {}, "upwards: distance ÷ limit")];
  }

  /** A challenge: picture, words, and its lanes. Choosing it puts it into the curves. */
  function challenge(root, one, width) {
    const on = one === chosen();
    const button = html(
      "button",
      { type: "button", role: "radio", "aria-checked": String(on), "data-name": one.name, tabIndex: on ? 0 : -1 },
      html("img", { src: one.picture, alt: "" }),
      html("span", {}, html("b", {}, one.title), html("small", {}, one.steps)),
      html("em", {}, one.minded ? "should fail: another picture" : ""),
    );
    button.addEventListener("click", () => pick(root, one.name));
    button.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const all = value().challenges;
      pick(root, all[(all.indexOf(one) + step + all.length) % all.length].name);
      root.querySelector('.lanes [aria-checked="true"]').focus();
    });
    return html("div", { class: "challenge" }, button, Explorer.locality.lanes(value(), one, width));
  }

  function pick(root, other) {
    name = other;
    show(root);
  }

  /** Everything that an answer, or another challenge, changes. */
  function show(root) {
    const focused = document.activeElement?.dataset?.name;
    const { clientWidth } = root.querySelector(".main");
    root.querySelector(".legend").replaceChildren(...legend());
    const rows = value().challenges.map((one) => challenge(root, one, clientWidth));
    root.querySelector(".lanes").replaceChildren(...rows);
    if (focused) root.querySelector(`.lanes [data-name="${focused}"]`)?.focus();
    root.querySelector(".window input").max = String(value().windows.length - 1);
    follow(root);
  }

  /** Everything that follows the slider. */
  function follow(root) {
    const i = nearest();
    const { clientWidth } = root.querySelector(".main");
    const now = value().modes.map((mode) => said(mode.name, i)).join("; ");
    const words = `${chosen().title}: ${chosen().words} At a window of ${label(i)}: ${now}.`;
    const chart = Explorer.locality.chart(value(), chosen(), i, clientWidth, words);
    root.querySelector(".chart").replaceChildren(chart);
    Explorer.locality.frame(root.querySelector(".lanes"), value(), i, clientWidth);
    root.querySelector(".table").replaceChildren(table(i));
    const slider = root.querySelector(".window input");
    slider.value = String(i);
    slider.setAttribute("aria-valuetext", label(i));
    setText(root.querySelector(".window .at"), label(i));
    root.dataset.window = String(value().windows[i].px);
  }

  function draw(root, answer) {
    const place = root.querySelector(".answer");
    // Screen readers speak what is put here: only when it is another sentence.
    if (place.dataset.said !== answer.answer.join("\n")) {
      place.dataset.said = answer.answer.join("\n");
      place.replaceChildren(...answer.answer.map((text) => html("p", {}, text)));
    }
    setText(root.querySelector(".progress"), answer.progress);
    setText(root.querySelector(".aside"), answer.aside ?? "");
    show(root);
    // The rest is asked for piece by piece, while this view is on the screen.
    if (answer.left > 0 && Explorer.inside.settled("locality")) Explorer.inside.ask("locality");
  }

  function setup(root) {
    const slider = root.querySelector(".window input");
    slider.addEventListener("input", () => {
      if (!value()?.windows) return;
      state.window = value().windows[Number(slider.value)].px;
      follow(root);
      Explorer.link.update(false);
    });
    root.querySelector(".tiles select").addEventListener("input", (event) => {
      state.tiles = event.target.value;
      Explorer.inside.ask("locality");
    });
    const place = root.querySelector(".chart");
    const point = (event) => {
      if (!value()?.windows || (event.type === "pointermove" && !event.buttons)) return;
      const { left, width } = place.getBoundingClientRect();
      state.window = value().windows[Explorer.locality.windowAt(value(), width, event.clientX - left)].px;
      follow(root);
      Explorer.link.update(false);
    };
    place.addEventListener("pointerdown", point);
    place.addEventListener("pointermove", point);
  }

  function restored(root) {
    root.querySelector(".tiles select").value = state.tiles;
    if (value()?.windows) follow(root);
  }

  Explorer.inside.view("locality", { draw, setup, request: () => ({ tiles: state.tiles }), state, restored });
})();
