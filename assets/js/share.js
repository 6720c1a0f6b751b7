/* Files of what Explore shows: made on the server when asked, figures in the browser. */
"use strict";

Explorer.share = (() => {
  let asked = 0; // how many files were asked for
  let place = null; // where the panel says how it goes

  /** Called by the hidden component that brings files. */
  function attach(props, watch) {
    watch("value", () => {
      if (!props.value) return;
      const { number, name, media, text, error } = JSON.parse(props.value);
      if (number !== asked) return; // another file was asked for meanwhile
      Explorer.setText(place, error ?? `Made ${name}.`);
      if (!error) Explorer.download(name, text, media);
    });
  }

  function setup(root) {
    place = root.querySelector(".said");
    root.querySelector(".share").addEventListener("click", (event) => {
      const { file, figure } = event.target.closest("button")?.dataset ?? {};
      if (file) {
        asked += 1;
        Explorer.setText(place, "Making the file…");
        const here = `${location.origin}${location.pathname}`;
        Explorer.ask("share-asked", { kind: file, place: here, number: asked });
      }
      if (figure) save(figure);
    });
  }

  async function save(name) {
    const panel = Explorer.roots[name];
    const { key, line } = Explorer.latest.receipt;
    const blob = await Explorer.sharePicture(panel, line, Explorer.link.address());
    const file = `similarity-${key}-${name}.png`;
    Explorer.download(file, blob, "image/png");
    Explorer.setText(place, `Made ${file}.`);
  }

  return { attach, setup };
})();
