/* The cases behind one cell of the suite's table: pictures, distances, verdicts and margins. */
"use strict";

Explorer.suiteCases = (() => {
  const { html } = Explorer;
  const { KINDS, placesOf, scoreOf, count, label, words } = Explorer.suiteRun;
  const AT_ONCE = 60;
  const OF_DISTANCE = "Margins are those of the distance, which is 0 for identical pictures.";
  let order = "closest";
  let shown = AT_ONCE;
  let place = null; // the element that holds them
  let close = () => {};
  let current = {}; // { run, opened }: what is shown

  function setup(element, shut) {
    place = element;
    close = shut;
    place.addEventListener("keydown", (event) => {
      if (event.key === "Escape") close();
    });
  }

  /** Show the cases of a cell that was just opened. */
  function open(run, opened) {
    shown = AT_ONCE;
    draw(run, opened);
    place.querySelector("header")?.scrollIntoView({ block: "nearest" });
    Explorer.spoken.say(place.querySelector("h3")?.textContent ?? "");
  }

  function draw(run, opened) {
    current = { run, opened };
    place.hidden = !run;
    delete place.dataset.cell;
    if (!run) return place.replaceChildren();
    const score = scoreOf(run, opened.metric, opened.norm);
    const at = placesOf(run, opened.kind);
    // By name is the order in which the server sends them.
    if (order === "closest") at.sort((i, j) => Math.abs(score.margin[i]) - Math.abs(score.margin[j]));
    const more = html("button", { type: "button", class: "action more" }, `Show ${AT_ONCE} more`);
    more.addEventListener("click", () => {
      shown += AT_ONCE;
      redraw();
    });
    place.replaceChildren(
      head(run, opened, score),
      html("ol", {}, ...at.slice(0, shown).map((i) => card(run, score, i))),
      ...(at.length > shown ? [more] : []),
    );
    place.dataset.cell = `${run.data.network} ${opened.metric} ${opened.norm} ${opened.kind}`;
    return undefined;
  }

  function redraw() {
    draw(current.run, current.opened);
  }

  function head(run, opened, score) {
    const { passed, of } = count(run, score, opened.kind);
    const choice = (name, text) =>
      html(
        "button",
        { type: "button", role: "radio", "data-order": name, "aria-checked": String(order === name) },
        text,
      );
    const sorting = html(
      "div",
      { class: "segmented", role: "radiogroup", "aria-label": "Order of the cases" },
      choice("closest", "Closest first"),
      choice("name", "By name"),
    );
    Explorer.segmented(sorting, (button) => {
      order = button.dataset.order;
      redraw();
      place.querySelector(`[data-order=${order}]`).focus();
    });
    const shut = html("button", { type: "button", class: "action shut" }, "Close");
    shut.addEventListener("click", close);
    return html(
      "header",
      {},
      html(
        "h3",
        {},
        `${words(score.title, score.norm, opened.kind)}: ${passed} of ${of} pass`,
        html("span", {}, score.shown ? `${label(run)} · ${OF_DISTANCE}` : label(run)),
      ),
      html("div", { class: "tools" }, sorting, shut),
    );
  }

  /** What a case is judged by: the decoy for a stain, the nearest reference for everything else. */
  function limitOf(run, score, i) {
    const { decoy } = run.data.cases[i];
    const { shown } = score;
    if (decoy) {
      return { name: "decoy", path: decoy, distance: score.decoy[i], shown: shown?.decoy[i] };
    }
    const near = score.references[i].indexOf(Math.min(...score.references[i]));
    const [name, path] = Object.entries(run.data.references)[near];
    const distance = score.references[i][near];
    return { name, path, distance, shown: shown?.references[i][near] };
  }

  function card(run, score, i) {
    const own = run.data.cases[i];
    const passed = Boolean(score.passed[i]);
    const limit = limitOf(run, score, i);
    return html(
      "li",
      { class: `case ${passed ? "pass" : "fail"}`, "data-other": own.other },
      html(
        "div",
        { class: "pictures" },
        picture(run, own.original, "original"),
        picture(run, own.other, KINDS[own.kind], said(score, score.distance[i], score.shown?.distance[i])),
        picture(run, limit.path, limit.name, said(score, limit.distance, limit.shown)),
      ),
      html(
        "p",
        { class: "verdict" },
        html("b", {}, passed ? "✓ passes" : "✗ fails"),
        margin(score.margin[i], limit),
      ),
      html("p", { class: "names" }, [own.original, own.other, own.decoy].filter(Boolean).join(" → ")),
      Explorer.suiteExplore.button(run, score, own),
    );
  }

  function picture(run, path, title, detail = "") {
    const uri = run.data.thumbnails[path];
    const frame = uri
      ? html("img", { src: uri, alt: path, width: "96", height: "96" })
      : html("span", { class: "blank" }, "no preview");
    return html("figure", {}, frame, html("figcaption", {}, html("b", {}, title), html("span", {}, detail)));
  }

  function margin(share, limit) {
    const name = limit.name === "decoy" ? "the decoy" : limit.name;
    if (limit.distance === 0) return `: the original is ${name} itself`;
    const percent = Math.abs(100 * share);
    const text = percent < 10 ? `${+percent.toPrecision(2)}` : percent.toFixed(0);
    if (share === 0) return `, margin 0 %: ${name} is as near`;
    return `, margin ${share > 0 ? "+" : "−"}${text} %: ${name} is ${share > 0 ? "further" : "nearer"}`;
  }

  /** A distance, or the number by which people know a baseline. */
  function said(score, distance, text) {
    return text === undefined ? `d = ${number(distance)}` : `${score.title} ${text}`;
  }

  function number(value) {
    if (Math.abs(value) >= 1000) return value.toFixed(0);
    return `${+value.toPrecision(4)}`;
  }

  return { setup, open, draw };
})();
