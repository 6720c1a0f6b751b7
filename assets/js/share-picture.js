/* A panel as a PNG: what stands on the page is drawn again, at twice its size, node by node.

   Drawn by hand and not through an image of the markup: that would lose the page's fonts, and
   browsers then refuse to give the pixels out. Only what panels consist of is known here: text,
   plain SVG shapes, canvases, dots and the colour bar. */
"use strict";

Explorer.sharePicture = (() => {
  const SCALE = 2;
  const PAD = 16;
  const FOOT = 18; // height of a line of the foot
  const SKIPPED = ".tools, .tip, .sr-only, button, .readout, [hidden]";

  /** Draw the panel with the receipt line and the link beneath; gives a PNG blob. */
  async function picture(panel, line, link) {
    const box = panel.getBoundingClientRect();
    const style = getComputedStyle(panel);
    const canvas = document.createElement("canvas");
    const context = canvas.getContext("2d");
    const family = getComputedStyle(document.body).fontFamily;
    context.font = `12px ${family}`;
    const foot = [line, link].flatMap((text) => wrapped(context, text, box.width - 2 * PAD));
    const height = box.height + foot.length * FOOT + PAD;
    canvas.width = Math.ceil(box.width * SCALE);
    canvas.height = Math.ceil(height * SCALE);
    context.scale(SCALE, SCALE);
    context.fillStyle = style.backgroundColor;
    context.fillRect(0, 0, box.width, height);
    const under = await backgrounds(panel);
    const bottom = walk(context, panel, { x: -box.x, y: -box.y, under });
    context.font = `12px ${family}`;
    context.fillStyle = style.color;
    context.textBaseline = "alphabetic";
    foot.forEach((text, i) => context.fillText(text, PAD, bottom + PAD + (i + 1) * FOOT - 6));
    const cut = document.createElement("canvas");
    cut.width = canvas.width;
    cut.height = Math.ceil((bottom + foot.length * FOOT + 1.5 * PAD) * SCALE);
    const into = cut.getContext("2d");
    into.fillStyle = style.backgroundColor;
    into.fillRect(0, 0, cut.width, cut.height);
    into.drawImage(canvas, 0, 0);
    return new Promise((done) => cut.toBlob(done, "image/png"));
  }

  /** Text as lines no wider than `width`; addresses have no spaces, so any character may break. */
  function wrapped(context, text, width) {
    const lines = [""];
    for (const letter of text) {
      if (context.measureText(lines.at(-1) + letter).width > width) lines.push("");
      lines[lines.length - 1] += letter;
    }
    return lines;
  }

  /** The pictures under heatmaps, decoded: style sheets keep theirs to themselves. */
  async function backgrounds(panel) {
    const found = new Map();
    for (const map of panel.querySelectorAll(".map.over")) {
      const image = new Image();
      image.src = map.style.getPropertyValue("--under").slice(4, -1).replace(/"/g, "");
      await image.decode();
      found.set(map, faded(image));
    }
    return found;
  }

  /** Grey and of less contrast, as the style sheet has it. */
  function faded(image) {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const pixels = context.getImageData(0, 0, canvas.width, canvas.height);
    const { data } = pixels;
    for (let i = 0; i < data.length; i += 4) {
      const grey = 0.2126 * data[i] + 0.7152 * data[i + 1] + 0.0722 * data[i + 2];
      data[i] = data[i + 1] = data[i + 2] = 0.7 * grey + 0.15 * 255;
    }
    context.putImageData(pixels, 0, 0);
    return canvas;
  }

  /** Draw a node and what is in it; gives the lowest line that was drawn on. */
  function walk(context, node, at) {
    if (node.nodeType === Node.TEXT_NODE) return words(context, node, at);
    if (node.nodeType !== Node.ELEMENT_NODE || node.matches(SKIPPED)) return 0;
    const style = getComputedStyle(node);
    const box = node.getBoundingClientRect();
    if (style.display === "none" || style.visibility === "hidden") return 0;
    if (node.matches("svg *")) shape(context, node, style, at);
    else block(context, node, style, box, at);
    const drawn = node.matches("svg, canvas") ? box.bottom + at.y : 0;
    return Math.max(drawn, ...[...node.childNodes].map((child) => walk(context, child, at)));
  }

  function block(context, node, style, box, at) {
    const [x, y] = [box.x + at.x, box.y + at.y];
    context.imageSmoothingEnabled = false;
    if (at.under.has(node)) context.drawImage(at.under.get(node), x, y, box.width, box.height);
    if (node instanceof HTMLCanvasElement) context.drawImage(node, x, y, box.width, box.height);
    else if (node.matches(".dot")) {
      context.fillStyle = style.backgroundColor;
      context.beginPath();
      context.arc(x + box.width / 2, y + box.height / 2, box.width / 2, 0, 7);
      context.fill();
    } else if (node.matches(".ramp")) {
      const colours = style.backgroundImage.match(/rgb\([^)]*\)/g);
      const ramp = context.createLinearGradient(x, 0, x + box.width, 0);
      colours.forEach((colour, i) => ramp.addColorStop(i / (colours.length - 1), colour));
      context.fillStyle = ramp;
      context.fillRect(x, y, box.width, box.height);
    }
  }

  function shape(context, node, style, at) {
    const origin = node.ownerSVGElement.getBoundingClientRect();
    const value = (name) => parseFloat(node.getAttribute(name) ?? 0);
    const path = new Path2D();
    const kind = node.tagName;
    if (kind === "rect") path.rect(value("x"), value("y"), value("width"), value("height"));
    else if (kind === "line") {
      path.moveTo(value("x1"), value("y1"));
      path.lineTo(value("x2"), value("y2"));
    } else if (kind === "circle") path.arc(value("cx"), value("cy"), value("r"), 0, 7);
    else if (kind === "path") path.addPath(new Path2D(node.getAttribute("d")));
    else return;
    context.save();
    context.translate(origin.x + at.x, origin.y + at.y);
    context.globalAlpha = parseFloat(style.opacity);
    if (style.fill !== "none" && kind !== "line") {
      context.fillStyle = style.fill;
      context.fill(path);
    }
    if (style.stroke !== "none") {
      context.strokeStyle = style.stroke;
      context.lineWidth = parseFloat(style.strokeWidth);
      context.setLineDash(style.strokeDasharray === "none" ? [] : style.strokeDasharray.match(/[\d.]+/g).map(Number));
      context.stroke(path);
    }
    context.restore();
  }

  /** Each word where the browser put it: lines then break as on the page. */
  function words(context, node, at) {
    const parent = node.parentElement;
    if (parent.matches("title")) return 0;
    const style = getComputedStyle(parent);
    const range = document.createRange();
    let bottom = 0;
    context.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    context.fillStyle = parent.matches("svg *") ? style.fill : style.color;
    context.textBaseline = "middle";
    for (const { 0: word, index } of node.textContent.matchAll(/\S+/g)) {
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      const box = range.getBoundingClientRect();
      if (!box.width) continue;
      context.fillText(word, box.x + at.x, box.y + at.y + box.height / 2);
      bottom = Math.max(bottom, box.bottom + at.y);
    }
    return bottom;
  }

  return picture;
})();
