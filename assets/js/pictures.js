/* Original and perturbed: side by side, swiped, or flickering. */
"use strict";

(() => {
  let timer = null;

  function setup(root) {
    const stage = root.querySelector(".stage");
    Explorer.segmented(root.querySelector(".segmented"), (button) => {
      stage.dataset.view = button.dataset.view;
      clearInterval(timer);
      stage.classList.remove("second");
      if (button.dataset.view === "flicker") {
        // Slow enough (0.8 Hz) to be safe and to be followed.
        timer = setInterval(() => stage.classList.toggle("second"), 600);
      }
    });
    const slider = root.querySelector("input[type=range]");
    const swipe = () => stage.style.setProperty("--swipe", `${slider.value}%`);
    slider.addEventListener("input", swipe);
    swipe();
  }

  function draw(root, value) {
    for (const name of ["original", "perturbed", "decoy"]) {
      const image = root.querySelector(`.${name} img`);
      if (image.src !== value[name]) image.src = value[name];
    }
    root.querySelector(".perturbed img").alt = `Perturbed picture: ${value.caption}`;
    Explorer.setText(root.querySelector(".what"), value.caption);
  }

  Explorer.panel("pictures", draw, setup);
})();
