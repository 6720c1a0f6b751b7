/* Leading a room: the projected page. The code stays in this browser until the room is deleted, so
   that a reload, or a restart of the server, loses nothing. */
"use strict";

(() => {
  const { html, svg, setText, game, gameRoom } = Explorer;
  const EVERY = 1500; // milliseconds
  let root = null;
  let led = null; // { code, secret }
  let room = null; // what the server said last
  let shown = null;
  let timer = null;
  let run = 0;

  const $ = (selector) => root.querySelector(selector);

  function open(element) {
    if (!root) {
      root = element;
      $(".open-room").addEventListener("click", start);
      for (const button of root.querySelectorAll("[data-step]")) {
        button.addEventListener("click", () => step(button.dataset.step, button));
      }
    }
    led = game.kept("led");
    begin();
  }

  async function start() {
    game.trouble("");
    const { status, data } = await game.post("rooms/open", game.settings());
    if (status !== 200) return game.trouble(data.error);
    led = data;
    game.keep("led", led);
    return begin();
  }

  function begin() {
    clearTimeout(timer);
    run += 1;
    shown = null;
    room = null;
    root.dataset.playing = led ? "yes" : "no";
    $(".room").hidden = !led;
    if (!led) return;
    const link = address();
    setText($(".room .code"), gameRoom.spaced(led.code));
    setText($(".room .link"), link);
    setText($(".crowd"), "");
    qr(link, run);
    watch(run);
  }

  /** The link that a phone opens. */
  function address() {
    return `${game.home()}?room=${led.code}`;
  }

  async function qr(link, mine) {
    const { status, data } = await game.post("rooms/qr", { link });
    if (mine !== run || status !== 200) return;
    const size = data.rows.length;
    let path = "";
    data.rows.forEach((row, y) => {
      [...row].forEach((module, x) => {
        if (module === "1") path += `M${x} ${y}h1v1h-1z`;
      });
    });
    const drawing = svg("svg", { viewBox: `-4 -4 ${size + 8} ${size + 8}`, "aria-hidden": "true" },
      svg("rect", { x: -4, y: -4, width: size + 8, height: size + 8, fill: "#fff" }), svg("path", { d: path, fill: "#000" }));
    $(".qr").replaceChildren(drawing);
    $(".qr").setAttribute("aria-label", `QR code of ${link}`);
  }

  async function watch(mine) {
    const { status, data } = await game.post("rooms/watch", led);
    if (mine !== run) return;
    if (status === 404 || status === 403) {
      forget(data.error);
      return;
    }
    if (status === 200) {
      game.trouble("");
      await draw(data, mine);
    } else game.trouble(status === 0 ? "The connection is lost. Trying again…" : data.error);
    if (mine === run) timer = setTimeout(() => watch(mine), EVERY);
  }

  async function step(name, button) {
    if (name === "delete" && button.dataset.sure !== "yes") {
      // Asked once more, in place: the votes cannot be had back.
      button.dataset.sure = "yes";
      setText(button, "Really delete?");
      setTimeout(() => { delete button.dataset.sure; setText(button, "Delete everything"); }, 4000);
      return;
    }
    const asked = name === "delete" ? game.post("rooms/delete", led) : game.post("rooms/lead", { ...led, step: name, at: room?.position ?? 0 });
    clearTimeout(timer);
    run += 1;
    const mine = run;
    const { status, data } = await asked;
    if (mine !== run) return;
    if (status === 200 && name === "delete") forget("The room and its votes are deleted.");
    else {
      if (status === 200) await draw(data, mine);
      else game.trouble(status === 0 ? "The connection is lost: nothing was done. Try again." : data.error);
      if (mine === run) timer = setTimeout(() => watch(mine), EVERY);
    }
  }

  function forget(sentence) {
    clearTimeout(timer);
    run += 1;
    led = null;
    game.keep("led", null);
    root.dataset.playing = "no";
    $(".room").hidden = true;
    game.clear();
    game.trouble(sentence);
  }

  async function draw(found, mine) {
    room = found;
    const { position, count, voters, voted, revealed, ended } = room;
    const people = `${voters} ${voters === 1 ? "person" : "people"} joined`;
    setText($(".crowd"), position && !ended ? `${people}, ${voted} voted` : people);
    root.querySelector('[data-step="previous"]').disabled = ended || position <= 1;
    root.querySelector('[data-step="next"]').disabled = ended || position >= count;
    root.querySelector('[data-step="reveal"]').disabled = ended || revealed || position === 0;
    root.querySelector('[data-step="end"]').disabled = ended;
    setText(root.querySelector('[data-step="next"]'), position === 0 ? "Start →" : "Next →");
    $(".room").dataset.stage = ended ? "ended" : position ? "asking" : "waiting";
    const state = JSON.stringify([position, revealed, ended, room.trial?.votes]);
    if (state === shown) return;
    if (position === 0 || ended) {
      game.clear();
      const text = ended ? "The room is over; nobody can vote any more." : "Start when everybody has joined.";
      game.after(html("p", { class: "verdict" }, text), ...gameRoom.agreement(room));
      shown = state;
      return;
    }
    const { status, data } = await game.post("rooms/trial", { ...led, trial: position });
    if (mine !== run || status !== 200) return;
    game.board(data, `${position} of ${count}: which is closer to the reference?`, position / count);
    game.after(...(revealed ? gameRoom.revealed(room) : []));
    shown = state;
  }

  function close() {
    clearTimeout(timer);
    run += 1;
    root.dataset.playing = "no";
    $(".room").hidden = true;
  }

  game.add("lead", { open, close });
})();
