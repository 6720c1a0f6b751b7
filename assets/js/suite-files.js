/* Finished runs as files: saved, read back with care, and as a table for other programs. */
"use strict";

Explorer.suiteFiles = (() => {
  const { KINDS, PIXELS, NORMS } = Explorer.suiteRun;
  const LARGEST_FILE = 64 * 2 ** 20;
  const FORMAT = "deep perceptual similarity explorer: suite results";
  const VERSION = 1;
  const PNG = "data:image/png;base64,";

  function save(runs) {
    const data = { format: FORMAT, version: VERSION, runs: runs.map((run) => run.data) };
    Explorer.download("suite-results.json", JSON.stringify(data), "application/json");
  }

  function saveCsv(runs) {
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

  /** Read saved runs: `found(runs)` gets them, or `refused(sentence)` what is wrong. */
  function read(file, found, refused) {
    if (file.size > LARGEST_FILE) {
      refused(`${file.name} is too large: at most ${LARGEST_FILE / 2 ** 20} MB can be opened.`);
      return;
    }
    const reader = new FileReader();
    reader.addEventListener("error", () => refused(`${file.name} could not be read.`));
    reader.addEventListener("load", () => {
      try {
        found(checked(reader.result));
      } catch (error) {
        refused(`${file.name} ${error.message}.`);
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
    if (!hasWeights(run)) return "weights";
    if (!isList(run.size, isNumber, 2)) return "size";
    if (!isNumber(run.left_out)) return "left_out";
    if (!isRecord(run.references, isText) || !Object.keys(run.references).length) return "references";
    // Nothing else than a picture in the file itself: an address would be asked for.
    const isPicture = (uri) => typeof uri === "string" && uri.startsWith("data:image/");
    if (!isRecord(run.thumbnails, isPicture)) return "thumbnails";
    if (run.originals !== undefined && !isRecord(run.originals, isPng)) return "originals";
    if (!isList(run.cases, isCase) || !run.cases.length) return "cases";
    if (!isList(run.scores, (score) => isScore(score, run)) || !run.scores.length) return "scores";
    return "";
  }

  function isPng(uri) {
    if (typeof uri !== "string" || !uri.startsWith(PNG)) return false;
    try {
      return atob(uri.slice(PNG.length)) !== "";
    } catch {
      return false;
    }
  }

  function hasWeights({ network, weights }) {
    // Of the baselines only DISTS has any.
    if (network === PIXELS && weights === undefined) return true;
    return isRecord(weights, isText) && Boolean(weights.origin && weights.sha256);
  }

  function isCase(c) {
    const isValue = (value) => isText(value) || isNumber(value) || typeof value === "boolean";
    return (
      isRecord(c, () => true) &&
      Object.hasOwn(KINDS, c.kind) &&
      isText(c.original) &&
      isText(c.other) &&
      (c.kind === "color_stain" ? isText(c.decoy) : c.decoy === undefined) &&
      [c.values, c.sliders].every((v) => v === undefined || isRecord(v, isValue))
    );
  }

  function isScore(score, run) {
    return (
      isRecord(score, () => true) &&
      isText(score.metric) &&
      isText(score.title) &&
      Object.hasOwn(NORMS, score.norm) &&
      (score.norm === PIXELS) === (run.network === PIXELS) &&
      hasDistances(score, run, isNumber) &&
      isList(score.margin, isNumber, run.cases.length) &&
      isList(score.passed, (passed) => passed === 0 || passed === 1, run.cases.length) &&
      (score.shown === undefined || hasDistances(score.shown, run, isText))
    );
  }

  function hasDistances(lists, run, good) {
    const references = Object.keys(run.references).length;
    return (
      isRecord(lists, () => true) &&
      isList(lists.distance, good, run.cases.length) &&
      isList(lists.references, (list) => isList(list, good, references), run.cases.length) &&
      Array.isArray(lists.decoy) &&
      run.cases.every((c, i) => !c.decoy || good(lists.decoy[i]))
    );
  }

  return { save, saveCsv, read };
})();
