/* The view Channels: its controls, the rows of maps, and one channel in full. */
"use strict";

(() => {
  const { html } = Explorer;
  const { channelMaps, channelStrip, channelCurves } = Explorer.inside;
  const NAME = "channels";
  const state = { metric: "sort", channel: -1, count: 8 }; // -1: the one that contributes most
  let scale = "channel"; // or "layer": colours and axes that hold every channel of it
  let ranks = 0; // which stretch of the curves: all, or where they differ
  let panel = null;
  let shown = null;
  let strip = null;

  const part = (selector) => panel.querySelector(selector);

  /** The channel that was asked for last: an answer to an earlier question may still arrive. */
  const current = () => (state.channel < 0 ? shown.order[0] : state.channel);

  function ask(changes) {
    trouble("");
    Object.assign(state, changes);
    Explorer.inside.ask(NAME);
  }

  function setup(root) {
    panel = root;
    Explorer.segmented(part(".metrics"), (button) => ask({ metric: button.dataset.metric }));
    Explorer.segmented(part(".scales"), (button) => {
      scale = button.dataset.scale;
      Explorer.redraw(`inside-${NAME}`);
    });
    Explorer.segmented(part(".ranks"), (button) => {
      ranks = Number(button.dataset.view);
      Explorer.redraw(`inside-${NAME}`);
    });
    const count = part("input.count");
    count.addEventListener("change", () => {
      const typed = Math.round(Number(count.value)) || state.count;
      ask({ count: Math.min(Math.max(typed, Number(count.min)), Number(count.max)) });
    });
    part("input.channel").addEventListener("input", typed);
    part("input.channel").addEventListener("blur", numbered);
    part(".most").addEventListener("click", () => ask({ channel: -1 }));
    part(".back").addEventListener("click", () => move(-1));
    part(".on").addEventListener("click", () => move(1));
    strip = channelStrip.setup(
      part(".strip"),
      (i) => ask({ channel: shown.order[i] }),
      (i) => say("strip", i === null ? "" : channelStrip.text(shown, i)),
    );
    // Another layer has other channels: a number says nothing there. Before the layer is asked.
    const isLayer = (node) => node.matches?.('#inside-frame [data-ask="layer"]');
    const another = (event) => {
      if (!isLayer(event.target)) return;
      state.channel = -1;
      trouble("");
    };
    document.addEventListener("input", another, true);
  }

  /** The number field: a sentence if the layer has no such channel. */
  function typed(event) {
    const text = event.target.value.trim();
    const channel = Number(text);
    // While another layer is on its way, only its answer can say how many channels it has.
    const last = Explorer.inside.settled(NAME) ? shown.order.length - 1 : Infinity;
    const fits = text !== "" && Number.isInteger(channel) && channel >= 0 && channel <= last;
    const range = last === Infinity ? "from 0 on" : `from 0 to ${last}`;
    trouble(fits ? "" : `Channels are whole numbers ${range}; ${text || "nothing"} was given.`);
    if (fits) ask({ channel });
  }

  /** Put the channel's number in its field; what was typed wrong stays beside the sentence about it. */
  function numbered() {
    if (shown && part(".trouble").textContent === "") part("input.channel").value = String(current());
  }

  function trouble(text) {
    Explorer.setText(part(".trouble"), text);
  }

  /** Along the ranking: 1 to the next smaller contribution. */
  function move(step) {
    const next = shown.order.indexOf(current()) + step;
    if (next >= 0 && next < shown.order.length) ask({ channel: shown.order[next] });
  }

  /** What is under the pointer, below the graphic that it is over. */
  function say(where, text) {
    Explorer.setText(part(`.readout.of-${where}`), text || "\u00a0");
  }

  function draw(root, value) {
    shown = value;
    const names = value.frame.swap ? ["perturbed", "original"] : ["original", "perturbed"];
    if (value.asked !== state.channel && Explorer.inside.settled(NAME)) state.channel = value.asked;
    Explorer.setText(part(".summary"), value.summary);
    strip(value, current());
    rows(value, names);
    detail(value, names);
  }

  function rows(value, names) {
    const of = value.frame.norm === "norm" ? "normalised at each place" : "as they are";
    Explorer.setText(part(".rows-title"), `The ${value.rows.length} largest: feature maps, ${of}`);
    const list = part(".rows");
    if (!list.firstChild) list.append(html("div", { class: "columns", "aria-hidden": "true" }));
    const heads = ["", ...names, "squared difference"].map((name) => html("span", {}, name));
    list.firstChild.replaceChildren(...heads);
    // Rows are used again, so that the keyboard's focus stays where it is.
    while (list.children.length - 1 > value.rows.length) list.lastChild.remove();
    while (list.children.length - 1 < value.rows.length) {
      const row = html("button", { type: "button", class: "row" });
      row.addEventListener("click", () => {
        ask({ channel: Number(row.dataset.channel) });
        part(".detail").scrollIntoView({ block: "nearest" });
      });
      list.append(row);
    }
    value.rows.forEach((row, i) => fill(list.children[i + 1], row, value, names));
  }

  function fill(button, row, value, names) {
    button.dataset.channel = row.channel;
    button.setAttribute("aria-pressed", String(row.channel === value.detail.channel));
    button.setAttribute(
      "aria-label",
      `Channel ${row.channel}: ${row.percent} of the distance, ${row.contribution}. Feature maps: ` +
        `${names[0]} up to ${row.a.max}, ${names[1]} up to ${row.b.max}, squared difference up to ` +
        `${row.squared.max}, its mean ${row.squared.mean}.`,
    );
    const bar = html("span", { class: "bar" });
    bar.style.setProperty("--share", String(row.share));
    button.replaceChildren(
      html("span", { class: "what" }, html("b", {}, `${row.channel}`), html("span", { class: "percent" }, row.percent), bar, html("span", { class: "amount" }, row.contribution)),
      ...channelMaps.canvases(row, value.limits, value.frame.norm, scale),
    );
  }

  function detail(value, names) {
    const { channel, numbers, maps, curves } = value.detail;
    const { norm } = value.frame;
    Explorer.setText(part(".name"), `Channel ${channel} of ${value.frame.layers[value.frame.layer]}`);
    const field = part("input.channel");
    field.max = String(value.order.length - 1);
    // While somebody types, the field is theirs: an answer would write between two digits.
    if (document.activeElement !== field) numbered();
    const place = value.order.indexOf(current());
    part(".back").disabled = place === 0;
    part(".on").disabled = place === value.order.length - 1;
    part(".most").disabled = state.channel < 0;
    part(".numbers").replaceChildren(...table(numbers, value.order.length));
    part(".maps-of-one").replaceChildren(
      ...["raw", "norm"].map((kind) =>
        channelMaps.captioned(maps[kind], {
          limits: value.limits, norm: kind, scale, names, chosen: kind === norm,
          said: (text) => say("maps", text),
          title: kind === "raw" ? "As they are" : "Normalised at each place",
        }),
      ),
    );
    channelCurves.draw(part(".curves"), curves, {
      view: ranks, limits: value.limits, scale, names, channel, said: (text) => say("curves", text),
    });
    part(".legend").replaceChildren(...channelCurves.legend(names));
    channelCurves.explained(part(".explained"), curves, { spatial: numbers[0].contribution, names, norm });
  }

  function table(numbers, count) {
    const heads = ["metric", "contributes", "of", "share", `place of ${count}`];
    const line = (n) =>
      html(
        "tr",
        {},
        html("th", { scope: "row" }, html("span", { class: "dot", style: `background:${n.colour}` }), n.metric),
        ...[n.contribution, n.distance, n.percent, `${n.place}`].map((v) => html("td", {}, v)),
      );
    return [
      html("caption", { class: "sr-only" }, "What the channel adds to each metric"),
      html("thead", {}, html("tr", {}, ...heads.map((h) => html("th", { scope: "col" }, h)))),
      html("tbody", {}, ...numbers.map(line)),
    ];
  }

  function restored(root) {
    root.querySelector("input.count").value = String(state.count);
  }

  Explorer.inside.view(NAME, { draw, setup, request: () => ({ ...state }), state, restored });
})();
