/* The suite tab: what is asked, the progress, and the finished runs, which the server sends. The
   table, its cases and the files are made from them in suite-table, suite-cases and suite-files. */
"use strict";

(() => {
  const { html, setText, suiteRun, suiteTable, suiteCases, suiteFiles } = Explorer;
  const MOST_RUNS = 6;

  const asked = { suite: "built-in", networks: [], number: 0 };
  let awaited = 0; // the number of the request whose progress is shown; 0 when none is
  const places = {}; // the roots of both panels
  let runs = []; // { id, saved, data }, the newest last
  let opened = null; // the cell whose cases are shown: { id, metric, norm, kind }
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
      const { "ask.own": own = "", "ask.taps": taps = "" } = Explorer.form.values;
      Explorer.ask("suite-asked", { ...asked, own, taps });
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
    setText(details.querySelector("summary"), `${left.suite}: ${suiteRun.leftOut(left.count)}`);
    const lines = more > 0 ? [...left.problems, `And ${more} more.`] : left.problems;
    details.querySelector("ul").replaceChildren(...lines.map((line) => html("li", {}, line)));
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

  function open(own) {
    opened = own;
    suiteTable.mark(opened);
    suiteCases.open(ofOpened(), opened);
  }

  function close() {
    const cell = opened;
    opened = null;
    render();
    suiteTable.focus(cell);
  }

  function ofOpened() {
    return runs.find(({ id }) => id === opened?.id);
  }

  function render() {
    const root = places.runs;
    root.hidden = runs.length === 0;
    suiteTable.draw(runs, opened);
    const receipts = runs.map((run) => html("li", {}, suiteRun.receipt(run)));
    root.querySelector(".receipts").replaceChildren(...receipts);
    suiteCases.draw(ofOpened(), opened);
  }

  function openSaved(file) {
    const found = (all) => {
      for (const data of all) add(data, file.name);
      const dropped = all.length > MOST_RUNS ? ` Only the last ${MOST_RUNS} are shown.` : "";
      tell("page", dropped ? [`${file.name} holds ${all.length} runs.${dropped}`] : []);
    };
    suiteFiles.read(file, found, (sentence) => tell("page", [sentence]));
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
      root.querySelector(".save").addEventListener("click", () => suiteFiles.save(runs));
      root.querySelector(".csv").addEventListener("click", () => suiteFiles.saveCsv(runs));
      suiteTable.setup(root.querySelector("table"), { open, remove });
      suiteCases.setup(root.querySelector(".cases"), close);
    },
  );
})();
