/* A file of `explorer bapps` results, read with care: anybody may have written it. */
"use strict";

Explorer.peopleFile = (() => {
  const FORMAT = "deep perceptual similarity explorer: bapps results";
  const VERSION = 1;
  const LARGEST_FILE = 64 * 2 ** 20;
  const MEASURES = ["2afc", "accuracy", "ap"];

  const isRecord = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
  const isText = (value) => typeof value === "string" && value.length < 1000;
  const isCount = (value) => Number.isInteger(value) && value >= 0;
  const isShare = (value) => typeof value === "number" && value >= 0 && value <= 1;
  const isList = (value, good) => Array.isArray(value) && value.every(good);
  const isRow = (row) =>
    isRecord(row) && [row.value, row.low, row.high].every((end) => end === null || isShare(end));

  /** Read a file: `found(results)` gets them, or `refused(sentence)` what is wrong. */
  function read(file, found, refused) {
    if (file.size > LARGEST_FILE) {
      refused(`${file.name} is too large: at most ${LARGEST_FILE / 2 ** 20} MB can be opened.`);
      return;
    }
    const reader = new FileReader();
    reader.addEventListener("error", () => refused(`${file.name} could not be read.`));
    reader.addEventListener("load", () => {
      let results;
      try {
        results = checked(reader.result);
      } catch (error) {
        refused(`${file.name} ${error.message}.`);
        return;
      }
      found(results);
    });
    reader.readAsText(file);
  }

  /** The results in a text; throws an error that ends a sentence. */
  function checked(text) {
    let data;
    try {
      data = JSON.parse(text);
    } catch {
      throw new Error("is no file of results: it is no JSON");
    }
    if (data?.format !== FORMAT) {
      throw new Error("is no file of results: one that “explorer bapps --save” wrote is needed");
    }
    if (data.version !== VERSION) {
      throw new Error(`has version ${data.version}; this page reads version ${VERSION}`);
    }
    const wrong = fault(data);
    if (wrong) throw new Error(`is damaged: its ${wrong} cannot be used`);
    return data;
  }

  /** The first part that is not what it should be, or nothing. */
  function fault(data) {
    if (![data.note, data.program].every(isText)) return "head";
    if (!isRecord(data.bootstrap) || !isShare(data.bootstrap.level)) return "bootstrap";
    if (!isCount(data.bootstrap.resamples)) return "bootstrap";
    const made = ["network", "network_title", "metric", "title", "norm", "made_by"];
    const isMade = (row) => isRecord(row) && made.every((name) => isText(row[name]));
    if (!isList(data.configurations, isMade) || !data.configurations.length) return "configurations";
    if (!isList(data.groups, isGroup) || !data.groups.length) return "groups";
    const names = new Set(data.groups.map((group) => group.id));
    const count = data.configurations.length;
    const isScore = (row) =>
      isRow(row) && names.has(row.group) && MEASURES.includes(row.measure) &&
      isCount(row.configuration) && row.configuration < count;
    if (!isList(data.scores, isScore) || !data.scores.length) return "scores";
    const isTriplet = (row) =>
      isRecord(row) && [row.part, row.split, row.name].every(isText) && isShare(row.judgement) &&
      isList(row.distances, (part) => isList(part, Number.isFinite) && part.length === count) &&
      row.distances.length === 2;
    if (!isRecord(data.triplets) || !Object.values(data.triplets).every(isTriplet)) return "triplets";
    const isListed = (row) => isList(row, (id) => Object.hasOwn(data.triplets, id));
    if (!isList(data.most, isListed) || data.most.length !== count + 1) return "list of triplets";
    // Nothing else than a picture in the file itself: an address would be asked for.
    const isPicture = (uri) => typeof uri === "string" && uri.startsWith("data:image/png;base64,");
    const isSet = (row) => isRecord(row) && ["ref", "p0", "p1"].every((side) => isPicture(row[side]));
    if (!isRecord(data.thumbnails) || !Object.values(data.thumbnails).every(isSet)) return "pictures";
    if (!isCount(data.left_out)) return "count of what was left out";
    return "";
  }

  function isGroup(row) {
    if (!isRecord(row) || ![row.id, row.task, row.part, row.split].every(isText)) return false;
    if (!isCount(row.items)) return false;
    return row.task !== "2afc" || (isRow(row.human) && isRow(row.best));
  }

  return { read, checked };
})();
