"""The view Locality in a real browser."""

from __future__ import annotations

import statistics

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import move, open_tab, opened
from tests.browser.inside import open_view, settle, shown

SLIDER = ".panel-inside-locality .window input"
MOVES = """
async () => {
  const slider = document.querySelector('.panel-inside-locality .window input');
  const root = document.querySelector('.panel-inside-locality');
  const times = [];
  for (let k = 0; k < 30; k++) {
    const before = root.dataset.window;
    const start = performance.now();
    slider.value = String(k % 7);
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    if (root.dataset.window === before && k) throw new Error('nothing moved');
    await new Promise((done) => requestAnimationFrame(done));
    times.push(performance.now() - start);
  }
  return times;
}
"""


def complete(page: Page) -> dict:
    page.wait_for_function("Explorer.latest['inside-locality']?.left === 0", timeout=120_000)
    settle(page, "locality")
    return shown(page, "locality")


def test_curves_lanes_and_table_show_what_was_answered(page: Page) -> None:
    open_view(page, "locality")
    data = complete(page)
    panel = page.locator(".panel-inside-locality")
    expect(panel.locator(".answer p")).to_have_count(2)
    assert panel.locator(".answer").inner_text().split("\n\n") == data["answer"]
    expect(panel.locator(".challenge")).to_have_count(6)
    cells = sum(p["passed"] for c in data["challenges"] for m in c["modes"].values() for p in m)
    expect(panel.locator("rect.passed")).to_have_count(cells)
    at = next(i for i, w in enumerate(data["windows"]) if w["px"] == 32)
    assert panel.get_attribute("data-window") == "32"
    point = data["challenges"][0]["modes"]["sort"][at]
    words = panel.locator(".chart svg").get_attribute("aria-label")
    assert f"sort {point['distance']}, {point['ratio']} times the limit, fails" in words
    row = panel.locator("tr.sum")
    assert row.locator("td").nth(1).inner_text() == point["distance"]


def test_the_slider_moves_in_the_browser(page: Page) -> None:
    open_view(page, "locality")
    data = complete(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    times = page.evaluate(MOVES)
    assert statistics.median(times) < 150
    page.focus(SLIDER)
    page.keyboard.press("End")
    assert page.get_attribute(".panel-inside-locality", "data-window") == "224"
    assert "whole map" in page.get_attribute(SLIDER, "aria-valuetext")
    page.keyboard.press("ArrowLeft")
    last = data["windows"][-2]["px"]
    assert page.get_attribute(".panel-inside-locality", "data-window") == str(last)
    # A click in the chart goes to the window there: the left edge is the first.
    box = page.locator(".panel-inside-locality .chart").bounding_box()
    page.mouse.click(box["x"] + 46, box["y"] + 100)
    assert page.get_attribute(".panel-inside-locality", "data-window") == "6"
    assert asked == []


def test_a_challenge_is_chosen_by_keyboard(page: Page) -> None:
    open_view(page, "locality")
    data = complete(page)
    page.focus('.panel-inside-locality .lanes [data-name="pair"]')
    page.keyboard.press("ArrowDown")
    chosen = page.locator('.panel-inside-locality .lanes [aria-checked="true"]')
    assert chosen.get_attribute("data-name") == "shuffle"
    expect(chosen).to_be_focused()
    assert page.inner_text(".panel-inside-locality caption").startswith("Shuffle")
    assert data["challenges"][1]["steps"] in chosen.inner_text()


def test_other_tiles_norm_and_swap_are_asked(page: Page) -> None:
    open_view(page, "locality")
    before = complete(page)
    page.select_option(".panel-inside-locality .tiles select", "2")
    page.wait_for_function(
        "Explorer.latest['inside-locality'].challenges[1].steps.startsWith('2 × 2')"
    )
    after = complete(page)
    assert after["challenges"][0] == before["challenges"][0]
    assert after["challenges"][1]["modes"] != before["challenges"][1]["modes"]
    page.select_option('#inside-frame [data-ask="norm"]', "raw")
    settle(page, "locality")
    assert complete(page)["norm"] == "raw"
    page.check('#inside-frame [data-ask="swap"]')
    page.wait_for_function("Explorer.latest['inside-locality'].frame.swap")
    expect(page.locator(".panel-inside-locality .challenge")).to_have_count(2)
    assert complete(page)["left"] == 0


def test_it_goes_on_where_it_was_left(page: Page) -> None:
    move(page, "rotate.angle", 77)
    page.wait_for_function("Explorer.form.changed()['rotate.angle'] === 77")
    open_tab(page, "Look inside")
    page.click('#inside-frame [data-view="locality"]')
    page.wait_for_function("Explorer.latest['inside-locality'] !== undefined")
    open_tab(page, "Explore")
    open_tab(page, "Look inside")
    assert "Rotate 77" in complete(page)["challenges"][0]["steps"]


@pytest.mark.parametrize("dark", [False, True])
def test_a_narrow_screen_has_no_sideways_scroll(
    browser: Browser, app: tuple[str, object], dark: bool
) -> None:
    with opened(browser, app[0], 390, 844, dark) as page:
        open_view(page, "locality")
        complete(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        chart = page.locator(".panel-inside-locality .chart svg").bounding_box()
        assert chart["x"] >= 0 and chart["x"] + chart["width"] <= 390
