/* Playing alone: trials one after the other, the reveal after each vote, the totals at the end. */
"use strict";

(() => {
  const { html, game, gameVotes } = Explorer;
  const LARGEST = 20 * 2 ** 20;
  const MOST_FILES = 6000;
  let root = null;
  let series = null; // { seed, count, network, own } of the trials that are played
  let index = 0;
  let next = null; // the trial after this one, asked for while the person looks at the reveal
  let own = null; // { sha, blob, name } of triplets of one's own
  let run = 0; // grows when a series begins or ends: late answers of an older one are dropped

  const $ = (selector) => root.querySelector(selector);

  function open(element) {
    if (!root) {
      root = element;
      setup();
    }
    idle();
  }

  function setup() {
    $(".begin").addEventListener("click", () => begin({ ...game.settings(), own: own?.sha ?? null }, 0));
    $(".continue").addEventListener("click", () => {
      const { series: before, index: at } = game.kept("series");
      begin(before, at);
    });
    $(".stop").addEventListener("click", () => {
      if (root.dataset.mode === "alone") finish();
    });
    $(".pick-zip").addEventListener("click", () => $("input.zip").click());
    $(".pick-folder").addEventListener("click", () => $("input.folder").click());
    $("button.made").addEventListener("click", () => source(null));
    $("input.zip").addEventListener("change", () => {
      const [file] = $("input.zip").files;
      $("input.zip").value = "";
      if (file) send(file, file.name);
    });
    $("input.folder").addEventListener("change", async () => {
      const files = [...$("input.folder").files].slice(0, MOST_FILES);
      $("input.folder").value = "";
      const size = files.reduce((sum, file) => sum + file.size, 0);
      if (size > LARGEST) return game.trouble("The folder has more than 20 MB: take fewer triplets.");
      if (files.length) await send(await Explorer.gameZip.zip(files), files[0].webkitRelativePath.split("/")[0]);
      return undefined;
    });
  }

  /** Give the server a zip of one's own. */
  async function send(blob, name) {
    game.trouble("");
    if (blob.size > LARGEST) {
      game.trouble(`${name} has more than 20 MB: take fewer triplets.`);
      return false;
    }
    const { status, data } = await game.post("game/own", blob, "application/zip");
    if (status !== 200) {
      game.trouble(data.error);
      return false;
    }
    source({ sha: data.own, blob, name });
    $(".source-said").textContent = `Triplets: ${data.triplets} of ${name}`;
    if (data.problems.length) game.trouble(data.problems.join(" "));
    return true;
  }

  function source(chosen) {
    own = chosen;
    $("button.made").hidden = !own;
    $(".source-said").textContent = own ? `Triplets: ${own.name}` : "Triplets: made here";
  }

  function idle() {
    run += 1;
    series = null;
    root.dataset.playing = "no";
    game.clear();
    const before = game.kept("series");
    const button = $(".continue");
    button.hidden = !before;
    if (before) button.textContent = `Continue at ${before.index + 1} of ${before.series.count}`;
    totals();
  }

  function begin(wanted, at) {
    game.trouble("");
    series = wanted;
    index = at;
    next = null;
    run += 1;
    root.dataset.playing = "yes";
    $(".totals").hidden = true;
    trial();
  }

  /** Ask for a trial's pictures; triplets that the server forgot are sent again. */
  async function fetched(of, at) {
    const { seed, count } = of;
    const asked = { seed, count, index: at, ...(of.own ? { own: of.own } : {}) };
    const answer = await game.post("game/trial", asked);
    if (answer.status !== 410 || own?.sha !== of.own) return answer;
    return (await send(own.blob, own.name)) ? game.post("game/trial", asked) : answer;
  }

  async function trial() {
    const mine = run;
    const at = index;
    const { status, data } = await (next ?? fetched(series, at));
    next = null;
    if (mine !== run || at !== index) return;
    game.keep("series", { series, index });
    if (status !== 200) {
      game.trouble(data.error);
      game.after(html("button", { class: "action again", type: "button" }, "Try again"), " ", html("button", { class: "action over", type: "button" }, "Leave this one out"));
      $(".after .again").addEventListener("click", () => { game.trouble(""); trial(); });
      $(".after .over").addEventListener("click", advance);
      return;
    }
    game.board(data, `${index + 1} of ${series.count}`, index / series.count, {
      choose: vote, skip: advance, next: advance, stop: finish,
    });
  }

  async function vote(choice) {
    const mine = run;
    const at = index;
    game.chosen(choice);
    const { seed, count, network } = series;
    const asked = { seed, count, index, network, ...(series.own ? { own: series.own } : {}) };
    const { status, data } = await game.post("game/reveal", asked);
    if (mine !== run || at !== index) return;
    if (status !== 200) {
      game.trouble(`${data.error} Your choice is not counted.`);
      game.ready("Next");
      return;
    }
    game.trouble("");
    const { id, kind, names, judged } = data;
    gameVotes.add({ id, kind, names, judged, network, catch: data.catch, judge: choice });
    game.keep("series", { series, index: index + 1 });
    game.told(data.said);
    game.after(...revealed(data, choice, network));
    if (index + 1 < series.count) next = fetched(series, index + 1);
    game.ready(index + 1 < series.count ? "Next" : "To the totals");
  }

  function revealed(data, choice, network) {
    if (data.catch !== null) {
      const passed = data.catch === choice;
      const text = passed
        ? "An attention check: one picture was the reference itself, and you saw it. It does not count for the metrics."
        : "An attention check: the other picture was the reference itself. It does not count for the metrics.";
      return [html("p", { class: "verdict" }, text)];
    }
    const now = gameVotes.decided(data.judged, choice);
    const agreed = Object.values(now).filter((word) => word === "yes").length;
    const sentence = `${data.title}: ${agreed} of ${data.judged.length} metrics ${agreed === 1 ? "agrees" : "agree"} with you.`;
    const votes = gameVotes.all().filter((v) => v.network === network);
    return [html("p", { class: "verdict" }, sentence), gameVotes.table(gameVotes.agreements(votes), caption(votes), now)];
  }

  function caption(votes) {
    const counted = votes.filter((vote) => vote.catch === null).length;
    return `Your ${counted} ${counted === 1 ? "vote" : "votes"} in this browser`;
  }

  function advance() {
    game.trouble("");
    index += 1;
    if (index >= series.count) finish();
    else trial();
  }

  /** The end, by count or by click. */
  function finish() {
    const done = series && index >= series.count;
    if (done) game.keep("series", null);
    idle();
  }

  function totals() {
    const place = $(".totals");
    const votes = gameVotes.all();
    place.hidden = votes.length === 0;
    if (!votes.length) return;
    const nodes = [html("h3", {}, "Your votes so far")];
    for (const network of [...new Set(votes.map((vote) => vote.network))]) {
      const these = votes.filter((vote) => vote.network === network);
      const rows = gameVotes.agreements(these);
      const title = [...$('[data-set="network"]').options].find((o) => o.value === network)?.textContent ?? network;
      if (rows.length) nodes.push(gameVotes.table(rows, `${title}: ${caption(these)}`));
    }
    const [passed, checks] = gameVotes.attention(votes);
    if (checks) nodes.push(html("p", {}, `Attention checks: ${passed} of ${checks} passed.`));
    const buttons = [
      ["Download my votes (CSV)", () => Explorer.download("votes.csv", gameVotes.csv(gameVotes.all()), "text/csv")],
      ["Another seed", () => { game.put({ ...game.settings(), seed: (game.settings().seed + 1) % 1000000 }); Explorer.link.update(true); $(".begin").focus(); }],
      ["Forget my votes", () => { gameVotes.forget(); game.keep("series", null); idle(); }],
    ].map(([text, act]) => {
      const button = html("button", { class: "action", type: "button" }, text);
      button.addEventListener("click", act);
      return button;
    });
    nodes.push(html("div", { class: "moves" }, ...buttons));
    place.replaceChildren(...nodes);
  }

  function close() {
    run += 1;
    series = null;
    root.dataset.playing = "no";
  }

  game.add("alone", { open, close });
})();
