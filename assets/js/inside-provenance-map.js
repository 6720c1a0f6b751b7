/* Provenance: displacement as colour. Hue says where to, saturation how far, brightness how much. */
"use strict";

Explorer.displacement = (() => {
  const FAR = 0.25; // of a side: from here on colours are full

  /** Displacement in sides, brightness 0 to 1 → red, green, blue of 0 to 255. */
  function colour(dx, dy, bright) {
    const hue = (Math.atan2(dy, dx) / (2 * Math.PI) + 1) % 1;
    const full = Math.min(Math.hypot(dx, dy) / FAR, 1);
    return [5, 3, 1].map((n) => {
      const k = (n + hue * 6) % 6;
      return Math.round(255 * bright * (1 - full * Math.max(0, Math.min(k, 4 - k, 1))));
    });
  }

  function numbers(text, Type) {
    return new Type(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
  }

  /** What a place of the map carries and where it goes on average, in sides. */
  function at(map, i) {
    map.w ??= numbers(map.weights, Uint16Array);
    map.d ??= numbers(map.shift, Int16Array);
    const count = map.w.length;
    return { carried: map.w[i] / 65535, dx: map.d[i] / 32767, dy: map.d[count + i] / 32767 };
  }

  function paint(canvas, map) {
    canvas.width = map.width;
    canvas.height = map.height;
    const context = canvas.getContext("2d");
    const pixels = context.createImageData(map.width, map.height);
    for (let i = 0; i < map.width * map.height; i++) {
      const { carried, dx, dy } = at(map, i);
      // The square root: little things show, too.
      pixels.data.set([...colour(dx, dy, Math.sqrt(carried)), 255], 4 * i);
    }
    context.putImageData(pixels, 0, 0);
  }

  /** The legend: what goes there has this colour; the rim is a quarter of a side, or more. */
  function wheel(canvas) {
    const side = canvas.width;
    const context = canvas.getContext("2d");
    const pixels = context.createImageData(side, side);
    for (let i = 0; i < side * side; i++) {
      const x = ((i % side) + 0.5) / side - 0.5;
      const y = (Math.floor(i / side) + 0.5) / side - 0.5;
      const inside = Math.hypot(x, y) <= 0.5;
      pixels.data.set([...colour(2 * FAR * x, 2 * FAR * y, 1), inside ? 255 : 0], 4 * i);
    }
    context.putImageData(pixels, 0, 0);
  }

  return { FAR, at, colour, paint, wheel };
})();
