/* The view Build a metric: the sliders, the table, the suite. What is kept is in metric-saved. */
"use strict";

(() => {
  const { html, svg, setText } = Explorer;
  const { text, saved } = Explorer.blends;
  const KINDS = { invert: "invert", translate: "translate", rotate: "rotate", color_stain: "stain" };
  const drafts = {}; // network → { name, layers, parts, norm }
  let suiteAsked = 0; // how many times the suite was asked for
  let suiteAwaited = 0;

  function draft() {
    return drafts[Explorer.form.values["ask.network"]];
  }

  function request() {
    const own = draft();
    return own ? { blend: text([own]) } : {};
  }

  /** Ask, with something that this request alone carries. */
  function ask(extra = {}) {
    return Explorer.inside.ask("metric", extra);
  }

  function setup(root) {
    root.querySelector(".weights").addEventListener("input", ({ target }) => {
      const { kind, index } = target.dataset;
      const own = draft();
      if (!own) return;
      if (kind === "norm") own.norm = Number(target.value);
      else own[kind][Number(index)] = Number(target.value);
      echo(target);
      ask();
    });
    root.querySelector(".name").addEventListener("input", ({ target }) => {
      if (draft()) draft().name = target.value.trim() || "my metric";
    });
    root.querySelector(".score").addEventListener("click", () => score(root));
    root.querySelector(".stop").addEventListener("click", () => {
      Explorer.ask("inside-suite-stopped", suiteAsked);
      working(root, 0, "Cancelled.");
    });
    saved.setup(root, { ask, draft, edit: (own) => edit(root, own) });
  }

  /** Put a kept metric on the sliders; its network is chosen in Explore. */
  function edit(root, own) {
    drafts[own.network] = structuredClone(own);
    sliders(root, own);
    if (Explorer.form.values["ask.network"] !== own.network) {
      Explorer.form.put({ "ask.network": own.network }, true);
    }
    ask();
  }

  function echo(input) {
    const value = Number(input.value);
    const words = input.dataset.kind === "norm" ? `${Math.round(100 * value)} %` : value.toFixed(2);
    setText(input.parentElement.querySelector("output"), words);
  }

  /** The sliders of the layers are made for each network; all then show the draft. */
  function sliders(root, own, layers) {
    const place = root.querySelector(".layers");
    if (layers && place.dataset.layers !== layers.join()) {
      place.dataset.layers = layers.join();
      place.replaceChildren(...layers.map(slider));
    }
    for (const input of root.querySelectorAll(".weights input")) {
      const { kind, index } = input.dataset;
      const value = kind === "norm" ? own.norm : own[kind][Number(index)];
      if (value === undefined) continue;
      if (document.activeElement !== input) input.value = value;
      echo(input);
    }
    const name = root.querySelector(".name");
    if (document.activeElement !== name) name.value = own.name;
  }

  function slider(layer, index) {
    const id = `blend-layers-${index}`;
    const input = html("input", { type: "range", id, min: "0", max: "2", step: "0.05" });
    Object.assign(input.dataset, { kind: "layers", index });
    return html(
      "div",
      { class: "knob weight" },
      html("label", { for: id }, layer),
      input,
      html("output", { for: id }),
      html("span", { class: "share", "data-layer": String(index) }),
    );
  }

  function draw(root, value) {
    const { name, network, weights } = value;
    drafts[network] ||= { name, network, ...structuredClone(weights) };
    if (network === Explorer.form.values["ask.network"]) {
      sliders(root, drafts[network], value.frame.layers);
    }
    for (const place of root.querySelectorAll(".share")) {
      const i = Number(place.dataset.layer);
      setText(place, `${value.perLayer[i]} · ${(100 * value.shares[i]).toFixed(0)} %`);
      place.style.setProperty("--share", value.shares[i]);
    }
    const [own] = value.rows;
    setText(root.querySelector(".total"), own.sentence);
    root.querySelector(".score").disabled = Boolean(suiteAwaited);
    root.querySelector(".score").hidden = value.kinds.length > 0;
    if (value.kinds.length && !suiteAwaited) {
      const cases = value.rows[0].all[1];
      setText(root.querySelector(".doing"), `Passed of ${cases} cases of the built-in suite, trained weights.`);
    }
    table(root, value);
    saved.answered(root, value);
  }

  function table(root, value) {
    const kinds = value.kinds.map((kind) => html("th", { scope: "col" }, KINDS[kind]));
    const all = kinds.length ? [html("th", { scope: "col" }, "all")] : [];
    root.querySelector("thead").replaceChildren(
      html(
        "tr",
        {},
        ...["Metric", "Verdict", "Distance", "÷ limit"].map((t) => html("th", { scope: "col" }, t)),
        ...kinds,
        ...all,
      ),
    );
    root.querySelector("tbody").replaceChildren(...value.rows.map((row) => line(row, value)));
  }

  const NORMS = { norm: "channel norm", raw: "no norm", own: "yours" };

  function line(row, value) {
    const cells = [...(row.counts ?? []), ...(row.all ? [row.all] : [])];
    const best = value.rows.filter((r) => r.all).map((r) => r.all[0]);
    return html(
      "tr",
      { class: row.norm === "own" ? "own" : "", "data-metric": row.metric, "data-norm": row.norm },
      html(
        "th",
        { scope: "row" },
        html("span", { class: "dot", style: `background:${row.colour}` }),
        html("b", {}, row.title),
        html("span", { class: "soft" }, ` ${NORMS[row.norm]}`),
      ),
      html(
        "td",
        { class: row.passed ? "pass" : "fail", title: row.sentence },
        row.passed ? "✓" : "✗",
        html("span", { class: "sr-only" }, row.passed ? " passes" : " fails"),
      ),
      html("td", { class: "number" }, row.distance),
      html("td", {}, gauge(row, value.domain)),
      ...cells.map(([passed, of], i) =>
        html(
          "td",
          { class: i === cells.length - 1 && passed === Math.max(...best) ? "number best" : "number" },
          `${passed}/${of}`,
        ),
      ),
    );
  }

  /** Distance ÷ limit on the ladder's fixed log axis; the line is where it begins to fail. */
  function gauge(row, [low, high]) {
    const width = 150;
    const at = (r) => (Math.log(Math.min(Math.max(r, low), high) / low) / Math.log(high / low)) * width;
    const words = row.ratio === null ? "no limit" : `${row.ratio.toPrecision(3)} times its limit`;
    const picture = svg("svg", { width, height: 16, role: "img", "aria-label": words });
    picture.append(svg("title", {}, words));
    picture.append(svg("line", { x1: 0, x2: width, y1: 8, y2: 8, class: "rail" }));
    picture.append(svg("line", { x1: at(1), x2: at(1), y1: 1, y2: 15, class: "limit" }));
    if (row.ratio !== null) {
      picture.append(svg("circle", { cx: Math.min(Math.max(at(row.ratio), 5), width - 5), cy: 8, r: 5, fill: row.colour }));
    }
    return picture;
  }

  // The suite

  function score(root) {
    suiteAsked += 1;
    working(root, suiteAsked, "Waiting for its turn…");
    const network = Explorer.form.values["ask.network"];
    Explorer.ask("inside-suite-asked", { network, number: suiteAsked });
  }

  function working(root, number, words) {
    suiteAwaited = number;
    const bar = root.querySelector("progress");
    bar.hidden = root.querySelector(".stop").hidden = !number;
    bar.value = 0;
    root.querySelector(".score").disabled = Boolean(number);
    setText(root.querySelector(".doing"), words);
  }

  function progressed(_, value) {
    if (value.number !== suiteAwaited) return;
    const root = Explorer.roots["inside-metric"];
    root.querySelector("progress").value = value.share;
    setText(root.querySelector(".doing"), value.text);
    if (!value.done) return;
    working(root, 0, value.text);
    ask();
  }

  Explorer.inside.view("metric", { draw, setup, request });
  Explorer.panel("inside-suite", progressed);
})();
