/* Original and perturbed: side by side, swiped, or flickering. */
"use strict";

(() => {
  const PERIOD = 600; // milliseconds: slow enough (0.8 Hz) to be safe and to be followed
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let timer = null;

  function setup(root) {
    const stage = root.querySelector(".stage");
    const play = root.querySelector(".play");
    const flip = () => stage.classList.toggle("second");
    const run = (on) => {
      clearInterval(timer);
      timer = on ? setInterval(flip, PERIOD) : null;
      play.textContent = on ? "Pause" : "Play";
    };
    Explorer.segmented(root.querySelector(".segmented"), (button) => {
      stage.dataset.view = button.dataset.view;
      stage.classList.remove("second");
      // Who asks for less motion starts it by hand, or turns from one to the other.
      run(button.dataset.view === "flicker" && !still.matches);
    });
    play.addEventListener("click", () => run(timer === null));
    root.querySelector(".flip").addEventListener("click", () => {
      run(false);
      flip();
    });
    still.addEventListener("change", () => still.matches && run(false));
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
    root.querySelector(".perturbed figcaption").title = value.caption;
  }

  Explorer.panel("pictures", draw, setup);
})();
