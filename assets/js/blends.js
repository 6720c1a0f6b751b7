/* A person's own metrics: kept in this browser, put to use on Explore's form, read and written. */
"use strict";

Explorer.blends = (() => {
  const { html } = Explorer;
  const STORE = "explorer.blends";
  const LARGEST_FILE = 12_000;
  let waits = {}; // what an answer will bring: "save" | "import" | "export" → number of the request

  /** The line that explorer/blend.py reads. */
  function text(blends) {
    const line = ({ name, network, layers, parts, norm }) =>
      [name, network, layers.join(), parts.join(), norm].join(":");
    return blends.map(line).join(";");
  }

  function read(line) {
    const numbers = (list) => list.split(",").map(Number);
    return line.split(";").filter(Boolean).map((one) => {
      const [name, network, layers, parts, norm] = one.split(":");
      return { name, network, layers: numbers(layers), parts: numbers(parts), norm: Number(norm) };
    });
  }

  const same = (a) => (b) => a.name === b.name && a.network === b.network;

  /** The list with those in it, each in the place of one of its name. */
  function merged(list, some) {
    const kept = list.map((own) => some.find(same(own)) ?? own);
    return [...kept, ...some.filter((own) => !list.some(same(own)))];
  }

  function stored() {
    try {
      return read(localStorage.getItem(STORE) ?? "");
    } catch {
      // A browser may forbid storage: what is saved then lasts as long as the page.
      return stored.fallback ?? [];
    }
  }

  function store(list) {
    stored.fallback = list;
    try {
      localStorage.setItem(STORE, text(list));
    } catch {
      // See above.
    }
  }

  function used() {
    return read(Explorer.form.values["ask.own"] ?? "");
  }

  function use(list) {
    const line = text(list);
    if (line !== Explorer.form.values["ask.own"]) Explorer.form.put({ "ask.own": line }, true);
  }

  function setup(root, actions) {
    const { ask, draft } = actions;
    const file = root.querySelector(".file");
    const click = (name, action) => root.querySelector(`.${name}`).addEventListener("click", action);
    click("save", () => {
      if (draft()) waits = { save: ask() };
    });
    click("export", () => {
      const all = merged(stored(), used());
      if (all.length) waits = { export: ask({ exported: text(all) }) };
      else say(root, "There is nothing to export yet: save a metric first.");
    });
    click("import", () => file.click());
    file.addEventListener("change", async () => {
      const [chosen] = file.files;
      file.value = "";
      if (!chosen) return;
      if (chosen.size > LARGEST_FILE) {
        say(root, `${chosen.name} has ${chosen.size} bytes; a file of metrics has at most ${LARGEST_FILE}.`);
        return;
      }
      waits = { import: ask({ imported: await chosen.text() }) };
    });
    setup.edit = actions.edit;
  }

  function say(root, sentence) {
    root.querySelector(".notes").replaceChildren(html("li", {}, sentence));
  }

  /** An answer came: do what it was waited for, then show what there is. */
  function answered(root, value) {
    const { number } = value;
    if (waits.save === number) keep(read(value.text));
    if (waits.import === number && value.imported) keep(read(value.imported));
    if (waits.export === number && value.exported) {
      Explorer.download("metrics.json", value.exported, "application/json");
    }
    if (Object.values(waits).some((waited) => waited <= number)) waits = {};
    list(root);
  }

  function keep(some) {
    store(merged(stored(), some));
    // One that is in use is used as it is now.
    use(used().map((own) => some.find(same(own)) ?? own));
  }

  function list(root) {
    const all = merged(stored(), used());
    const items = all.map((own) => item(root, own));
    const empty = html("li", { class: "soft" }, "No metric is saved yet.");
    root.querySelector(".saved").replaceChildren(...(items.length ? items : [empty]));
  }

  function item(root, own) {
    const title = `${own.name} (${own.network})`;
    const box = html("input", { type: "checkbox" });
    box.checked = used().some(same(own));
    box.addEventListener("change", () => {
      const others = used().filter((other) => !same(own)(other));
      use(box.checked ? [...others, own] : others);
    });
    const edit = html("button", { type: "button", class: "action" }, "Edit");
    edit.setAttribute("aria-label", `Edit ${title}`);
    edit.addEventListener("click", () => setup.edit(own));
    const remove = html("button", { type: "button", class: "action" }, "Remove");
    remove.setAttribute("aria-label", `Remove ${title}`);
    remove.addEventListener("click", () => {
      store(stored().filter((other) => !same(own)(other)));
      use(used().filter((other) => !same(own)(other)));
      list(root);
    });
    return html("li", { "data-name": own.name }, html("label", { class: "check" }, box, html("b", {}, own.name), ` ${own.network} · in use`), edit, remove);
  }

  return { text, read, saved: { setup, answered } };
})();
