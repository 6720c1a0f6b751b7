"""The page by keyboard alone: everything is reached, the focus is seen, and no update takes it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.inside import settle

MOST = 140  # presses of the tab key from one end of the page to the other

# What has the focus, whether its ring is drawn, and whether that is the one that is looked for.
HERE = """
(selector) => {
  const here = document.activeElement;
  // Radio buttons that look like buttons show the ring on their text.
  const shown = here.matches(".radios input") ? here.nextElementSibling : here;
  const { outlineStyle, outlineWidth } = getComputedStyle(shown);
  return {
    what: here.outerHTML.slice(0, 120),
    lost: here === document.body,
    ring: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2,
    found: here.matches(selector),
  };
}
"""


def reach(page: Page, selector: str, key: str = "Tab") -> None:
    """Press the tab key until the focus is there; it has to be seen at every step."""
    for _ in range(MOST):
        page.keyboard.press(key)
        here = page.evaluate(HERE, selector)
        # From the last control the focus goes to the browser's own, and then to the first.
        assert here["ring"] or here["lost"], here["what"]
        if here["found"]:
            return
    raise AssertionError(f"{selector} is not reached with {key}.")


def kept(page: Page, selector: str) -> None:
    """The focus stands where it stood, and is seen."""
    here = page.evaluate(HERE, selector)
    assert here["found"] and here["ring"], here["what"]


def changed(page: Page, name: str) -> object:
    """The value of a knob, None at its default."""
    return page.evaluate("(name) => Explorer.form.changed()[name] ?? null", name)


def settle_explore(page: Page) -> None:
    """Wait until the panels of Explore show one scene, other than the one before."""
    page.wait_for_function(
        """() => {
          const keys = [...document.querySelectorAll('#explore .panel')].map((p) => p.dataset.key);
          const before = window.before;
          if (new Set(keys).size !== 1 || keys[0] === before) return false;
          window.before = keys[0];
          return true;
        }"""
    )


def test_explore(page: Page) -> None:
    settle_explore(page)
    reach(page, "button.action[data-values]")
    page.keyboard.press("Enter")
    kept(page, "button.action[data-values]")
    reach(page, "#knob-picture-family-input")
    page.keyboard.press("ArrowDown")
    settle_explore(page)
    kept(page, "#knob-picture-family-input")
    assert changed(page, "picture.family") is not None
    reach(page, "#knob-rotate-angle-input")
    page.keyboard.press("ArrowRight")
    settle_explore(page)
    kept(page, "#knob-rotate-angle-input")
    assert changed(page, "rotate.angle") is not None
    # The button that resets disappears with what it resets.
    reach(page, "#knob-rotate-angle .undo", "Shift+Tab")
    page.keyboard.press("Enter")
    settle_explore(page)
    kept(page, "#knob-rotate-angle-input")
    assert changed(page, "rotate.angle") is None
    reach(page, '.panel-bars [data-scale="share"]')
    page.keyboard.press("ArrowRight")
    kept(page, '.panel-bars [data-scale="absolute"]')


def test_the_controls_can_be_skipped(page: Page) -> None:
    before = page.url
    reach(page, ".skip")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.matches('.panel-pictures')")
    page.keyboard.press("Tab")
    kept(page, ".panel-pictures button")
    assert page.url == before


def tab(page: Page, title: str) -> None:
    """Open a tab with the keyboard."""
    name = page.get_by_role("tab", name=title, exact=True).get_attribute("data-tab-id")
    reach(page, f'[data-tab-id="{name}"]')
    page.keyboard.press("Enter")


def test_sweep(page: Page) -> None:
    tab(page, "Sweep")
    page.wait_for_selector(".panel-sweep .csv:enabled")
    reach(page, '.panel-sweep [data-mode="curve"]')
    page.keyboard.press("ArrowRight")
    reach(page, '.panel-sweep [data-ask="cells"]')
    page.keyboard.press("ArrowUp")  # the fewest points
    reach(page, ".panel-sweep .run")
    page.keyboard.press("Enter")
    page.wait_for_selector(".atlas canvas")
    # Cancel is switched off when the sweep ends, under the focus.
    reach(page, ".panel-sweep :is(.stop, .csv)")
    page.wait_for_selector(".panel-sweep .csv:enabled")
    page.wait_for_function("document.activeElement.matches('.panel-sweep *:not(:disabled)')")
    reach(page, ".atlas canvas")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".panel-sweep .readout")).to_contain_text("Rotate")
    expect(page.locator("#said")).to_contain_text("Rotate")
    page.keyboard.press("Enter")
    expect(page.get_by_role("tab", name="Explore")).to_have_attribute("aria-selected", "true")


def test_suite(page: Page) -> None:
    tab(page, "Challenge suite")
    reach(page, ".panel-suite .run")
    page.keyboard.press("Enter")  # it is switched off while it runs
    page.wait_for_selector(".panel-suite[data-state=done]", timeout=120_000)
    page.wait_for_function("document.activeElement.matches('.panel-suite *:not(:disabled)')")
    reach(page, ".panel-suite-runs .count")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    kept(page, ".panel-suite-runs .count[aria-expanded=true]")
    page.wait_for_selector(".panel-suite-runs .case")
    reach(page, ".panel-suite-runs .shut")
    page.keyboard.press("Enter")
    kept(page, ".panel-suite-runs .count")


MAIN = {
    "provenance": (".from .frame", "ArrowRight"),
    "channels": (".strip", "ArrowRight"),
    "locality": (".window input", "ArrowRight"),
    "metric": (".weights input", "ArrowRight"),
    "mask": ("canvas.paint", "ArrowRight"),
    "bug": ("input[type=radio]", "ArrowRight"),
}
"""The main control of each view, and a key that changes it."""


def test_look_inside(page: Page) -> None:
    tab(page, "Look inside")
    views = page.evaluate(
        "[...document.querySelectorAll('[data-view][data-shared]')].map((b) => b.dataset.view)"
    )
    assert sorted(views) == sorted(MAIN)
    reach(page, "#inside-frame .views button")
    for i, view in enumerate(views):
        if i:
            page.keyboard.press("ArrowRight")
        settle(page, view)
        kept(page, f'[data-view="{view}"]')
        control, key = MAIN[view]
        selector = f".panel-inside-{view} {control}"
        reach(page, selector)
        asked = page.evaluate("(view) => JSON.stringify(Explorer.latest[`inside-${view}`])", view)
        page.keyboard.press(key)
        settle(page, view)
        kept(page, selector)
        if view != "locality":  # whose one answer holds all windows
            assert asked != page.evaluate(
                "(view) => JSON.stringify(Explorer.latest[`inside-${view}`])", view
            )
        reach(page, "#inside-frame .views button", "Shift+Tab")
