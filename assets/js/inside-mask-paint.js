/* A mask that is painted: a grid of cells, changed by pointer, by numbers or by arrow keys. */
"use strict";

/**
 * `changed()` is called after every change. Cells are painted on `canvas` with mouse, touch or pen;
 * arrow keys move the whole mask while the canvas has the focus.
 */
Explorer.inside.painter = (canvas, side, changed) => {
  const tool = { shape: "brush", erase: false, radius: 4 };
  const UNDO = 50;
  let cells = new Uint8Array(side * side);
  let before = []; // masks to go back to
  let stroke = null;

  function remember() {
    before.push(cells.slice());
    if (before.length > UNDO) before.shift();
  }

  /** Replace the mask, as one step that can be undone. */
  function replace(next) {
    remember();
    cells = next;
    changed();
  }

  function rectangle(target, left, top, right, bottom, value) {
    for (let y = Math.max(top, 0); y < Math.min(bottom, side); y++) {
      for (let x = Math.max(left, 0); x < Math.min(right, side); x++) target[y * side + x] = value;
    }
  }

  function disc(target, x, y, value) {
    const r = tool.radius;
    for (let j = Math.floor(y - r); j <= y + r; j++) {
      for (let i = Math.floor(x - r); i <= x + r; i++) {
        const inside = Math.hypot(i + 0.5 - x, j + 0.5 - y) <= Math.max(r, 0.71);
        if (inside && i >= 0 && j >= 0 && i < side && j < side) target[j * side + i] = value;
      }
    }
  }

  /** Where a pointer is, in cells. */
  function place(event) {
    const box = canvas.getBoundingClientRect();
    const at = (client, start, length) => ((client - start) / length) * side;
    return [at(event.clientX, box.left, box.width), at(event.clientY, box.top, box.height)];
  }

  function extend(event) {
    const [x, y] = place(event);
    // 32 is the eraser at the other end of a pen.
    const value = tool.erase || event.buttons & 32 ? 0 : 1;
    if (tool.shape === "rectangle") {
      cells = before[before.length - 1].slice();
      const [x0, y0] = stroke.start;
      const from = [Math.floor(Math.min(x, x0)), Math.floor(Math.min(y, y0))];
      rectangle(cells, ...from, Math.ceil(Math.max(x, x0)), Math.ceil(Math.max(y, y0)), value);
    } else {
      const [x0, y0] = stroke.last;
      const steps = Math.max(Math.ceil(Math.hypot(x - x0, y - y0) / Math.max(tool.radius / 2, 0.5)), 1);
      for (let k = 1; k <= steps; k++) {
        disc(cells, x0 + ((x - x0) * k) / steps, y0 + ((y - y0) * k) / steps, value);
      }
    }
    stroke.last = [x, y];
    changed();
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button > 0 && event.button !== 5) return;
    event.preventDefault();
    canvas.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    remember();
    stroke = { start: place(event), last: place(event), id: event.pointerId };
    extend(event);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (stroke?.id === event.pointerId) extend(event);
  });
  const end = (event) => {
    if (stroke?.id === event.pointerId) stroke = null;
  };
  canvas.addEventListener("pointerup", end);
  canvas.addEventListener("pointercancel", end);

  canvas.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!step) return;
    event.preventDefault();
    const [dx, dy] = step.map((s) => s * (event.shiftKey ? 4 : 1));
    const next = new Uint8Array(side * side);
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const [u, v] = [x - dx, y - dy];
        if (u >= 0 && v >= 0 && u < side && v < side) next[y * side + x] = cells[v * side + u];
      }
    }
    replace(next);
  });

  return {
    tool,
    side,
    at: (x, y) => cells[y * side + x],
    isEmpty: () => !cells.includes(1),
    canUndo: () => before.length > 0,
    everything: () => replace(new Uint8Array(side * side).fill(1)),
    clear: () => replace(new Uint8Array(side * side)),
    invert: () => replace(cells.map((cell) => 1 - cell)),
    undo() {
      if (!before.length) return;
      cells = before.pop();
      changed();
    },
    /** Paint or erase a rectangle, given by its edges in cells. */
    rectangle(left, top, right, bottom) {
      const next = cells.slice();
      rectangle(next, left, top, right, bottom, tool.erase ? 0 : 1);
      replace(next);
    },
    /** Start with a rectangle; this cannot be undone. */
    start(left, top, right, bottom) {
      rectangle(cells, left, top, right, bottom, 1);
    },
    /** Base64 of one bit a cell, row by row, the first cell in the highest bit. */
    packed() {
      const bytes = new Uint8Array(cells.length / 8);
      cells.forEach((cell, i) => (bytes[i >> 3] |= cell << (7 - (i & 7))));
      return btoa(String.fromCharCode(...bytes));
    },
  };
};
