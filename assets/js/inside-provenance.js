/* The view Provenance. */
"use strict";

(() => {
  const { html } = Explorer;
  const NAME = "provenance";
  const asks = { metric: "sort", channel: -1, x: -1, y: -1 };
  let scope = "place";
  let shown = null;

  function setup(root) {
    const pick = (kind, then) => Explorer.segmented(root.querySelector(`.segmented.${kind}`), then);
    pick("metric", (button) => ask({ metric: button.dataset.metric }));
    pick("scope", (button) => {
      scope = button.dataset.scope;
      if (shown) draw(root, shown);
    });
    const number = root.querySelector(".one input");
    pick("which", (button) => {
      root.querySelector(".one").classList.toggle("on", button.dataset.which === "one");
      ask({ channel: button.dataset.which === "one" ? Number(number.value) : -1 });
    });
    number.addEventListener("input", () => {
      if (number.value !== "" && number.checkValidity()) ask({ channel: Number(number.value) });
    });
    Explorer.displacement.wheel(root.querySelector(".wheel"));
    const from = root.querySelector(".from .frame");
    const map = root.querySelector(".moves .frame");
    for (const frame of [from, map]) {
      // A click, not a press: on a touch screen a press may be the start of scrolling.
      frame.addEventListener("click", (event) => choose(frame, event));
      frame.addEventListener("pointermove", (event) => {
        if (event.pointerType === "mouse" && event.buttons === 1) choose(frame, event);
        read(root, frame, event);
      });
      frame.addEventListener("pointerleave", () => (root.querySelector(".readout").innerHTML = "&nbsp;"));
    }
    from.addEventListener("keydown", steps);
  }

  function ask(changed) {
    // From the first choice on the place stays, so that metrics and channels are compared at one.
    if (asks.x < 0 && shown) Object.assign(asks, middle(shown.place.at));
    Object.assign(asks, changed);
    Explorer.inside.ask(NAME);
  }

  /** The place under the pointer, as row and column. */
  function under(frame, event) {
    const box = frame.getBoundingClientRect();
    const [height, width] = shown.grid;
    const at = (offset, length, count) =>
      Math.min(Math.max(Math.floor((offset / length) * count), 0), count - 1);
    return [
      at(event.clientY - box.top, box.height, height),
      at(event.clientX - box.left, box.width, width),
    ];
  }

  /** The middle of a place, in sides of the picture: it means the same in every layer. */
  function middle([row, column]) {
    const [height, width] = shown.grid;
    return { x: (column + 0.5) / width, y: (row + 0.5) / height };
  }

  function go(place) {
    const to = middle(place);
    if (to.x !== asks.x || to.y !== asks.y) ask(to);
  }

  function choose(frame, event) {
    if (!shown) return;
    frame.closest(".stage-of-arrows").querySelector(".from .frame").focus({ preventScroll: true });
    go(under(frame, event));
  }

  function steps(event) {
    const step = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key];
    if (!step || !shown) return;
    event.preventDefault();
    const far = event.shiftKey ? 5 : 1;
    // From where the last step led, also while its answer is under way.
    const [height, width] = shown.grid;
    const [row, column] =
      asks.x < 0 ? shown.place.at : [Math.floor(asks.y * height), Math.floor(asks.x * width)];
    const inside = (value, count) => Math.min(Math.max(value, 0), count - 1);
    go([inside(row + far * step[0], height), inside(column + far * step[1], width)]);
  }

  function read(root, frame, event) {
    if (!shown) return;
    const [row, column] = under(frame, event);
    const { map, grid, size } = shown;
    const x = Math.floor((column * map.width) / grid[1]);
    const y = Math.floor((row * map.height) / grid[0]);
    const { carried, dx, dy } = Explorer.displacement.at(map, y * map.width + x);
    const px = (value) => Math.abs(value * size).toFixed(0);
    const where = `${px(dx)} px ${dx < 0 ? "left" : "right"}, ${px(dy)} px ${dy < 0 ? "up" : "down"}`;
    const much = carried > 0 ? `carries ${(carried * map.peak).toPrecision(3)}, on average ${where}` : "carries nothing";
    const block = map.width < grid[1] ? `; mean of ${grid[1] / map.width} × ${grid[0] / map.height} places` : "";
    root.querySelector(".readout").textContent = `Row ${row}, column ${column}: ${much}${block}.`;
  }

  function draw(root, value) {
    shown = value;
    const sources = Explorer.inside.sources();
    [".from", ".to"].forEach((kind, i) => {
      const image = root.querySelector(`${kind} img`);
      if (image.src !== sources[i]) image.src = sources[i];
      image.alt = `The ${value.names[i]} picture`;
    });
    const [height, width] = value.grid;
    for (const grid of root.querySelectorAll(".grid")) {
      const side = grid.clientWidth / width;
      grid.style.backgroundSize = `${100 / width}% ${100 / height}%`;
      grid.hidden = side > 0 && side < 5;
    }
    const layer = value.frame.layers[value.frame.layer];
    const places = `${width} × ${height} places`;
    Explorer.setText(root.querySelector(".from figcaption"), `${value.names[0]}: ${layer}, ${places}; click one`);
    Explorer.setText(root.querySelector(".to figcaption"), `${value.names[1]}: what it was compared with`);
    Explorer.setText(root.querySelector(".moves figcaption"), `displacement from the ${value.names[0]}`);
    const [row, column] = value.place.at;
    root.querySelector(".from .frame").setAttribute(
      "aria-label",
      `Places of the ${value.names[0]} picture. Row ${row}, column ${column} is chosen; arrow keys move it, with Shift by five.`,
    );
    const canvas = root.querySelector(".moves canvas");
    Explorer.displacement.paint(canvas, value.map);
    canvas.setAttribute("aria-label", `Displacement map. ${value.said[0]}`);
    legend(root, value);
    root.querySelector(".said").replaceChildren(...value.said.map((text) => html("p", {}, text)));
    choices(root, value);
    Explorer.arrowTable(root, value, (channel) => {
      root.querySelector(".one input").value = channel;
      root.querySelector('[data-which="one"]').click();
    });
    Explorer.arrowLines.draw(root, value, scope);
  }

  function choices(root, value) {
    const number = root.querySelector(".one input");
    number.max = value.channels - 1;
    const typing = document.activeElement === number;
    if (!typing) number.value = value.channel < 0 ? value.arrows[0].channel : value.channel;
  }

  function legend(root, value) {
    const far = Math.round(Explorer.displacement.FAR * value.size);
    const lines =
      scope === "whole"
        ? value.sampled.length
          ? ` Each of the ${value.sampled.length} arrows stands for an equal part of what all arrows carry.`
          : " There is no arrow to draw: none carries anything."
        : " Each arrow is one channel; the dashed square marks the same place in the second picture.";
    const text =
      `Hue: the direction of the move. White: no move; full colour: ${far} px or more. ` +
      `Brightness of the map: how much a place carries, up to ${value.map.peak.toPrecision(3)}.${lines}`;
    Explorer.setText(root.querySelector(".legend p"), text);
  }

  function restored(root) {
    const which = asks.channel < 0 ? "most" : "one";
    for (const button of root.querySelectorAll("[data-which]")) {
      button.setAttribute("aria-checked", String(button.dataset.which === which));
      button.tabIndex = button.dataset.which === which ? 0 : -1;
    }
    root.querySelector(".one").classList.toggle("on", which === "one");
  }

  Explorer.inside.view(NAME, { draw, setup, request: () => ({ ...asks }), state: asks, restored });
})();
