/* The uploader shows a file before the server has looked at it; one that is no picture has no
   preview, and the sentence below it says why. */
"use strict";

(() => {
  const mark = (broken) => (event) => {
    if (event.target.matches?.("#uploader img")) event.target.classList.toggle("broken", broken);
  };
  // These events do not bubble.
  document.addEventListener("error", mark(true), true);
  document.addEventListener("load", mark(false), true);
})();
