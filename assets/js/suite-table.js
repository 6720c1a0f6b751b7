/* The suite's table: a row a metric, a group of columns a run, and cells that open their cases. */
"use strict";

Explorer.suiteTable = (() => {
  const { html } = Explorer;
  const { KINDS, PIXELS, NORMS, kindsOf, scoreOf, count, label, words } = Explorer.suiteRun;
  let place = null; // the table
  let tell = {}; // { open, remove }: what a cell and a run's button do
  let cursor = ""; // the cell that the tab key reaches

  function setup(table, actions) {
    place = table;
    tell = actions;
    place.addEventListener("keydown", walk);
  }

  function cell(run, row, kind, opened) {
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
        "aria-expanded": String(key === opened),
        "aria-label": `${words(row.title, row.norm, kind)}: ${passed} of ${of} pass (${label(run)})`,
      },
      `${passed}/${of}`,
    );
    button.addEventListener("click", () => tell.open(own));
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
    close.addEventListener("click", () => tell.remove(run.id));
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

  /** In the order in which they come, the baselines' after the deep metrics'. */
  function rowsOf(runs) {
    const rows = [];
    for (const run of runs) {
      for (const { metric, title, norm } of run.data.scores) {
        if (!rows.some((row) => row.metric === metric && row.norm === norm)) {
          rows.push({ metric, title, norm });
        }
      }
    }
    const last = ({ norm }) => Number(norm === PIXELS);
    return rows.sort((a, b) => last(a) - last(b));
  }

  function parts(runs, opened) {
    const rows = rowsOf(runs);
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
        ...columns.map(({ run, kind }) => cell(run, row, kind, opened)),
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

  function cells() {
    return [...place.querySelectorAll(".count")];
  }

  /** Exactly one cell is reached by the tab key; the arrow keys move from there. */
  function reach(button) {
    cursor = button.dataset.cell;
    for (const other of cells()) other.tabIndex = other === button ? 0 : -1;
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

  function draw(runs, opened) {
    const focused = document.activeElement?.dataset?.cell;
    place.replaceChildren(...parts(runs, opened && JSON.stringify(opened)));
    const reached = cells().find((button) => button.dataset.cell === cursor) ?? cells()[0];
    if (reached) reach(reached);
    cells().find((button) => button.dataset.cell === focused)?.focus({ preventScroll: true });
  }

  /** Say which cell is open, without drawing the others again. */
  function mark(opened) {
    const key = JSON.stringify(opened);
    for (const button of cells()) {
      button.setAttribute("aria-expanded", String(button.dataset.cell === key));
    }
  }

  function focus(cell) {
    const key = JSON.stringify(cell);
    cells().find((button) => button.dataset.cell === key)?.focus();
  }

  return { setup, draw, mark, focus };
})();
