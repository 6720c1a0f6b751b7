/* In a room: what a phone shows. It asks again every two seconds and goes on by itself after the
   network, or the server, was away; a vote is sent until the server says that it is counted. */
"use strict";

(() => {
  const { game, gameRoom, html } = Explorer;
  const EVERY = 2000; // milliseconds
  let root = null;
  let member = null; // { code, token }
  let shown = null; // what the board shows, in words
  let pending = null; // { trial, choice } that is not yet acknowledged
  let timer = null;
  let run = 0;

  const $ = (selector) => root.querySelector(selector);

  function open(element) {
    if (!root) {
      root = element;
      $(".start-join").addEventListener("submit", (event) => {
        event.preventDefault();
        join($(".code-typed").value);
      });
      $(".stop").addEventListener("click", () => {
        if (root.dataset.mode === "join") leave("You left the room.");
      });
    }
    member = game.kept("member");
    pending = game.kept("pending");
    begin();
  }

  /** Somebody came with a link: who is in that room already stays the same voter. */
  function invited(code) {
    if (member && tidy(member.code) === tidy(code)) return;
    join(code);
  }

  function tidy(code) {
    return code.toUpperCase().replace(/[\s-]/g, "");
  }

  async function join(code) {
    game.trouble("");
    $(".code-typed").value = code;
    if (!tidy(code)) return game.trouble("Type the code that your teacher shows.");
    const { status, data } = await game.post("rooms/join", { code });
    if (status !== 200) return game.trouble(data.error);
    member = { code: data.code, token: data.token };
    pending = null;
    game.keep("member", member);
    game.keep("pending", null);
    Explorer.link.update(false);
    return begin();
  }

  function begin() {
    clearTimeout(timer);
    run += 1;
    shown = null;
    root.dataset.playing = member ? "yes" : "no";
    if (member) look(run);
  }

  function leave(sentence) {
    clearTimeout(timer);
    run += 1;
    member = null;
    pending = null;
    root.dataset.playing = "no";
    game.keep("member", null);
    game.keep("pending", null);
    game.clear();
    game.trouble(sentence);
  }

  async function look(mine) {
    if (pending && !(await deliver(mine))) return;
    if (mine !== run) return;
    const { status, data } = await game.post("rooms/look", member);
    if (mine !== run) return;
    if (status === 404 || status === 403) {
      leave(data.error);
      return;
    }
    if (status === 200) {
      game.trouble("");
      await draw(data, mine);
    } else game.trouble(status === 0 ? "The connection is lost. Trying again…" : data.error);
    again(mine, status === 429 ? 5 * EVERY : EVERY);
  }

  function again(mine, after) {
    if (mine !== run) return;
    clearTimeout(timer);
    timer = setTimeout(() => look(mine), after);
  }

  /** Send the vote that waits. False when it has to be tried again later. */
  async function deliver(mine) {
    const { trial, choice } = pending;
    const { status, data } = await game.post("rooms/vote", { ...member, trial, choice });
    if (mine !== run) return false;
    if (status === 0 || status === 429 || status >= 500) {
      game.trouble(status === 429 ? data.error : "The connection is lost. Your vote is sent again…");
      again(mine, status === 429 ? 5 * EVERY : EVERY);
      return false;
    }
    if (status === 403 || status === 404) {
      leave(data.error);
      return false;
    }
    pending = null;
    game.keep("pending", null);
    shown = null;
    return true;
  }

  async function draw(room, mine) {
    const own = room.own[room.position];
    const state = JSON.stringify([room.position, room.revealed, room.ended, own ?? null, room.trial?.votes]);
    if (state === shown) return;
    if (room.position === 0 || room.ended) {
      game.clear();
      const text = room.ended ? "The room is over. Thank you." : "You are in. The first trial comes when your teacher starts.";
      game.after(html("p", { class: "verdict" }, text), ...(room.ended ? gameRoom.agreement(room) : []), leaving());
      shown = state;
      return;
    }
    const { status, data } = await game.post("rooms/trial", { ...member, trial: room.position });
    if (mine !== run || status !== 200) return;
    const where = `Room ${gameRoom.spaced(member.code)}, ${room.position} of ${room.count}`;
    const turn = room.revealed ? "revealed" : own !== undefined ? "your vote is counted" : "tap the closer one";
    const said = `${where}: ${turn}`;
    const choose = own === undefined && room.open ? (choice) => vote(room.position, choice) : null;
    game.board(data, said, room.position / room.count, { choose, stop: true, leave: "Leave the room" });
    if (own !== undefined) game.chosen(own);
    if (room.revealed) game.after(...gameRoom.revealed(room, own));
    shown = state;
  }

  function vote(trial, choice) {
    game.chosen(choice);
    game.said("Sending your vote…");
    pending = { trial, choice };
    game.keep("pending", pending);
    clearTimeout(timer);
    run += 1;
    look(run);
  }

  function leaving() {
    const button = html("button", { class: "action", type: "button" }, "Leave the room");
    button.addEventListener("click", () => leave("You left the room."));
    return button;
  }

  function close() {
    clearTimeout(timer);
    run += 1;
    root.dataset.playing = "no";
  }

  game.add("join", { open, close, invited, room: () => member?.code });
})();
