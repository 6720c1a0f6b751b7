/* What the projected page and the phones of a room both draw. */
"use strict";

Explorer.gameRoom = (() => {
  const { html, game, gameVotes } = Explorer;

  /** A code as it is read aloud: ABCD-EFGH. */
  function spaced(code) {
    return `${code.slice(0, 4)}-${code.slice(4)}`;
  }

  /** The votes on a revealed trial and what the metrics say; `own` is this person's vote. */
  function revealed(room, own) {
    const { trial } = room;
    const [none, one] = trial.votes;
    const all = none + one;
    const votes = (n) => `${n} of ${all}${all ? ` (${gameVotes.percent(n / all)})` : ""}`;
    game.told(trial.said.map((said, i) => `${said} · ${votes(trial.votes[i])}`));
    const split = html("div", { class: "split", role: "img", "aria-label": `Left ${votes(none)}, right ${votes(one)}` },
      html("i", { class: "left" }, all ? gameVotes.percent(none / all) : ""),
      html("i", { class: "right" }, all ? gameVotes.percent(one / all) : ""));
    split.style.setProperty("--left", all ? none / all : 0.5);
    if (trial.catch !== null) {
      const text = `An attention check: ${votes(trial.votes[trial.catch])} saw which picture was the reference itself.`;
      return [split, html("p", { class: "verdict" }, text), ...agreement(room)];
    }
    const most = none === one ? null : Number(one > none);
    const now = most === null ? null : gameVotes.decided(trial.judged, most);
    const agreed = now ? Object.values(now).filter((word) => word === "yes").length : 0;
    const sentence = now
      ? `${trial.title}: ${agreed} of ${trial.judged.length} metrics ${agreed === 1 ? "sides" : "side"} with most of the room.`
      : `${trial.title}: the room is divided.`;
    const yours = own === undefined || now === null ? "" : own === most ? " So did you." : " You did not.";
    return [split, html("p", { class: "verdict" }, sentence + yours), ...agreement(room, now)];
  }

  /** The room's agreement with each metric, over all revealed trials. */
  function agreement(room, now = null) {
    if (!room.agreement.length) return [];
    const { n } = room.agreement[0];
    const [passed, checks] = room.attention;
    const caption = `The room’s agreement over ${n} ${n === 1 ? "trial" : "trials"}, ${room.network}`;
    const nodes = [gameVotes.table(room.agreement, caption, now, room.ceiling)];
    if (checks) nodes.push(html("p", {}, `Attention checks: ${passed} of ${checks} votes were right.`));
    return nodes;
  }

  return { spaced, revealed, agreement };
})();
