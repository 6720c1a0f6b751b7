/* One's own votes: kept in this browser, counted here, downloaded as CSV in BAPPS's terms. */
"use strict";

Explorer.gameVotes = (() => {
  const { html, game } = Explorer;
  const Z = 1.959963984540054;
  const MOST = 5000;

  /** All votes, the oldest first. */
  function all() {
    const found = game.kept("votes");
    return Array.isArray(found) ? found : [];
  }

  /** Keep a vote; one on the same trial and network is replaced. */
  function add(vote) {
    const others = all().filter((v) => v.id !== vote.id || v.network !== vote.network);
    if (!game.keep("votes", [...others, vote].slice(-MOST))) {
      game.trouble("This browser keeps nothing for this page: your votes are lost when you leave.");
    }
  }

  function forget() {
    game.keep("votes", null);
  }

  /** Wilson's interval of 95 %, as in explorer/agreement.py. */
  function interval(share, n) {
    const square = Z * Z;
    const centre = (share + square / (2 * n)) / (1 + square / n);
    const half = (Z / (1 + square / n)) * Math.sqrt((share * (1 - share)) / n + square / (4 * n * n));
    const low = share === 0 ? 0 : Math.max(0, centre - half);
    const high = share === 1 ? 1 : Math.min(1, centre + half);
    return { share, low, high, n };
  }

  /** How often each configuration agreed with votes that are no attention checks. */
  function agreements(votes) {
    const sums = new Map();
    for (const vote of votes) {
      if (vote.catch !== null) continue;
      for (const { key, title, prefers } of vote.judged) {
        const sum = sums.get(key) ?? { key, title, of: 0, n: 0 };
        sum.of += prefers * vote.judge + (1 - prefers) * (1 - vote.judge);
        sum.n += 1;
        sums.set(key, sum);
      }
    }
    return [...sums.values()].map(({ key, title, of, n }) => ({ key, title, ...interval(of / n, n) }));
  }

  /** How many attention checks were passed: [passed, all]. */
  function attention(votes) {
    const checks = votes.filter((vote) => vote.catch !== null);
    return [checks.filter((vote) => vote.catch === vote.judge).length, checks.length];
  }

  function percent(share) {
    return `${Math.round(100 * share)} %`;
  }

  /** The table of agreements. `now`: key → how it decided this time: "yes", "no", "half". */
  function table(rows, caption, now = null, most = null) {
    const marks = { yes: ["✓", "agrees"], no: ["✗", "disagrees"], half: ["=", "finds both alike"] };
    const head = ["Metric", ...(now ? ["This one"] : []), "Agreement so far, interval of 95 %", ""];
    const line = (row, extra = "") => {
      const bar = html("div", { class: "bar-of", "aria-hidden": "true" }, html("i", { class: "range" }), html("i", { class: "at" }));
      bar.style.setProperty("--low", row.low);
      bar.style.setProperty("--high", row.high);
      bar.style.setProperty("--at", row.share);
      const cells = [html("th", { scope: "row" }, row.title)];
      if (now) {
        const [sign, words] = marks[now[row.key]] ?? ["", ""];
        const mark = html("td", { class: `mark ${now[row.key] ?? ""}` }, sign);
        mark.append(html("span", { class: "sr-only" }, words));
        cells.push(mark);
      }
      const range = `${Math.round(100 * row.low)}–${Math.round(100 * row.high)}`;
      cells.push(html("td", { class: "bar" }, bar));
      cells.push(html("td", { class: "figure" }, html("b", {}, percent(row.share)), ` ${range}`));
      return html("tr", { class: extra, "data-metric": row.key ?? "" }, ...cells);
    };
    const body = rows.map((row) => line(row));
    if (most) body.push(line({ ...most, title: "The most a metric can get" }, "most"));
    return html(
      "table",
      { class: "agreements" },
      html("caption", {}, caption),
      html("thead", {}, html("tr", {}, ...head.map((text) => html("th", { scope: "col" }, text)))),
      html("tbody", {}, ...body),
    );
  }

  /** Which configurations agree with a choice. */
  function decided(judged, choice) {
    const word = (prefers) => (prefers === 0.5 ? "half" : prefers === choice ? "yes" : "no");
    return Object.fromEntries(judged.map(({ key, prefers }) => [key, word(prefers)]));
  }

  /** All votes as CSV: `judge` is 0 when p0 was found closer, 1 when p1 was. */
  function csv(votes) {
    const keys = [...new Set(votes.flatMap((vote) => vote.judged.map(({ key }) => key)))];
    const quoted = (value) => {
      const text = String(value ?? "");
      return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    };
    const head = ["ref", "p0", "p1", "judge", "id", "kind", "attention", "network", ...keys.flatMap((k) => [`d0 ${k}`, `d1 ${k}`])];
    const rows = votes.map((vote) => {
      const by = new Map(vote.judged.map((one) => [one.key, one]));
      const check = vote.catch === null ? "" : vote.catch === vote.judge ? "passed" : "failed";
      const numbers = keys.flatMap((k) => [by.get(k)?.d0, by.get(k)?.d1]);
      return [...vote.names, vote.judge, vote.id, vote.kind, check, vote.network, ...numbers];
    });
    return [head, ...rows].map((row) => row.map(quoted).join(",")).join("\r\n") + "\r\n";
  }

  return { all, add, forget, interval, agreements, attention, percent, table, decided, csv };
})();
