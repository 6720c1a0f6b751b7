/* All text that can be seen with less contrast than WCAG 2.2 AA asks for, also text that axe cannot
   judge: in SVG, and on coloured cells. Behind a text lies whatever is painted at its middle. */
() => {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const context = canvas.getContext("2d", { willReadFrequently: true });

  /** Any CSS colour as [red, green, blue, opacity], painted by the browser itself. */
  const known = new Map();
  function rgba(colour) {
    if (!known.has(colour)) {
      context.clearRect(0, 0, 1, 1);
      context.fillStyle = colour;
      context.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = context.getImageData(0, 0, 1, 1).data;
      known.set(colour, [r, g, b, a / 255]);
    }
    return known.get(colour);
  }

  const over = ([r, g, b, a], under) => [r, g, b].map((v, i) => v * a + under[i] * (1 - a));

  function luminance(colour) {
    const [r, g, b] = colour.map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }

  function ratio(a, b) {
    const [high, low] = [luminance(a), luminance(b)].sort((p, q) => q - p);
    return (high + 0.05) / (low + 0.05);
  }

  /** How much of an element shows: opacities multiply. */
  function opacity(element) {
    let all = 1;
    for (let e = element; e; e = e.parentElement) all *= parseFloat(getComputedStyle(e).opacity);
    return all;
  }

  /** What is painted below an element at a point; null for pictures, which have no one colour. */
  function behind(element, x, y) {
    const stack = document.elementsFromPoint(x, y);
    const start = stack.findIndex((e) => e === element || element.contains(e));
    if (start < 0) return null; // something else lies over it
    const layers = [];
    for (const e of stack.slice(start)) {
      const style = getComputedStyle(e);
      const shape = e instanceof SVGElement && !(e instanceof SVGSVGElement) && e.tagName !== "text";
      if (e.matches("img, canvas, video") || (!shape && style.backgroundImage !== "none")) return null;
      if (e instanceof SVGElement && !shape && e.tagName === "text") continue;
      const [colour, share] = shape ? [style.fill, opacity(e) * style.fillOpacity] : [style.backgroundColor, 1];
      if (colour === "none") continue;
      const [r, g, b, a] = rgba(colour);
      if (a * share > 0) layers.push([r, g, b, a * share]);
    }
    return layers.reduceRight((under, layer) => over(layer, under), [255, 255, 255]);
  }

  const poor = [];
  let judged = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.textContent.trim() || element.closest("script, style, title, option, .sr-only, .skip, :disabled, [inert]")) continue;
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    if (box.width < 2 || box.height < 2) continue;
    if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) continue;
    const under = behind(element, x, y);
    if (!under) continue;
    const style = getComputedStyle(element);
    const [r, g, b, a] = rgba(element instanceof SVGElement ? style.fill : style.color);
    if (a === 0) continue; // a name that stands in the line above already, for screen readers
    const ink = over([r, g, b, a * opacity(element)], under);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    const found = ratio(ink, under);
    judged += 1;
    if (found < (large ? 3 : 4.5)) {
      poor.push(`${found.toFixed(2)} “${node.textContent.trim().slice(0, 40)}” in ${element.closest("[class]")?.outerHTML.slice(0, 90)}`);
    }
  }
  return { judged, poor };
};
