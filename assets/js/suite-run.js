/* One finished run of a suite, on a network or on pixels: what the table, the cases and the files
   ask of it. */
"use strict";

Explorer.suiteRun = (() => {
  const KINDS = { invert: "invert", translate: "translate", rotate: "rotate", color_stain: "stain" };
  const PIXELS = "pixels"; // in place of the network and of the norm: the baselines need neither
  const NORMS = { norm: "channel norm", raw: "no norm", own: "your own", [PIXELS]: "pixels" };

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

  function count(run, score, kind) {
    const at = placesOf(run, kind);
    return { passed: at.filter((i) => score.passed[i]).length, of: at.length };
  }

  function label(run) {
    return `${run.data.suite} · ${run.data.title}${run.saved ? " (saved)" : ""}`;
  }

  function words(metric, norm, kind) {
    return `${metric}, ${NORMS[norm]}, ${KINDS[kind] ?? "all kinds"}`;
  }

  function leftOut(count) {
    return `${count} ${count === 1 ? "file was" : "files were"} left out`;
  }

  function receipt(run) {
    const { data } = run;
    const { origin, sha256 } = data.weights ?? {};
    const parts = [
      `${data.suite} · ${data.network}`,
      data.weights ? `weights: ${origin}, sha256 ${sha256.slice(0, 12)}` : "no network",
      `${data.size.join(" × ")}`,
      data.computed,
      `version ${data.program}`,
    ];
    if (run.saved) parts.push(`read from ${run.saved}`);
    if (data.left_out) parts.push(leftOut(data.left_out));
    return parts.join(" · ");
  }

  return { KINDS, PIXELS, NORMS, kindsOf, placesOf, scoreOf, count, label, words, leftOut, receipt };
})();
