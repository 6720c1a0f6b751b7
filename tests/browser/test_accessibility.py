"""For everyone: axe-core and contrast on every tab and view, names, speech, motion, zoom."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import move, open_tab, opened
from tests.browser.held import holding
from tests.browser.inside import settle

AXE = (files("axe_playwright_python") / "axe.min.js").read_text()
CONTRAST = Path(__file__).with_name("contrast.js").read_text()
SERIOUS = ("moderate", "serious", "critical")

VIOLATIONS = """
async (dark) => {
  // A theme changes colours alone: all other rules have been asked in the light one.
  const only = dark ? { runOnly: ["color-contrast", "link-in-text-block"] } : {};
  const { violations } = await axe.run(document, { resultTypes: ["violations"], ...only });
  return violations.flatMap(({ id, impact, nodes }) =>
    nodes.map((n) => ({ impact, text: `${id}: ${n.target.join(" ")}: ${n.failureSummary}` })));
}
"""
# Pictures and charts without a name, and tables that do not say what they are.
NAMELESS = """
() => [...document.querySelectorAll("img, svg, canvas, table")].filter((e) => {
  const hidden = !e.checkVisibility({ visibilityProperty: true });
  if (hidden || e.closest("[aria-hidden=true]")) return false;
  const said = e.caption?.textContent.trim();
  if (e.matches("table")) return !said || e.querySelector("th:not([scope])");
  if (e.matches("img")) return !e.hasAttribute("alt");
  // Within a control that has a name itself, and in the framework's own buttons, it adds nothing.
  const named = e.closest("button, [role=slider], [role=application]");
  if (named) return !(named.getAttribute("aria-label") || named.title || named.textContent.trim());
  return !e.getAttribute("aria-label");
}).map((e) => e.outerHTML.slice(0, 160))
"""
QUIET = """
() => new Promise((done) => {
  let timer = setTimeout(done, 300);
  const watch = new MutationObserver(() => {
    clearTimeout(timer);
    timer = setTimeout(() => (watch.disconnect(), done()), 300);
  });
  watch.observe(document.body, { subtree: true, childList: true, characterData: true });
})
"""
SUMMARY = ".panel-ladder .summary"
VIEWS = "[...document.querySelectorAll('#inside-frame [data-view]')].map((b) => b.dataset.view)"


def places(page: Page) -> Iterator[str]:
    """Open every tab that the page has, and every view of Look inside; wait for the answers."""
    titles = page.evaluate("[...new Set(Explorer.tabs().map((tab) => tab.textContent.trim()))]")
    assert titles[0] == "Explore" and len(titles) >= 4
    for title in titles:
        open_tab(page, title)
        if title == "Sweep":
            page.wait_for_selector(".panel-sweep .csv:enabled")
        if title == "Challenge suite":
            page.click(".panel-suite .run")
            page.wait_for_selector(".panel-suite[data-state=done]", timeout=120_000)
            page.click(".panel-suite-runs .count >> nth=0")
        if title == "Look inside":
            for view in page.evaluate(VIEWS):
                page.click(f'#inside-frame [data-view="{view}"]')
                settle(page, view)
                yield f"{title}, {view}"
            continue
        page.evaluate(QUIET)
        yield title


def themed(page: Page, dark: bool) -> None:
    """Change the theme as Gradio does when the page opens."""
    page.emulate_media(color_scheme="dark" if dark else "light")
    page.evaluate("(dark) => document.body.classList.toggle('dark', dark)", dark)


@pytest.mark.parametrize("width", [1440, 390])
def test_nobody_meets_a_barrier(browser: Browser, app: tuple[str, Path], width: int) -> None:
    found: list[str] = []
    judged = 0
    with opened(browser, app[0], width) as page:
        page.emulate_media(reduced_motion="reduce")  # colours in transition are no finding
        page.evaluate(AXE)
        for place in places(page):
            found += [f"{place}: no name: {node}" for node in page.evaluate(NAMELESS)]
            for dark in (False, True):
                themed(page, dark)
                where = f"{place}, {'dark' if dark else 'light'}"
                violations = page.evaluate(VIOLATIONS, dark)
                found += [f"{where}: {v['text']}" for v in violations if v["impact"] in SERIOUS]
                # What is judged by what is painted behind it has to be on the screen.
                tall = min(page.evaluate("document.documentElement.scrollHeight"), 8000)
                page.set_viewport_size({"width": width, "height": tall})
                contrast = page.evaluate(CONTRAST)
                page.set_viewport_size({"width": width, "height": 1000})
                judged += contrast["judged"]
                found += [f"{where}: contrast {text}" for text in contrast["poor"]]
            themed(page, False)
        assert page.get_attribute("html", "lang") == "en"
        assert "Explorer" in page.title()
    assert not found, "\n".join(found)
    assert judged > 1000


def listen(page: Page) -> None:
    """Note in `window.spoken` what is said once the page's first sentence was heard."""
    page.wait_for_function("performance.now() - Explorer.say.last > 2000")
    page.evaluate(
        """() => {
          window.spoken = [];
          new MutationObserver((records) => {
            for (const { target } of records) {
              const region = (target.closest ? target : target.parentElement)
                .closest('[role=status], [role=alert], [aria-live=polite], [aria-live=assertive]');
              if (region?.textContent.trim()) window.spoken.push(region.textContent);
            }
          }).observe(document.body, { subtree: true, childList: true, characterData: true });
        }"""
    )


def test_a_drag_is_spoken_once(page: Page) -> None:
    listen(page)
    before = page.text_content(SUMMARY)
    for x in range(100, 0, -5):
        move(page, "translate.x", x)
        page.evaluate("() => new Promise(requestAnimationFrame)")
    page.wait_for_function("window.spoken.length > 0")
    page.evaluate(QUIET)
    after = page.text_content(SUMMARY)
    assert after != before
    assert page.evaluate("window.spoken") == [after]


def test_what_an_answer_on_its_way_may_change_is_not_spoken(page: Page) -> None:
    listen(page)
    before = page.text_content(SUMMARY)
    with holding(page) as held:
        move(page, "translate.x", 5)
        page.evaluate("Explorer.spoken.say('Meanwhile.')")
        page.wait_for_timeout(1500)  # twice as long as things have to rest
        assert page.evaluate("window.spoken") == []
        held.release()
    page.wait_for_function("window.spoken.length > 0")
    after = page.text_content(SUMMARY)
    assert after != before
    assert page.evaluate("window.spoken") == [f"{after} Meanwhile."]


def test_the_framework_says_nothing_of_its_own(page: Page) -> None:
    """It announces "Loading" and "Complete" for what shows its progress: one event, a download."""
    shows = "window.gradio_config.dependencies.filter((d) => d.show_progress !== 'hidden')"
    targets = page.evaluate(f"{shows}.flatMap((d) => d.targets.map(([id]) => id))")
    texts = page.evaluate(
        "(ids) => window.gradio_config.components.filter((c) => ids.includes(c.id))"
        ".map((c) => c.props.value)",
        targets,
    )
    assert texts == ["Fetch the weights of this network"]


def test_less_motion(browser: Browser, app: tuple[str, Path]) -> None:
    with opened(browser, app[0]) as page:
        page.emulate_media(reduced_motion="reduce")
        page.get_by_role("radio", name="Flicker").click()
        stage = page.locator(".stage")
        page.wait_for_timeout(1500)  # longer than two turns of the flicker
        assert "second" not in (stage.get_attribute("class") or "")
        page.get_by_role("button", name="Show the other").click()
        assert "second" in (stage.get_attribute("class") or "")
        moving = """[...document.querySelectorAll('.panel *, .controls *, #tabs *')].filter((e) => {
          const { transitionDuration, animationDuration, scrollBehavior } = getComputedStyle(e);
          const long = (text) => text.split(',').some((t) => parseFloat(t) > 0);
          return long(transitionDuration) || long(animationDuration) || scrollBehavior === 'smooth';
        }).map((e) => e.outerHTML.slice(0, 100))"""
        assert page.evaluate(moving) == []
        page.emulate_media(reduced_motion="no-preference")
        page.get_by_role("radio", name="Side by side").click()
        page.get_by_role("radio", name="Flicker").click()
        page.wait_for_selector(".stage.second")
        page.get_by_role("button", name="Pause").click()
        assert page.get_by_role("button", name="Play").is_visible()


def test_twice_as_large_nothing_is_lost(browser: Browser, app: tuple[str, Path]) -> None:
    """1280 px at 200 % are 640 px."""
    with opened(browser, app[0], 640, 500) as page:
        for place in places(page):
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= 640, (place, wide)


def test_the_systems_own_colours(browser: Browser, app: tuple[str, Path]) -> None:
    with opened(browser, app[0]) as page:
        page.emulate_media(forced_colors="active")
        for chosen, other in (
            (".segmented button[aria-checked=true]", ".segmented button[aria-checked=false]"),
            (".radios input:checked + span", ".radios input:not(:checked) + span"),
        ):
            looks = [
                page.evaluate(
                    "(s) => getComputedStyle(document.querySelector(s)).backgroundColor", s
                )
                for s in (chosen, other)
            ]
            assert looks[0] != looks[1]
        page.keyboard.press("Tab")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
