/* The view Channels. */
"use strict";

(() => {
  const { html } = Explorer;

  function draw(root, value) {
    const rows = value.rows.map((row) =>
      html("p", {}, `channel ${row.channel}: ${row.contribution} (${(100 * row.share).toFixed(1)} %)`),
    );
    root.querySelector(".rows").replaceChildren(...rows);
  }

  Explorer.inside.view("channels", { draw });
})();
