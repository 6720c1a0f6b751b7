/* Panels: each registers a drawing function; the newest value of each is drawn once a frame. */
"use strict";

const Explorer = (() => {
  const drawers = {};
  const latest = {};
  const roots = {};
  const waiting = new Set();
  let scheduled = false;

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
      latest[name] = JSON.parse(props.value);
      redraw(name);
    };
    watch("value", take);
    take();
    new ResizeObserver(() => redraw(name)).observe(root);
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

  /** Show the tab with that title. */
  function openTab(title) {
    const tabs = [...document.querySelectorAll('#tabs button[role="tab"]')];
    tabs.find((tab) => tab.textContent.trim() === title)?.click();
    window.scrollTo({ top: 0 });
  }

  /** Offer text as a file. */
  function download(name, text, type) {
    const link = html("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  function setText(node, text) {
    if (node.textContent !== text) node.textContent = text;
  }

  return { panel, mount, redraw, svg, html, segmented, carry, ask, openTab, download, setText, latest, roots };
})();
