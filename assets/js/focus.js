/* The keyboard's focus is never lost: when what had it is removed, hidden or switched off, what
   stands next to it takes over, so that the tab key goes on from there. */
"use strict";

Explorer.focus = (() => {
  const REACHED =
    'a[href], button, input:not([type="hidden"]), select, textarea, summary, [tabindex="0"], [tabindex="-1"][role]';
  let last = null; // what had the focus last
  let around = []; // the elements that it stood in, the innermost first
  let scheduled = false;

  function usable(element) {
    return (
      element.isConnected &&
      !element.matches(":disabled") &&
      element.checkVisibility({ visibilityProperty: true }) &&
      element.getClientRects().length > 0
    );
  }

  function keep(element) {
    last = element;
    around = [];
    for (let node = element.parentElement; node && node !== document.body; node = node.parentElement) {
      around.push(node);
    }
  }

  /** The next that can be reached after what was lost, else the last before it. */
  function heir(place) {
    const all = [...place.querySelectorAll(REACHED)].filter((e) => e.tabIndex >= 0 && usable(e));
    const after = (e) => last.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING;
    return (last.isConnected && all.find(after)) || all.at(last.isConnected ? -1 : 0);
  }

  function mend() {
    scheduled = false;
    const { activeElement } = document;
    const lost = activeElement === document.body || activeElement?.matches(":disabled");
    // A person who clicks beside everything takes the focus away on purpose.
    if (!last || !lost || !document.hasFocus() || usable(last)) return;
    for (const place of around) {
      if (!usable(place)) continue;
      const next = heir(place);
      if (next) return next.focus({ preventScroll: true });
    }
  }

  /** After the browser has noticed what can no longer have the focus. */
  function check() {
    if (scheduled || !last) return;
    scheduled = true;
    requestAnimationFrame(() => setTimeout(mend));
  }

  document.addEventListener("focusin", ({ target }) => keep(target));
  document.addEventListener("pointerdown", () => (last = null));
  new MutationObserver(check).observe(document, {
    subtree: true,
    childList: true,
    attributeFilter: ["disabled", "hidden", "class", "data-kind", "data-family", "data-weights", "data-own", "data-missing", "data-suite", "data-mode"],
  });

  /** A link that leads over a long stretch to a panel; the address of the page stays as it is. */
  function lead(link) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const target = document.querySelector(`${link.getAttribute("href")} .panel`);
      target.tabIndex = -1;
      target.focus();
      target.scrollIntoView({ block: "start" });
    });
  }

  return { lead };
})();
