/* Which is closer? What playing alone, leading a room and being in one share: the modes, the
   settings, requests, and the board with a reference and two candidates.

   Each mode registers { open, close } and draws on the board while it is on the screen. */
"use strict";

Explorer.game = (() => {
  const { html, setText } = Explorer;
  const TITLE = "Which is closer?";
  const DEFAULTS = { count: 24, seed: 1 };
  const modes = {};
  let root = null;
  let mode = "alone";
  let wanted = {}; // what the link says
  let invitation = null; // the code of a room that somebody was invited to
  let onBoard = null; // { choose, skip, next } of the trial on the board

  /** Register a mode: `open(root)` when it comes on the screen, `close()` when it leaves. */
  function add(name, does) {
    modes[name] = does;
  }

  function $(selector) {
    return root.querySelector(selector);
  }

  /** Called by the component when it appears. */
  function mount(element, props) {
    root = element.querySelector(".panel");
    const { networks } = JSON.parse(props.value);
    const options = Object.entries(networks).map(([value, title]) => html("option", { value }, title));
    $('[data-set="network"]').replaceChildren(...options);
    Explorer.segmented($(".modes"), (button) => {
      show(button.dataset.mode);
      Explorer.link.update(true);
    });
    for (const control of root.querySelectorAll("[data-set]")) {
      control.addEventListener("change", () => {
        if (control.dataset.set === "seed") control.value = String(settings().seed);
        Explorer.link.update(true);
      });
    }
    for (const button of root.querySelectorAll(".candidate")) {
      button.addEventListener("click", () => choose(Number(button.dataset.choice)));
    }
    $(".leave-out").addEventListener("click", () => onBoard?.skip?.());
    $(".board .next").addEventListener("click", () => onBoard?.next?.());
    document.addEventListener("keydown", key);
    follow();
  }

  /** Put on the tab what the link says; somebody may have come with the link of a room. */
  function follow() {
    put(wanted);
    const code = invitation;
    invitation = null;
    if (code) {
      if (mode !== "join" || root.dataset.open !== "yes") show("join");
      modes.join.invited(code);
    } else if (root.dataset.open !== "yes" || (wanted.mode ?? "alone") !== mode) show(wanted.mode ?? "alone");
  }

  function show(name) {
    trouble("");
    if (root.dataset.open === "yes") modes[mode].close();
    root.dataset.open = "yes";
    mode = name;
    root.dataset.mode = name;
    for (const button of root.querySelectorAll(".modes button")) {
      const on = button.dataset.mode === name;
      button.setAttribute("aria-checked", String(on));
      button.tabIndex = on ? 0 : -1;
    }
    clear();
    modes[name].open(root);
  }

  /** What is set: whole numbers within bounds, whatever was typed. */
  function settings() {
    const seed = $('[data-set="seed"]');
    const number = Math.round(Number(seed.value));
    const inside = Number.isFinite(number) ? Math.min(Math.max(number, 0), Number(seed.max)) : DEFAULTS.seed;
    return {
      seed: inside,
      count: Number($('[data-set="count"]').value),
      network: $('[data-set="network"]').value,
    };
  }

  function put(values) {
    $('[data-set="seed"]').value = String(values.seed ?? DEFAULTS.seed);
    $('[data-set="count"]').value = String(values.count ?? DEFAULTS.count);
  }

  /** A sentence about what went wrong; none clears it. */
  function trouble(sentence) {
    const place = $(".trouble");
    setText(place, sentence);
    place.hidden = !sentence;
  }

  /** Where the page is, also under a path behind a proxy. */
  function home() {
    return `${location.origin}${location.pathname.replace(/\/?$/, "/")}`;
  }

  /** Ask the server. Gives { status, data }; status 0 when it cannot be reached. */
  async function post(path, body, type = "application/json") {
    try {
      const answer = await fetch(`${home()}${path}`, {
        method: "POST",
        headers: { "Content-Type": type },
        body: type === "application/json" ? JSON.stringify(body) : body,
      });
      return { status: answer.status, data: await answer.json() };
    } catch {
      return { status: 0, data: { error: "The server cannot be reached." } };
    }
  }

  // The board

  /** Put a trial on the board. Without `choose` it can only be looked at. */
  function board({ pictures, width }, said, share, handlers = {}) {
    onBoard = handlers;
    const place = $(".board");
    place.hidden = false;
    place.dataset.state = handlers.choose ? "asking" : "looking";
    place.style.setProperty("--own", `${width}px`);
    [$(".reference img"), ...root.querySelectorAll(".candidate img")].forEach((image, i) => {
      image.src = pictures[i];
    });
    for (const button of root.querySelectorAll(".candidate")) {
      button.disabled = !handlers.choose;
      button.removeAttribute("data-chosen");
      setText(button.querySelector(".told"), "");
    }
    setText($(".progress-said"), said);
    $(".board progress").value = share;
    $(".leave-out").hidden = !handlers.skip;
    $(".stop").hidden = !handlers.stop;
    setText($(".stop"), handlers.leave ?? "Stop");
    $(".board .next").hidden = true;
    after();
    // The button that led here is gone: what is pressed next is meant for the board.
    if (handlers.choose) place.focus({ preventScroll: true });
  }

  function choose(choice) {
    if ($(".board").dataset.state === "asking") onBoard?.choose?.(choice);
  }

  /** Show which one was chosen; the board takes no other choice. */
  function chosen(choice) {
    $(".board").dataset.state = "chosen";
    for (const button of root.querySelectorAll(".candidate")) {
      button.disabled = true;
      button.toggleAttribute("data-chosen", Number(button.dataset.choice) === choice);
    }
    $(".leave-out").hidden = true;
  }

  /** What stands below each candidate once it may be told. */
  function told(lines) {
    root.querySelectorAll(".told").forEach((place, i) => setText(place, lines[i]));
  }

  /** The line above the board. */
  function said(text) {
    setText($(".progress-said"), text);
  }

  /** Let the person go on; by key, too. */
  function ready(text) {
    const button = $(".board .next");
    button.hidden = false;
    button.firstChild.textContent = `${text} `;
    button.focus({ preventScroll: true });
  }

  /** What stands below the board. */
  function after(...nodes) {
    $(".after").replaceChildren(...nodes);
  }

  function clear() {
    onBoard = null;
    $(".board").hidden = true;
    after();
    $(".totals").hidden = true;
  }

  function key(event) {
    if (root.clientWidth === 0 || $(".board").hidden || event.repeat) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, select, textarea")) return;
    // In a row of buttons that is moved by arrows, arrows mean that row.
    const arrows = !event.target.closest("[role=radiogroup], [role=tablist]");
    const choice = { 1: 0, 2: 1, ...(arrows && { ArrowLeft: 0, ArrowRight: 1 }) }[event.key];
    if (choice !== undefined && $(".board").dataset.state === "asking") {
      event.preventDefault();
      choose(choice);
    } else if (event.key.toLowerCase() === "s" && !$(".leave-out").hidden) onBoard?.skip?.();
    else if (event.key === "Enter" && !$(".board .next").hidden && !event.target.closest("button, a, summary")) {
      onBoard?.next?.();
    }
  }

  /** Values that were kept in this browser; null if there are none that can be read. */
  function kept(name) {
    try {
      return JSON.parse(localStorage.getItem(`explorer.game.${name}`));
    } catch {
      return null;
    }
  }

  /** Keep values in this browser; null forgets them. False if it does not let us. */
  function keep(name, value) {
    try {
      if (value === null) localStorage.removeItem(`explorer.game.${name}`);
      else localStorage.setItem(`explorer.game.${name}`, JSON.stringify(value));
      return true;
    } catch {
      return false;
    }
  }

  // The tab is put together when it is first opened: until then, what a link says waits.
  Explorer.link.part("game", {
    write() {
      const { seed, count } = root ? settings() : { ...DEFAULTS, ...wanted };
      const found = {};
      if (Number(seed) !== DEFAULTS.seed) found.seed = String(seed);
      if (Number(count) !== DEFAULTS.count) found.count = String(count);
      const room = root ? mode === "join" && modes.join.room() : invitation;
      if (room) found.room = room;
      else if (mode !== "alone") found.mode = mode;
      return found;
    },
    read(values) {
      const notes = [];
      const allowed = { seed: /^\d{1,6}$/, count: /^(8|16|24|40|80)$/, mode: /^(lead|join)$/, room: /^[\w-]{1,12}$/ };
      wanted = {};
      for (const [name, text] of values) {
        if (allowed[name]?.test(text)) wanted[name] = text;
        else notes.push(`The link’s game.${Explorer.linkValues.short(name)} is nothing that this page can use.`);
      }
      const own = new URLSearchParams(location.search).get("room");
      invitation = wanted.room ?? own;
      if (own) setTimeout(() => Explorer.tabs().find((tab) => tab.textContent.trim() === TITLE)?.click());
      if (root) follow();
      return notes;
    },
  });

  return {
    add, mount, show, settings, put, trouble, home, post, board, chosen, told, said, ready, after, clear, kept, keep,
  };
})();
