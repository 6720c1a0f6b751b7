/* The receipt line, ready to copy. */
"use strict";

Explorer.panel(
  "receipt",
  (root, value) => {
    Explorer.setText(root.querySelector("code"), value.line);
    const { render, forward, compare } = value.times;
    Explorer.setText(
      root.querySelector(".times"),
      `Last update: ${value.total} ms on the server (render ${render}, network ${forward}, metrics ${compare}).`,
    );
  },
  (root) => {
    const button = root.querySelector(".copy");
    button.addEventListener("click", async () => {
      const text = root.querySelector("code").textContent;
      try {
        await navigator.clipboard.writeText(text);
        button.textContent = "Copied";
      } catch {
        // Without permission the line is selected instead, ready for the keyboard.
        getSelection().selectAllChildren(root.querySelector("code"));
        button.textContent = "Selected: press Ctrl+C";
      }
      setTimeout(() => (button.textContent = "Copy"), 1500);
    });
  },
);
