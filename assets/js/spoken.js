/* Sentences for people who do not see the page: said once things rest, not at every step of a drag.

   An element with `data-spoken` shows a sentence that follows sliders. A live region would read
   every state of it aloud; here its text is said when it has stayed the same for a while. */
"use strict";

Explorer.spoken = (() => {
  const REST = 700; // milliseconds without a change
  const HEARD = 2000; // milliseconds that an answer to a key stays before a sentence takes its place
  const said = new WeakMap(); // element → what was said of it last
  const changed = new Set();
  let timer = null;
  let pending = ""; // a sentence that no element shows

  function later() {
    clearTimeout(timer);
    timer = setTimeout(rest, REST);
  }

  /** Say that once things rest; a newer sentence takes its place. */
  function say(text) {
    pending = text;
    later();
  }

  function rest() {
    // What an answer on its way may change is not at rest.
    if (Explorer.form.awaits() || performance.now() - Explorer.say.last < HEARD) return later();
    const texts = [];
    for (const element of changed) {
      const text = element.textContent.trim();
      // What stands in a tab that is not open is not news.
      if (!text || said.get(element) === text || !element.checkVisibility()) continue;
      said.set(element, text);
      texts.push(text);
    }
    changed.clear();
    if (pending) texts.push(pending);
    pending = "";
    if (texts.length) Explorer.say(texts.join(" "));
  }

  new MutationObserver((records) => {
    const touched = records.map(({ target }) => (target.closest ? target : target.parentElement)?.closest("[data-spoken]"));
    for (const element of touched) if (element) changed.add(element);
    if (touched.some(Boolean)) later();
  }).observe(document, { subtree: true, childList: true, characterData: true });

  return { say };
})();
