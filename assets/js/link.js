/* Links: the address says what the page shows. Read when the page opens and on Back and Forward;
   written while sliders move, in the browser alone.

   A step (a drag, a preset, a tab) begins an entry of the browser's history, and what follows
   within the same step only replaces that entry's address: Back leads to where the step began. */
"use strict";

Explorer.link = (() => {
  const VERSION = "1";
  const LONGEST = 16000; // characters, as in explorer/links.py
  const MOST_NOTES = 5;
  const EVERY = 400; // milliseconds: Safari refuses more than 100 writes in 30 seconds
  const IDLE = 1000; // a key pressed again sooner than this belongs to the same step
  const { short } = Explorer.linkValues;
  const parts = new Map();
  let opening = {}; // what the page shows when its address is no link
  let written = null; // the query that stands in the address; null until there is one
  let newest = null; // the query that shall stand there
  let timer = null;
  let last = { knob: null, ended: true, at: 0, pushed: 0 };
  let ready = false;
  let notes = [];
  let given = { held: null, wanted: null }; // sha256 of the session's picture, and of the link's
  let tab = "explore";

  const own = new URLSearchParams(location.search);
  if (own.has("v")) Explorer.hold();

  /** Let a tab keep values of its own in the link, as `name.key`. Call it when the script loads.

      `write()` gives { key: text }, only what is not a default. `read(values)` takes the same, all
      of it text that anybody may have written, and gives sentences for what it cannot use. */
  function part(name, { read, write }) {
    parts.set(name, { read, write });
  }

  function slug(title) {
    return title.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
  }

  /** What is in the link now. */
  function query() {
    const found = new URLSearchParams({ v: VERSION });
    const changed = Explorer.form.changed();
    for (const [name, value] of Object.entries(changed)) found.set(name, Explorer.linkValues.text(name, value));
    const upload = given.wanted || given.held;
    if (changed["picture.kind"] === "upload" && upload) found.set("upload", upload);
    if (tab !== "explore") found.set("tab", tab);
    for (const [name, { write }] of parts) {
      for (const [key, value] of Object.entries(write())) found.set(`${name}.${key}`, value);
    }
    return found.toString();
  }

  /** The whole address, without what belongs to the theme or to a host. */
  function address() {
    return `${location.origin}${location.pathname}?${query()}`;
  }

  /** Note that something changed; `step` begins a new entry in the history. */
  function update(step) {
    if (!ready || (written === null && !step)) return;
    const now = query();
    if (now === (newest ?? written)) return;
    if (!step) {
      newest = now;
      timer ??= setTimeout(flush, EVERY);
      return;
    }
    flush();
    if (put("pushState", now)) last.pushed = performance.now();
  }

  /** Write what waits. */
  function flush() {
    clearTimeout(timer);
    timer = null;
    if (newest !== null && newest !== written) put("replaceState", newest);
  }

  function put(how, wanted) {
    const others = [...new URLSearchParams(location.search)].filter(([name]) => name.startsWith("__"));
    const rest = others.length ? `&${new URLSearchParams(others)}` : "";
    try {
      history[how](null, "", `${location.pathname}?${wanted}${rest}`);
    } catch (error) {
      if (error.name !== "SecurityError") throw error;
      // Too often for this browser: the next try comes with the newest state.
      newest = wanted;
      timer ??= setTimeout(flush, 10 * EVERY);
      return false;
    }
    written = wanted;
    newest = null;
    return true;
  }

  /** The controls changed: one knob while it moves or as it comes to rest, or several at once. */
  function heard({ knob, ended, moved }) {
    const now = performance.now();
    const same = knob !== null && knob === last.knob && (!last.ended || now - last.at < IDLE);
    last = { ...last, knob, ended, at: now };
    if (!moved) return flush();
    if (notes.length) say([]);
    return update(!same);
  }

  /** What an address says. Everything in it may be anybody's. */
  function read(search) {
    const found = { values: {}, upload: null, tab: "explore", parts: new Map(), notes: [], linked: false };
    const pairs = [...new URLSearchParams(search)].filter(([name]) => !name.startsWith("__"));
    const version = pairs.find(([name]) => name === "v")?.[1];
    const { inputs } = Explorer.form;
    if (version === undefined && !pairs.some(([name]) => inputs.has(name))) return found;
    if (search.length > LONGEST) {
      found.notes.push(`The link has ${search.length} characters, more than ${LONGEST}: not read.`);
      return found;
    }
    if (version !== VERSION) {
      const said = version === undefined ? "no version" : `version ${short(version)}`;
      found.notes.push(`The link has ${said}; this page reads ${VERSION}: not read.`);
      return found;
    }
    found.linked = true;
    const seen = new Set(["v"]);
    for (const [name, text] of pairs) {
      if (seen.has(name)) {
        if (name !== "v") found.notes.push(`The link says ${short(name)} twice: used the first.`);
        continue;
      }
      seen.add(name);
      const [owner, key] = name.split(/\.(.*)/s);
      if (inputs.has(name)) {
        const { value, note } = Explorer.linkValues.read(name, text);
        found.values[name] = value;
        if (note) found.notes.push(note);
      } else if (name === "upload") {
        if (/^[0-9a-f]{64}$/i.test(text)) found.upload = text.toLowerCase();
        else found.notes.push(`The link’s upload, ${short(text)}, is no sha256: left out.`);
      } else if (name === "tab") {
        if (Explorer.tabs().some((button) => slug(button.textContent) === text)) found.tab = text;
        else found.notes.push(`There is no tab ${short(text)}.`);
      } else if (parts.has(owner) && key) {
        if (!found.parts.has(owner)) found.parts.set(owner, new Map());
        found.parts.get(owner).set(key, text);
      } else {
        found.notes.push(`The link names ${short(name)}, which nothing here is called: left out.`);
      }
    }
    return found;
  }

  /** Put on the page what the address says. */
  function restore() {
    const found = read(location.search);
    const values = found.linked ? found.values : opening;
    ready = false; // what follows is no change of a person's
    const missing = values["picture.kind"] === "upload" && found.upload !== given.held;
    given.wanted = missing ? found.upload : null;
    askForPicture();
    const problems = [...found.notes];
    for (const [name, { read: take }] of parts) {
      problems.push(...(take(found.parts.get(name) ?? new Map()) ?? []));
    }
    const before = JSON.stringify(Object.entries(Explorer.form.changed()).sort());
    const asks = JSON.stringify(Object.entries(values).sort()) !== before;
    if (asks) Explorer.form.put(values);
    else Explorer.release();
    if (found.tab !== tab) {
      tab = found.tab;
      Explorer.tabs().find((button) => slug(button.textContent) === tab)?.click();
    }
    say(problems);
    ready = true;
    written = found.linked ? query() : null;
    newest = null;
    last = { knob: null, ended: true, at: 0, pushed: 0 };
  }

  /** Sentences about the link, shown with the server's until the next change. */
  function say(sentences) {
    notes = sentences.slice(0, MOST_NOTES);
    if (sentences.length > MOST_NOTES) notes.push(`And ${sentences.length - MOST_NOTES} more like these.`);
    Explorer.redraw("status");
  }

  /** An answer came. `upload` is the sha256 of the picture that it shows, if it is an upload. */
  function answered(upload) {
    if (!ready || Explorer.form.values["picture.kind"] !== "upload") return;
    given.held = upload ?? null;
    if (given.held && given.wanted) {
      const other = given.held !== given.wanted;
      askForPicture(
        other
          ? `The link was made with another picture (sha256 ${given.wanted.slice(0, 12)}…) than this ` +
              `one (${given.held.slice(0, 12)}…): its numbers were others.`
          : "This is the link’s picture: everything is as it was sent.",
      );
      given.wanted = null;
    }
    update(false);
  }

  /** The sentence at the uploader. */
  function askForPicture(sentence) {
    const place = document.querySelector("#link-picture");
    const ask = given.wanted
      ? `This link needs your picture, sha256 ${given.wanted.slice(0, 12)}…: upload it here. All other ` +
        "settings are in place."
      : "";
    place.textContent = sentence ?? ask;
    place.title = given.wanted ? `sha256 ${given.wanted}` : "";
    place.hidden = !place.textContent;
  }

  /** Called once all controls and panels stand. */
  function begin() {
    opening = Explorer.form.changed();
    Explorer.form.listen(heard);
    addEventListener("popstate", restore);
    // A reload, or a page that is put away, must not lose the last move.
    addEventListener("pagehide", flush);
    document.querySelector("#tabs").addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!ready || !Explorer.tabs().includes(button) || slug(button.textContent) === tab) return;
      tab = slug(button.textContent);
      // Another panel's click that opens Explore is one step, not two.
      update(performance.now() - last.pushed > 100);
    });
    restore();
  }

  return { part, begin, update, address, answered, say, notes: () => notes };
})();
