/* A panel as a PNG: what stands on the page is drawn again, at twice its size, node by node.

   Drawn by hand and not through an image of the markup: that would lose the page's fonts, and
   browsers then refuse to give the pixels out. Only what panels consist of is known here: text,
   plain SVG shapes, canvases, dots and the colour bar. */
"use strict";

Explorer.sharePicture = (() => {
  const SCALE = 2;
  const PAD = 10; // below everything
  const FOOT = 18; // height of a line of the foot
  const SKIPPED = ".sr-only, [hidden]";

  /** Draw the panel with the receipt line and the link beneath; gives a PNG blob. */
  async function picture(panel, line, link) {
    const under = await backgrounds(panel);
    // Nothing is painted before the class is gone again.
    panel.classList.add("drawn");
    const canvas = draw(panel, [line, link], under);
    panel.classList.remove("drawn");
    return new Promise((done) => canvas.toBlob(done, "image/png"));
  }

  function draw(panel, lines, under) {
    const box = panel.getBoundingClientRect();
    const { backgroundColor, color, fontFamily, paddingLeft } = getComputedStyle(panel);
    const left = parseFloat(paddingLeft);
    const canvas = document.createElement("canvas");
    const context = canvas.getContext("2d");
    const font = `12px ${fontFamily}`;
    context.font = font;
    const foot = lines.flatMap((text) => wrapped(context, text, box.width - 2 * left));
    canvas.width = Math.ceil(box.width * SCALE);
    canvas.height = Math.ceil((box.height + foot.length * FOOT + PAD) * SCALE);
    context.scale(SCALE, SCALE);
    context.fillStyle = backgroundColor;
    context.fillRect(0, 0, canvas.width, canvas.height);
    walk(context, panel, { x: -box.x, y: -box.y, under });
    context.font = font;
    context.fillStyle = color;
    context.textBaseline = "alphabetic";
    foot.forEach((text, i) => context.fillText(text, left, box.height + (i + 1) * FOOT - 2));
    return canvas;
  }

  /** Text as lines no wider than `width`, broken at blanks or, in addresses, anywhere. */
  function wrapped(context, text, width) {
    const lines = [""];
    const fits = (more) => context.measureText(lines.at(-1) + more).width <= width;
    for (const word of text.match(/\S+\s*/g)) {
      if (!fits(word.trimEnd()) && context.measureText(word).width <= width) lines.push("");
      for (const letter of word) {
        if (!fits(letter) && letter !== " ") lines.push("");
        lines[lines.length - 1] += letter;
      }
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

  /** Draw a node and what is in it. */
  function walk(context, node, at) {
    if (node.nodeType === Node.TEXT_NODE) words(context, node, at);
    if (node.nodeType !== Node.ELEMENT_NODE || node.matches(SKIPPED)) return;
    const style = getComputedStyle(node);
    if (style.display === "none" || style.visibility === "hidden") return;
    if (node.matches("svg *")) shape(context, node, style, at);
    else block(context, node, style, at);
    for (const child of node.childNodes) walk(context, child, at);
  }

  function block(context, node, style, at) {
    const box = node.getBoundingClientRect();
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
    if (parent.matches("title")) return;
    const style = getComputedStyle(parent);
    const range = document.createRange();
    context.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    context.fillStyle = parent.matches("svg *") ? style.fill : style.color;
    context.textBaseline = "middle";
    for (const { 0: word, index } of node.textContent.matchAll(/\S+/g)) {
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      const box = range.getBoundingClientRect();
      if (!box.width) continue;
      context.fillText(word, box.x + at.x, box.y + at.y + box.height / 2);
    }
  }

  return picture;
})();
