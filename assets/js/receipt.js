/* The receipt line, and any score as one line to copy. */
"use strict";

Explorer.receipt = (() => {
  /** One score as a line: what made it, and where to see it. */
  function line(score, asksNetwork) {
    const { pattern, pixels } = Explorer.latest.receipt;
    const words = (asksNetwork ? pattern : pixels).replace("{score}", () => score);
    return `${words} · ${Explorer.link.address()}`;
  }

  function draw(root, value) {
    Explorer.setText(root.querySelector("code"), value.line);
    const { render, forward, compare } = value.times;
    Explorer.setText(
      root.querySelector(".times"),
      `Last update: ${value.total} ms on the server (render ${render}, network ${forward}, metrics ${compare}).`,
    );
    Explorer.link.answered(value.upload);
  }

  function setup(root) {
    const shown = root.querySelector(".said");
    root.querySelector(".copy").addEventListener("click", (event) => {
      Explorer.copy(line(Explorer.latest.receipt.score, true), event.target, shown);
    });
    root.querySelector(".copy-link").addEventListener("click", (event) => {
      Explorer.copy(Explorer.link.address(), event.target, shown);
    });
    Explorer.share.setup(root);
  }

  Explorer.panel("receipt", draw, setup);
  return { line };
})();
