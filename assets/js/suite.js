/* The suite tab. The server sends finished runs; the table, its cases and the files are made here. */
"use strict";

(() => {
  const { html, setText } = Explorer;
  const KINDS = { invert: "invert", translate: "translate", rotate: "rotate", color_stain: "stain" };
  const NORMS = { norm: "channel norm", raw: "no norm" };
  const MOST_RUNS = 6;
  const AT_ONCE = 60;
  const LARGEST_FILE = 64 * 2 ** 20;
  const FORMAT = "deep perceptual similarity explorer: suite results";
  const VERSION = 1;

  const asked = { suite: "built-in", networks: [], number: 0 };
  let awaited = 0; // the number of the request whose progress is shown; 0 when none is
  const places = {}; // the roots of both panels
  let runs = []; // { id, saved, data }, the newest last
  let opened = null; // the cell whose cases are shown: { id, metric, norm, kind }
  let cursor = ""; // the cell that the tab key reaches
  let order = "closest";
  let shown = AT_ONCE;
  const notes = { server: [], page: [] };
  const drawn = {}; // the values that were drawn: a panel is also redrawn when its size changes

  // Controls

  function setup(root) {
    places.controls = root;
    Explorer.segmented(root.querySelector(".segmented"), (button) => {
      asked.suite = button.dataset.suite;
      document.body.dataset.suite = asked.suite;
    });
    root.querySelector(".run").addEventListener("click", () => {
      const boxes = [...root.querySelectorAll("[name=suite-network]:checked")];
      asked.networks = boxes.map((box) => box.value);
      asked.number += 1;
      awaited = asked.number;
      state({ key: "running", text: "Waiting for its turn…", share: 0, notes: [] });
      tell("page", []);
      Explorer.ask("suite-asked", asked);
    });
    root.querySelector(".cancel").addEventListener("click", () => {
      awaited = 0;
      Explorer.ask("suite-stopped", asked.number);
      state({ key: "cancelled", text: "Cancelled. Finished networks are kept.", share: 0 });
    });
    const file = root.querySelector(".saved-file");
    root.querySelector(".open-saved").addEventListener("click", () => file.click());
    file.addEventListener("change", () => {
      if (file.files[0]) openSaved(file.files[0]);
      file.value = "";
    });
  }

  function draw(root, value) {
    if (drawn.controls === value) return;
    drawn.controls = value;
    // What still comes of a cancelled request is too late; a file may be chosen during a run.
    if (value.number === undefined && awaited) tell("server", value.notes ?? []);
    else if (value.number === undefined || value.number === awaited) state(value);
    if (value.number === awaited && value.key !== "running") awaited = 0;
    const missing = value.missing ?? [];
    for (const mark of root.querySelectorAll(".absent")) {
      mark.hidden = !missing.includes(mark.dataset.network);
    }
  }

  /** What is being done. Notes and files that were left out stay unless new ones are given. */
  function state(value) {
    const root = places.controls;
    const running = value.key === "running";
    root.dataset.state = value.key;
    root.querySelector(".run").disabled = running;
    root.querySelector(".cancel").disabled = !running;
    root.querySelector(".progress").classList.toggle("busy", running);
    root.querySelector("progress").value = value.share;
    setText(root.querySelector(".doing"), value.text);
    if (value.notes !== undefined) tell("server", value.notes);
    if (value.left_out !== undefined) leftOut(root.querySelector(".left-out"), value.left_out);
  }

  /** Sentences of the server, or of this page on files that it read. */
  function tell(who, sentences) {
    notes[who] = sentences;
    const wanted = [...notes.server, ...notes.page];
    const list = places.controls.querySelector(".notes");
    // Said once: the list is read aloud whenever it changes.
    if (list.dataset.shown === wanted.join("\n")) return;
    list.dataset.shown = wanted.join("\n");
    list.replaceChildren(...wanted.map((note) => html("li", {}, note)));
  }

  function leftOut(details, left) {
    details.hidden = !left?.count;
    if (details.hidden) return;
    const more = left.count - left.problems.length;
    setText(details.querySelector("summary"), files(left.suite, left.count));
    const lines = more > 0 ? [...left.problems, `And ${more} more.`] : left.problems;
    details.querySelector("ul").replaceChildren(...lines.map((line) => html("li", {}, line)));
  }

  function files(suite, count) {
    return `${suite}: ${count} ${count === 1 ? "file was" : "files were"} left out`;
  }

  // Runs

  /** A run of the same suite and network is replaced; one that was read from a file stands apart. */
  function add(data, saved = "") {
    const id = JSON.stringify([data.suite, data.network, saved]);
    const same = runs.findIndex((run) => run.id === id);
    if (same >= 0) runs[same] = { id, saved, data };
    else runs.push({ id, saved, data });
    runs = runs.slice(-MOST_RUNS);
    render();
    // The newest stands last: bring it into the table's box.
    const box = places.runs.querySelector(".scroller");
    if (same < 0) box.scrollLeft = box.scrollWidth;
  }

  function remove(id) {
    runs = runs.filter((run) => run.id !== id);
    if (opened?.id === id) opened = null;
    render();
    places.runs.querySelector(".remove")?.focus();
  }

  function kindsOf({ data }) {
    return Object.keys(KINDS).filter((kind) => data.cases.some((c) => c.kind === kind));
  }

  /** The places of a kind's cases in a run's lists. */
  function placesOf({ data }, kind) {
    const every = data.cases.map((_, i) => i);
    return kind === "all" ? every : every.filter((i) => data.cases[i].kind === kind);
  }

  function scoreOf({ data }, metric, norm) {
    return data.scores.find((score) => score.metric === metric && score.norm === norm);
  }

  function label(run) {
    return `${run.data.suite} · ${run.data.title}${run.saved ? " (saved)" : ""}`;
  }

  function count(run, score, kind) {
    const at = placesOf(run, kind);
    return { passed: at.filter((i) => score.passed[i]).length, of: at.length };
  }

  function words(metric, norm, kind) {
    return `${metric}, ${NORMS[norm]}, ${KINDS[kind] ?? "all kinds"}`;
  }

  // Table

  function cell(run, row, kind) {
    const score = scoreOf(run, row.metric, row.norm);
    const side = kind === "all" ? { class: "total" } : {};
    if (!score) return html("td", side, html("span", { class: "none", title: "Not defined here" }, "–"));
    const { passed, of } = count(run, score, kind);
    const own = { id: run.id, metric: row.metric, norm: row.norm, kind };
    const key = JSON.stringify(own);
    const button = html(
      "button",
      {
        type: "button",
        class: "count",
        style: `--rate:${passed / of}`,
        "data-cell": key,
        "data-metric": row.metric,
        "data-norm": row.norm,
        "data-kind": kind,
        "aria-expanded": String(key === JSON.stringify(opened)),
        "aria-label": `${words(row.title, row.norm, kind)}: ${passed} of ${of} pass (${label(run)})`,
      },
      `${passed}/${of}`,
    );
    button.addEventListener("click", () => open(own));
    button.addEventListener("focus", () => reach(button));
    return html("td", side, button);
  }

  function group(run) {
    const { data } = run;
    const [width, height] = data.size;
    const close = html(
      "button",
      { type: "button", class: "remove", "aria-label": `Remove ${label(run)}`, title: "Remove" },
      "×",
    );
    close.addEventListener("click", () => remove(run.id));
    const about = `${data.suite} · ${data.cases.length} cases, ${width} × ${height}`;
    return html(
      "th",
      { scope: "colgroup", colspan: String(kindsOf(run).length + 1), class: "first" },
      html(
        "div",
        { class: "group" },
        html("b", { title: data.title }, data.title),
        close,
        html("span", { title: about }, run.saved ? `${run.saved}: ${about}` : about),
      ),
    );
  }

  function table() {
    const rows = [];
    for (const run of runs) {
      for (const { metric, title, norm } of run.data.scores) {
        if (!rows.some((row) => row.metric === metric && row.norm === norm)) {
          rows.push({ metric, title, norm });
        }
      }
    }
    const columns = runs.flatMap((run) => [...kindsOf(run), "all"].map((kind) => ({ run, kind })));
    const heads = columns.map(({ run, kind }) =>
      html(
        "th",
        { scope: "col", class: kind === "all" ? "total" : kind === kindsOf(run)[0] ? "first" : "" },
        KINDS[kind] ?? "all",
      ),
    );
    const body = rows.map((row, i) =>
      html(
        "tr",
        { class: rows[i - 1]?.metric === row.metric ? "" : "first" },
        html(
          "th",
          { scope: "row" },
          html("div", {}, html("b", {}, row.title), " ", html("span", {}, NORMS[row.norm])),
        ),
        ...columns.map(({ run, kind }) => cell(run, row, kind)),
      ),
    );
    return [
      html("caption", { class: "sr-only" }, "Cases passed, by metric and by kind of change."),
      html(
        "thead",
        {},
        html("tr", {}, html("th", { rowspan: "2", scope: "col" }, "Metric"), ...runs.map(group)),
        html("tr", {}, ...heads),
      ),
      html("tbody", {}, ...body),
    ];
  }

  /** Exactly one cell is reached by the tab key; the arrow keys move from there. */
  function reach(button) {
    cursor = button.dataset.cell;
    for (const other of places.runs.querySelectorAll(".count")) {
      other.tabIndex = other === button ? 0 : -1;
    }
  }

  function walk(event) {
    const here = event.target.closest(".count")?.parentElement;
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!here || !step) return;
    event.preventDefault();
    const along = event.key === "ArrowLeft" || event.key === "ArrowRight";
    const line = along
      ? [...here.parentElement.cells]
      : [...here.closest("tbody").rows].map((row) => row.cells[here.cellIndex]);
    for (let i = line.indexOf(here) + step; line[i]; i += step) {
      const next = line[i].querySelector(".count");
      if (next) return next.focus();
    }
  }

  function render() {
    const root = places.runs;
    root.hidden = runs.length === 0;
    const focused = document.activeElement?.dataset?.cell;
    root.querySelector("table").replaceChildren(...table());
    const cells = [...root.querySelectorAll(".count")];
    const reached = cells.find((button) => button.dataset.cell === cursor) ?? cells[0];
    if (reached) reach(reached);
    cells.find((button) => button.dataset.cell === focused)?.focus({ preventScroll: true });
    root.querySelector(".receipts").replaceChildren(...runs.map((run) => html("li", {}, receipt(run))));
    renderCases();
  }

  function receipt(run) {
    const { data } = run;
    const parts = [
      `${data.suite} · ${data.network}`,
      `weights: ${data.weights.origin}, sha256 ${data.weights.sha256.slice(0, 12)}`,
      `${data.size.join(" × ")}`,
      data.computed,
      `version ${data.program}`,
    ];
    if (run.saved) parts.push(`read from ${run.saved}`);
    if (data.left_out) parts.push(files("left out", data.left_out).replace("left out: ", ""));
    return parts.join(" · ");
  }

  // Cases

  function open(own) {
    opened = own;
    shown = AT_ONCE;
    const key = JSON.stringify(own);
    for (const button of places.runs.querySelectorAll(".count")) {
      button.setAttribute("aria-expanded", String(button.dataset.cell === key));
    }
    renderCases();
    places.runs.querySelector(".cases header")?.scrollIntoView({ block: "nearest" });
  }

  function close() {
    const key = JSON.stringify(opened);
    opened = null;
    render();
    [...places.runs.querySelectorAll(".count")].find((b) => b.dataset.cell === key)?.focus();
  }

  function renderCases() {
    const place = places.runs.querySelector(".cases");
    const run = runs.find(({ id }) => id === opened?.id);
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
      renderCases();
    });
    place.replaceChildren(
      casesHead(run, score),
      html("ol", {}, ...at.slice(0, shown).map((i) => card(run, score, i))),
      ...(at.length > shown ? [more] : []),
    );
    place.dataset.cell = `${run.data.network} ${opened.metric} ${opened.norm} ${opened.kind}`;
    return undefined;
  }

  function casesHead(run, score) {
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
      renderCases();
      places.runs.querySelector(`.cases [data-order=${order}]`).focus();
    });
    const shut = html("button", { type: "button", class: "action shut" }, "Close");
    shut.addEventListener("click", close);
    return html(
      "header",
      {},
      html(
        "h3",
        { role: "status" },
        `${words(score.title, score.norm, opened.kind)}: ${passed} of ${of} pass`,
        html("span", {}, label(run)),
      ),
      html("div", { class: "tools" }, sorting, shut),
    );
  }

  /** What a case is judged by: the decoy for a stain, the nearest reference for everything else. */
  function limitOf(run, score, i) {
    const { decoy } = run.data.cases[i];
    if (decoy) return { name: "decoy", path: decoy, distance: score.decoy[i] };
    const near = score.references[i].indexOf(Math.min(...score.references[i]));
    const [name, path] = Object.entries(run.data.references)[near];
    return { name, path, distance: score.references[i][near] };
  }

  function card(run, score, i) {
    const own = run.data.cases[i];
    const passed = Boolean(score.passed[i]);
    const limit = limitOf(run, score, i);
    const node = html(
      "li",
      { class: `case ${passed ? "pass" : "fail"}`, "data-other": own.other },
      html(
        "div",
        { class: "pictures" },
        picture(run, own.original, "original"),
        picture(run, own.other, KINDS[own.kind], `d = ${number(score.distance[i])}`),
        picture(run, limit.path, limit.name, `d = ${number(limit.distance)}`),
      ),
      html(
        "p",
        { class: "verdict" },
        html("b", {}, passed ? "✓ passes" : "✗ fails"),
        margin(score.margin[i], limit),
      ),
      html("p", { class: "names" }, [own.original, own.other, own.decoy].filter(Boolean).join(" → ")),
    );
    if (own.values) {
      const button = html("button", { type: "button", class: "action explore" }, "Open in Explore");
      button.addEventListener("click", () => explore(run, score, own));
      node.append(button);
    }
    return node;
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

  function number(value) {
    if (Math.abs(value) >= 1000) return value.toFixed(0);
    return `${+value.toPrecision(4)}`;
  }

  function explore(run, score, own) {
    const question = { "ask.network": run.data.network, "ask.norm": score.norm === "norm" };
    Explorer.form.open({ ...own.values, ...question }, false);
  }

  // Files

  function save() {
    const data = { format: FORMAT, version: VERSION, runs: runs.map((run) => run.data) };
    Explorer.download("suite-results.json", JSON.stringify(data), "application/json");
  }

  function saveCsv() {
    const names = [...new Set(runs.flatMap(({ data }) => Object.keys(data.references)))];
    const head = ["suite", "network", "metric", "norm", "kind", "original", "other", "distance"];
    const lines = [[...head, "passed", "margin", ...names.map((n) => `to_${n}`), "decoy", "to_decoy"]];
    for (const { data } of runs) {
      const own = Object.keys(data.references);
      for (const score of data.scores) {
        data.cases.forEach((c, i) => {
          const first = [data.suite, data.network, score.metric, score.norm, c.kind, c.original];
          const to = names.map((name) => score.references[i][own.indexOf(name)] ?? "");
          const verdict = [score.distance[i], score.passed[i], score.margin[i]];
          lines.push([...first, c.other, ...verdict, ...to, c.decoy ?? "", score.decoy[i] ?? ""]);
        });
      }
    }
    const quoted = (value) => (/[",\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
    const text = lines.map((line) => line.map((value) => quoted(`${value}`)).join(",")).join("\n");
    Explorer.download("suite-results.csv", `${text}\n`, "text/csv");
  }

  function openSaved(file) {
    if (file.size > LARGEST_FILE) {
      tell("page", [`${file.name} is too large: at most ${LARGEST_FILE / 2 ** 20} MB can be opened.`]);
      return;
    }
    const reader = new FileReader();
    reader.addEventListener("error", () => tell("page", [`${file.name} could not be read.`]));
    reader.addEventListener("load", () => {
      try {
        const found = checked(reader.result);
        for (const data of found) add(data, file.name);
        const dropped = found.length > MOST_RUNS ? ` Only the last ${MOST_RUNS} are shown.` : "";
        tell("page", dropped ? [`${file.name} holds ${found.length} runs.${dropped}`] : []);
      } catch (error) {
        tell("page", [`${file.name} ${error.message}.`]);
      }
    });
    reader.readAsText(file);
  }

  /** The runs in a saved file; throws an error that ends a sentence. */
  function checked(text) {
    let data;
    try {
      data = JSON.parse(text);
    } catch {
      throw new Error("is not a file of saved results: it is no JSON");
    }
    if (data?.format !== FORMAT) throw new Error("is not a file of saved results");
    if (data.version !== VERSION) {
      throw new Error(`has version ${data.version}; this page reads version ${VERSION}`);
    }
    if (!Array.isArray(data.runs) || !data.runs.length) throw new Error("holds no runs");
    data.runs.forEach((run, i) => {
      const wrong = fault(run);
      if (wrong) throw new Error(`is damaged: run ${i + 1} has no usable ${wrong}`);
    });
    return data.runs;
  }

  const isText = (value) => typeof value === "string" && value.length < 1000;
  const isNumber = (value) => typeof value === "number" && Number.isFinite(value);
  const isRecord = (value, good) =>
    value !== null && typeof value === "object" && !Array.isArray(value) && Object.values(value).every(good);
  const isList = (value, good, length) =>
    Array.isArray(value) && (length === undefined || value.length === length) && value.every(good);

  /** The first part of a run that is not what it should be, or nothing. */
  function fault(run) {
    if (!isRecord(run, () => true)) return "content";
    for (const name of ["suite", "network", "title", "program", "computed"]) {
      if (!isText(run[name])) return name;
    }
    if (!isRecord(run.weights, isText) || !run.weights.origin || !run.weights.sha256) return "weights";
    if (!isList(run.size, isNumber, 2)) return "size";
    if (!isNumber(run.left_out)) return "left_out";
    if (!isRecord(run.references, isText) || !Object.keys(run.references).length) return "references";
    // Nothing else than a picture in the file itself: an address would be asked for.
    const isPicture = (uri) => typeof uri === "string" && uri.startsWith("data:image/");
    if (!isRecord(run.thumbnails, isPicture)) return "thumbnails";
    if (!isList(run.cases, isCase) || !run.cases.length) return "cases";
    if (!isList(run.scores, (score) => isScore(score, run)) || !run.scores.length) return "scores";
    return "";
  }

  function isCase(c) {
    const isValue = (value) => isText(value) || isNumber(value) || typeof value === "boolean";
    return (
      isRecord(c, () => true) &&
      Object.hasOwn(KINDS, c.kind) &&
      isText(c.original) &&
      isText(c.other) &&
      (c.kind === "color_stain" ? isText(c.decoy) : c.decoy === undefined) &&
      (c.values === undefined || isRecord(c.values, isValue))
    );
  }

  function isScore(score, run) {
    const length = run.cases.length;
    const references = Object.keys(run.references).length;
    return (
      isRecord(score, () => true) &&
      isText(score.metric) &&
      isText(score.title) &&
      Object.hasOwn(NORMS, score.norm) &&
      isList(score.distance, isNumber, length) &&
      isList(score.margin, isNumber, length) &&
      isList(score.passed, (passed) => passed === 0 || passed === 1, length) &&
      isList(score.references, (list) => isList(list, isNumber, references), length) &&
      Array.isArray(score.decoy) &&
      run.cases.every((c, i) => !c.decoy || isNumber(score.decoy[i]))
    );
  }

  Explorer.panel("suite", draw, setup);
  Explorer.panel(
    "suite-runs",
    (root, value) => {
      if (drawn.runs === value) return;
      drawn.runs = value;
      add(value);
    },
    (root) => {
      places.runs = root;
      root.querySelector(".save").addEventListener("click", save);
      root.querySelector(".csv").addEventListener("click", saveCsv);
      root.querySelector("table").addEventListener("keydown", walk);
      root.querySelector(".cases").addEventListener("keydown", (event) => {
        if (event.key === "Escape") close();
      });
    },
  );
})();
