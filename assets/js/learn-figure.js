/* The figures of a lesson: verdicts, layers or maps; question marks until a prediction is made. */
"use strict";

Explorer.learnFigure = (() => {
  const { html, setText } = Explorer;

  /** The pair and the figure of an answer; `shown` says that the answer may be seen. */
  function draw(root, value, shown) {
    for (const name of ["original", "perturbed"]) {
      const image = root.querySelector(`.pair .${name} img`);
      if (image.src !== value.pictures[name]) image.src = value.pictures[name];
    }
    const { caption } = value.pictures;
    root.querySelector(".pair .perturbed img").alt = `Perturbed picture: ${caption}`;
    setText(root.querySelector(".pair .perturbed figcaption"), caption);
    const place = root.querySelector(".bench .figure");
    place.dataset.kind = value.kind;
    const { title, nodes } = { verdicts, layers, maps }[value.kind](value, shown);
    setText(root.querySelector(".bench .caption"), title);
    place.replaceChildren(...nodes);
  }

  /** A place on the logarithmic axis, in percent. */
  function at(ratio, [low, high]) {
    const inside = Math.min(Math.max(ratio, low), high);
    return (100 * Math.log(inside / low)) / Math.log(high / low);
  }

  function verdicts(value, shown) {
    const { domain, rule } = value;
    const rows = value.rows.map((row) => {
      const line = html("div", { class: "line", "aria-hidden": "true" });
      const put = (kind, ratio, about = "") => {
        const mark = html("span", { class: kind, style: `left:${at(ratio, domain)}%` });
        if (about) mark.title = about;
        line.append(mark);
        return mark;
      };
      const safe = html("span", { class: "safe", style: `width:${at(row.limit, domain)}%` });
      line.append(html("span", { class: "rail" }), safe);
      put("one", 1);
      for (const { name, ratio, distance } of row.ticks) {
        put(name === "decoy" ? "tick decoy" : "tick", ratio, `${name} ${distance}`);
      }
      if (shown) put("mark", row.ratio).style.background = row.colour;
      const idle = rule === "none";
      const sign = !shown ? "?" : idle ? "·" : row.passed ? "✓" : "✗";
      const kind = !shown ? "hidden-yet" : idle ? "idle" : row.passed ? "pass" : "fail";
      const times = `${row.times} × ${row.nearest}`;
      return html(
        "li",
        { class: kind, "data-metric": row.metric, "data-norm": row.norm },
        html("span", { class: "verdict", "aria-hidden": "true" }, sign),
        html("span", { class: "name" }, html("b", {}, row.title), ` ${row.normTitle}`),
        line,
        html("span", { class: "value", "aria-hidden": "true" }, shown ? html("b", {}, row.distance) : "", shown ? ` = ${times}` : ""),
        html("span", { class: "sr-only" }, shown ? row.sentence : `${row.title}, ${row.normTitle}: predict first.`),
      );
    });
    const labels = [0.01, 0.1, 1, 10].map((ratio) =>
      html("span", { style: `left:${at(ratio, domain)}%` }, ratio === 1 ? "1 = nearest blank" : `${ratio}`),
    );
    const axis = html("div", { class: "axis", "aria-hidden": "true" }, html("div", {}, ...labels));
    const stain = rule === "decoy" || rule === "both";
    const title = stain
      ? "Left of the decoy (the triangle) passes"
      : "Left of the nearest blank canvas passes";
    return { title, nodes: [html("ul", {}, ...rows), axis] };
  }

  function layers(value, shown) {
    const { title, total, parts, colour } = value.layers;
    const rows = parts.map(({ layer, distance, share }) => {
      const percent = `${(100 * share).toFixed(0)} %`;
      const fill = html("span", { class: "fill", style: `width:${shown ? 100 * share : 0}%` });
      fill.style.background = colour;
      return html(
        "li",
        {},
        html("b", {}, layer),
        html("span", { class: "track" }, fill),
        html("span", { class: "value" }, shown ? `${percent} · ${distance}` : "?"),
      );
    });
    const sum = shown ? `: ${total} in all` : "";
    return { title: `What each layer adds, ${title}${sum}`, nodes: [html("ul", {}, ...rows)] };
  }

  function maps(value, shown) {
    const tiles = value.maps.map((cell) => {
      const box = html("div", { class: "tile" });
      if (shown) {
        const canvas = html("canvas", { role: "img", width: cell.width, height: cell.height });
        canvas.setAttribute("aria-label", `Map of ${cell.layer}: distance ${cell.distance}, largest value ${cell.peakLabel}`);
        paint(canvas, cell);
        box.append(canvas);
      } else box.append("?");
      return html(
        "figure",
        {},
        box,
        html("figcaption", {}, html("b", {}, cell.layer), shown ? ` ${cell.distance}` : ""),
      );
    });
    return { title: "Where each layer’s distance comes from: the brighter, the more", nodes: tiles };
  }

  function paint(canvas, cell) {
    const bytes = Uint8Array.from(atob(cell.data), (c) => c.charCodeAt(0));
    const context = canvas.getContext("2d");
    const pixels = context.createImageData(cell.width, cell.height);
    new Uint16Array(bytes.buffer).forEach((level, i) => {
      const k = 3 * (level >> 8);
      pixels.data.set([...Explorer.magma.subarray(k, k + 3), 255], 4 * i);
    });
    context.putImageData(pixels, 0, 0);
  }

  return { draw };
})();
