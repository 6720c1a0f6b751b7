/* The button with which a case opens in Explore: as its scene, or as its original's picture. */
"use strict";

Explorer.suiteExplore = (() => {
  const { html } = Explorer;
  const { KINDS, PIXELS } = Explorer.suiteRun;

  /** The button, or nothing where Explore cannot show the case. */
  function button(run, score, own) {
    const question =
      run.data.network === PIXELS
        ? { "ask.baselines": true, ...(score.metric === "dists" && { "ask.network": "vgg16" }) }
        : { "ask.network": run.data.network, "ask.norm": score.norm === "norm" };
    if (own.values) {
      return made("Open in Explore", "", () => Explorer.form.open({ ...own.values, ...question }, false));
    }
    const picture = run.data.originals?.[own.original];
    if (!picture || !own.sliders) return "";
    return made("Open original in Explore", about(own), () => {
      Explorer.form.stage({ ...own.sliders, ...question, "picture.kind": "upload" });
      upload(picture, own.original);
    });
  }

  function made(text, title, action) {
    const node = html("button", { type: "button", class: "action explore" }, text);
    if (title) node.title = title;
    node.addEventListener("click", action);
    return node;
  }

  function about({ kind, original, other, sliders }) {
    const moved = ["invert.amount", "rotate.angle"].some((name) => name in sliders);
    const how = moved ? `with the ${KINDS[kind]} slider` : "with no slider moved";
    return `Explore shows ${original} ${how}, not the file ${other}.`;
  }

  /** Give a picture to Explore's uploader, as if a person had chosen its file. */
  async function upload(uri, path) {
    const box = document.querySelector("#uploader");
    // While the clipboard is chosen there is no place for a file.
    if (!box.querySelector("input[type=file]")) {
      box.querySelector("[data-testid=source-select] button")?.click();
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    const input = box.querySelector("input[type=file]");
    const bytes = Uint8Array.from(atob(uri.slice(uri.indexOf(",") + 1)), (c) => c.charCodeAt(0));
    const name = path.split("/").pop().replace(/\.[^.]*$/, "");
    const files = new DataTransfer();
    files.items.add(new File([bytes], `${name}.png`, { type: "image/png" }));
    input.files = files.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  return { button };
})();
