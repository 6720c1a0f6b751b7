/* Panels: each registers a drawing function; the newest value of each is drawn once a frame. */
"use strict";

const Explorer = (() => {
  const drawers = {};
  const latest = {};
  const roots = {};
  const waiting = new Set();
  const held = new Set(); // what would draw the answers that the page came with
  let holding = false;
  let scheduled = false;
  let missing = new Set(["status", "receipt", "form", "link"]); // what a link is opened with

  /** Register `draw(root, value)` and `setup(root)`, run once when the panel appears. */
  function panel(name, draw, setup) {
    drawers[name] = { draw, setup };
  }

  /** Called by each panel's component when it appears. */
  function mount(name, element, props, watch) {
    const root = element.querySelector(".panel") || element;
    roots[name] = root;
    if (drawers[name].setup) drawers[name].setup(root);
    const take = () => {
      if (!props.value) return;
      const value = JSON.parse(props.value);
      // The framework may have two requests under way, whose answers may overtake each other.
      if (value.number < latest[name]?.number) return;
      latest[name] = value;
      redraw(name);
    };
    watch("value", () => {
      release();
      take();
    });
    if (holding) held.add(take);
    else take();
    new ResizeObserver(() => redraw(name)).observe(root);
    arrived(name);
  }

  /** Do not draw the answers that the page came with: a link asks for others. */
  function hold() {
    holding = true;
    document.documentElement.dataset.opening = "yes";
    // An answer that does not come must not leave the page empty for ever.
    setTimeout(release, 20000);
  }

  /** Draw what was held back, unless something newer came. */
  function release() {
    if (!holding) return;
    holding = false;
    delete document.documentElement.dataset.opening;
    for (const take of held) take();
    held.clear();
  }

  /** A part of the page stands; the address is read when all that it needs do. */
  function arrived(name) {
    if (!missing.delete(name) || missing.size) return;
    // The framework listens to its components once all of them are there.
    setTimeout(() => Explorer.link.begin());
  }

  /** Draw a panel again, before the next frame. */
  function redraw(name) {
    waiting.add(name);
    if (scheduled) return;
    scheduled = true;
    // A microtask runs after all values of one answer are set, and before the browser paints.
    queueMicrotask(flush);
  }

  function flush() {
    scheduled = false;
    const names = [...waiting];
    waiting.clear();
    for (const name of names) {
      if (!latest[name] || !roots[name]) continue;
      drawers[name].draw(roots[name], latest[name]);
      if (roots[name].dataset.key !== latest[name].key) roots[name].dataset.key = latest[name].key;
    }
  }

  /** An SVG element with attributes and children. */
  function svg(tag, attributes = {}, ...children) {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
  }

  /** An HTML element with properties and children. */
  function html(tag, properties = {}, ...children) {
    const node = document.createElement(tag);
    for (const [key, value] of Object.entries(properties)) {
      if (key === "class") node.className = value;
      else if (key in node && typeof value !== "string") node[key] = value;
      else node.setAttribute(key, value);
    }
    node.append(...children);
    return node;
  }

  /** A row of buttons of which one is on, moved by click or arrow keys. */
  function segmented(group, chosen) {
    const buttons = [...group.querySelectorAll("button")];
    const pick = (button) => {
      for (const other of buttons) {
        other.setAttribute("aria-checked", String(other === button));
        other.tabIndex = other === button ? 0 : -1;
      }
      chosen(button);
    };
    buttons.forEach((button, i) => {
      button.tabIndex = button.getAttribute("aria-checked") === "true" ? 0 : -1;
      button.addEventListener("click", () => pick(button));
      button.addEventListener("keydown", (event) => {
        const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
        if (!step) return;
        event.preventDefault();
        const next = buttons[(i + step + buttons.length) % buttons.length];
        next.focus();
        pick(next);
      });
    });
  }

  const carriers = {};

  /** Called by a hidden component that carries what the page asks of the server. */
  function carry(name, props, trigger) {
    carriers[name] = (value) => {
      props.value = JSON.stringify(value);
      trigger("input");
    };
  }

  /** Ask the server, through the carrier of that name. */
  function ask(name, value) {
    carriers[name](value);
  }

  /** The buttons of all tabs; those without room on a narrow screen stand in a menu. */
  function tabs() {
    return [...document.querySelectorAll('#tabs button[role="tab"], #tabs .overflow-dropdown button')];
  }

  /** Show the tab with that title. */
  function openTab(title) {
    tabs().find((tab) => tab.textContent.trim() === title)?.click();
    window.scrollTo({ top: 0 });
  }

  /** Offer text, or a blob, as a file. */
  function download(name, content, type) {
    const link = html("a", { href: URL.createObjectURL(new Blob([content], { type })), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  /** Copy text, which the button confirms. Without permission it is selected in `shown` instead. */
  async function copy(text, button, shown) {
    let done = "✓";
    try {
      await navigator.clipboard.writeText(text);
      say(`Copied: ${text}`);
    } catch {
      done = "✗";
      if (shown) {
        shown.textContent = text;
        getSelection().selectAllChildren(shown);
        say("Selected, ready to copy with the keyboard.");
      } else say("The browser does not let this page copy.");
    }
    button.dataset.done = done;
    setTimeout(() => delete button.dataset.done, 1500);
  }

  /** Say something to a person who does not see the page. */
  function say(text) {
    let place = document.querySelector("#said");
    if (!place) {
      place = html("p", { id: "said", class: "sr-only", role: "status" });
      document.body.append(place);
    }
    place.textContent = text;
    say.last = performance.now();
  }

  function setText(node, text) {
    if (node.textContent !== text) node.textContent = text;
  }

  return {
    panel, mount, redraw, hold, release, arrived, svg, html, segmented, carry, ask, tabs, openTab,
    download, copy, say, setText, latest, roots,
  };
})();
