/* The People tab: a table of network × metric × split, and the triplets people answered otherwise. */
"use strict";

(() => {
  const { html, setText } = Explorer;
  const READING = {
    "2afc":
      "The share of people with whom a metric agrees on which patch is closer, in %. “A random person” is what somebody who answers like people do is expected to reach, h² + (1 − h)²; “best possible” is always answering as the majority, max(h, 1 − h). h is the share who chose the second patch.",
    accuracy:
      "How often a metric chose the patch that most people chose, in %. Triplets on which people tie are not counted; equal distances count one half.",
    ap: "Average precision of the distances as a ranking of “these two look the same”, in %: the area under precision over recall.",
  };
  const NORMS = { raw: "raw", norm: "channel norm" };
  let root = null;
  let data = null;
  let measure = "2afc";
  let drawn = null;

  function setup(panel) {
    root = panel;
    const file = root.querySelector(".results-file");
    root.querySelector(".open-results").addEventListener("click", () => file.click());
    file.addEventListener("change", () => {
      if (file.files[0]) Explorer.peopleFile.read(file.files[0], show, refuse);
      file.value = "";
    });
    root.querySelector(".open-example").addEventListener("click", () => {
      refuse("");
      if (drawn) show(Explorer.peopleFile.checked(drawn.text));
      else Explorer.ask("people-asked", Date.now());
    });
    Explorer.segmented(root.querySelector(".measures"), (button) => {
      measure = button.dataset.measure;
      table();
    });
    root.querySelector("select").addEventListener("change", triplets);
  }

  /** The example came; a panel is also redrawn when its size changes. */
  function draw(panel, value) {
    if (drawn === value) return;
    drawn = value;
    show(Explorer.peopleFile.checked(value.text));
  }

  function refuse(sentence) {
    setText(root.querySelector(".refusal"), sentence);
  }

  function show(results) {
    refuse("");
    data = results;
    root.querySelector(".how").hidden = true;
    root.querySelector(".results").hidden = false;
    const there = (name) => data.scores.some((score) => score.measure === name);
    const buttons = [...root.querySelectorAll(".measures button")];
    for (const button of buttons) button.hidden = !there(button.dataset.measure);
    const left = data.left_out ? ` ${data.left_out} items were left out.` : "";
    const { level, resamples } = data.bootstrap;
    setText(
      root.querySelector(".about"),
      `${data.note} In brackets: ${percent(level, 0)} % bootstrap intervals over triplets and pairs, ${resamples} resamples.${left}`.trim(),
    );
    const select = root.querySelector("select");
    select.replaceChildren(
      html("option", { value: "0" }, "all together"),
      ...data.configurations.map((made, i) => html("option", { value: String(i + 1) }, name(made))),
    );
    const made = [...new Set(data.configurations.map((row) => row.made_by))];
    root.querySelector(".made ul").replaceChildren(...made.map((text) => html("li", {}, text)));
    (buttons.find((b) => !b.hidden && b.dataset.measure === measure) ?? buttons.find((b) => !b.hidden)).click();
    triplets();
    Explorer.say(`Results of ${data.configurations.length} configurations are shown.`);
  }

  /** The network and norm; of the baselines on pixels both are the same word. */
  function about({ network_title, norm }) {
    return norm === "pixels" ? network_title : `${network_title}, ${NORMS[norm] ?? norm}`;
  }

  const name = (made) => `${made.title} (${about(made)})`;
  const percent = (share, digits = 1) => (100 * share).toFixed(digits);

  function cell(row, kind = "td", extra = {}) {
    if (!row || row.value === null) return html(kind, extra, "–");
    const spread = row.low === null ? "" : `[${percent(row.low)}, ${percent(row.high)}]`;
    return html(kind, extra, html("b", {}, percent(row.value)), " ", html("span", {}, spread));
  }

  function table() {
    const scores = data.scores.filter((score) => score.measure === measure);
    const asked = new Set(scores.map((score) => score.group));
    const groups = data.groups.filter((group) => asked.has(group.id));
    const parts = new Set(groups.map((group) => group.part));
    const find = new Map(scores.map((score) => [`${score.configuration} ${score.group}`, score]));
    const top = (group) => Math.max(...scores.filter((s) => s.group === group.id).map((s) => s.value ?? 0));
    const tops = groups.map(top);
    const rows = data.configurations.map((made, i) =>
      html(
        "tr",
        { class: data.configurations[i - 1]?.network === made.network ? "" : "first" },
        html("th", { scope: "row" }, html("b", {}, made.title), " ", html("span", {}, about(made))),
        ...groups.map((group, g) => {
          const score = find.get(`${i} ${group.id}`);
          return cell(score, "td", score?.value === tops[g] ? { class: "top" } : {});
        }),
      ),
    );
    const levels = measure !== "2afc" ? [] : [["human", "A random person"], ["best", "Best possible"]].map(([key, title]) =>
      html("tr", { class: `level ${key}` }, html("th", { scope: "row" }, title), ...groups.map((g) => cell(g[key]))),
    );
    root.querySelector("table").replaceChildren(
      html("caption", { class: "sr-only" }, READING[measure]),
      html(
        "thead",
        {},
        html(
          "tr",
          {},
          html("th", { scope: "col" }, "Metric"),
          ...groups.map((group) =>
            html("th", { scope: "col" }, parts.size > 1 ? `${group.split} (${group.part})` : group.split, " ", html("span", {}, `${group.items}`)),
          ),
        ),
      ),
      html("tbody", {}, ...rows),
      html("tfoot", {}, ...levels),
    );
    setText(root.querySelector(".reading"), `${READING[measure]} The best of a column is marked.`);
  }

  function triplets() {
    const chosen = Number(root.querySelector("select").value);
    const ids = data.most[chosen];
    const most = root.querySelector(".most");
    most.hidden = !data.most.some((row) => row.length);
    const whom = chosen ? "this metric" : "the metrics, on average,";
    setText(
      most.querySelector(".help"),
      ids.length
        ? `Triplets on which ${whom} went most decidedly against people: the share of people missed, times how far apart both distances are.`
        : "It never went against the majority.",
    );
    most.querySelector("ol").replaceChildren(...ids.map((id) => triplet(id, chosen)));
  }

  function triplet(id, chosen) {
    const { part, split, name: file, judgement, distances } = data.triplets[id];
    const pictures = data.thumbnails[id];
    const people = `${percent(judgement, 0)} % of people chose p1, ${percent(1 - judgement, 0)} % p0`;
    const figures = ["p0", "ref", "p1"].map((side) => {
      const picked = side === "ref" ? "" : (judgement > 0.5) === (side === "p1") ? " people" : "";
      const alt = `${side} of ${id}`;
      const image = pictures ? html("img", { src: pictures[side], alt, width: "96", height: "96" }) : html("span", { class: "blank" }, side);
      return html("figure", { class: side + picked }, image, html("figcaption", {}, side + (picked ? " · people" : "")));
    });
    return html(
      "li",
      {},
      html("div", { class: "trio" }, ...figures),
      html("p", {}, html("b", {}, `${split} / ${file}`), ` (${part}): ${people}. ${answer(distances, chosen)}`),
    );
  }

  function answer([d0, d1], chosen) {
    const short = (value) => value.toPrecision(3);
    if (chosen) {
      const i = chosen - 1;
      const side = d0[i] < d1[i] ? "p0" : d1[i] < d0[i] ? "p1" : "neither";
      return `The metric finds ${side} closer: ${short(d0[i])} to p0, ${short(d1[i])} to p1.`;
    }
    const first = d0.filter((value, i) => value < d1[i]).length;
    const second = d0.filter((value, i) => value > d1[i]).length;
    return `${second} of ${d0.length} metrics find p1 closer, ${first} p0.`;
  }

  Explorer.panel("people", draw, setup);
})();
