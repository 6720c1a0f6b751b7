"""The view Provenance in a real browser: places by click and by key, arrows, the map, the table."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import move, open_tab, opened
from tests.browser.inside import open_view, settle, shown

VIEW = "provenance"
PANEL = ".panel-inside-provenance"

LINES = """
() => [...document.querySelectorAll('.panel-inside-provenance .arrow path:last-of-type')].map(
  (path) => path.getAttribute('d').match(/-?[\\d.]+/g).map(Number))
"""

CHOOSE = """
([knob, value]) => {
  const select = document.querySelector(`#knob-${knob} select`);
  select.value = value;
  select.dispatchEvent(new Event('input', { bubbles: true }));
}
"""

INK = """
() => {
  const canvas = document.querySelector('.panel-inside-provenance .moves canvas');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let grey = 0, coloured = 0;
  for (let i = 0; i < data.length; i += 4) {
    const rgb = data.slice(i, i + 3);
    if (Math.max(...rgb) - Math.min(...rgb) > 8) coloured += 1; else grey += 1;
  }
  return { grey, coloured };
}
"""


def click_place(page: Page, row: int, column: int, frame: str = ".from .frame") -> None:
    """Click the middle of a place."""
    height, width = shown(page, VIEW)["grid"]
    box = page.locator(f"{PANEL} {frame}").bounding_box()
    assert box is not None
    at = {"x": (column + 0.5) / width * box["width"], "y": (row + 0.5) / height * box["height"]}
    page.click(f"{PANEL} {frame}", position=at)
    settle(page, VIEW)


def press(page: Page, name: str, value: str) -> None:
    page.click(f'{PANEL} [data-{name}="{value}"]')
    settle(page, VIEW)


def test_places_by_click_and_by_key(page: Page) -> None:
    open_view(page, VIEW)
    click_place(page, 9, 14)
    assert shown(page, VIEW)["place"]["at"] == [9, 14]
    for key, place in (
        ("ArrowRight", [9, 15]),
        ("ArrowDown", [10, 15]),
        ("Shift+ArrowLeft", [10, 10]),
        ("Shift+ArrowUp", [5, 10]),
        ("Shift+ArrowUp", [0, 10]),
        ("ArrowUp", [0, 10]),
    ):
        page.keyboard.press(key)
        settle(page, VIEW)
        assert shown(page, VIEW)["place"]["at"] == place
    label = page.get_attribute(f"{PANEL} .from .frame", "aria-label")
    assert label is not None and "Row 0, column 10 is chosen" in label
    said = page.text_content(f"{PANEL} .said")
    assert said is not None and "Row 0, column 10 of the original picture" in said
    click_place(page, 20, 3, ".moves .frame")
    assert shown(page, VIEW)["place"]["at"] == [20, 3]


def test_arrows_end_where_the_table_says(page: Page) -> None:
    open_view(page, VIEW)
    click_place(page, 12, 12)
    data = shown(page, VIEW)
    stage, to = (
        page.locator(f"{PANEL} {part}").bounding_box()
        for part in (".stage-of-arrows", ".to .frame")
    )
    assert stage is not None and to is not None
    lines = page.evaluate(LINES)
    assert len(lines) == len(data["arrows"]) == page.locator(f"{PANEL} tbody tr").count()
    for arrow, (_, _, x, y) in zip(data["arrows"], reversed(lines), strict=True):
        row, column = arrow["to"]
        assert x == pytest.approx(to["x"] - stage["x"] + (column + 0.5) / 27 * to["width"], abs=2)
        assert y == pytest.approx(to["y"] - stage["y"] + (row + 0.5) / 27 * to["height"], abs=2)
        text = page.text_content(f"{PANEL} tbody")
        assert text is not None and f"row {row}, column {column}" in text


def test_spatial_stands_still_and_sort_is_a_tangle(page: Page) -> None:
    open_view(page, VIEW)
    press(page, "scope", "whole")
    tangle = {(round(x2 - x1), round(y2 - y1)) for x1, y1, x2, y2 in page.evaluate(LINES)}
    assert len(tangle) > 50
    assert page.evaluate(INK)["coloured"] > 100
    press(page, "metric", "spatial")
    still = page.evaluate(LINES)
    assert len(still) == 150
    assert len({(round(x2 - x1), round(y2 - y1)) for x1, y1, x2, y2 in still}) == 1
    assert page.evaluate(INK)["coloured"] == 0
    assert shown(page, VIEW)["travelled"] == "0"


def test_the_place_stays_while_metrics_and_channels_change(page: Page) -> None:
    open_view(page, VIEW)
    place = shown(page, VIEW)["place"]["at"]
    press(page, "metric", "spatial")
    assert shown(page, VIEW)["place"]["at"] == place
    press(page, "metric", "sort")
    second = shown(page, VIEW)["arrows"][1]["channel"]
    page.click(f"{PANEL} tbody tr:nth-child(2) button")
    settle(page, VIEW)
    data = shown(page, VIEW)
    assert data["channel"] == second and data["place"]["at"] == place
    assert [a["channel"] for a in data["arrows"]] == [second]
    page.fill(f"{PANEL} .one input", "5")
    settle(page, VIEW)
    assert shown(page, VIEW)["channel"] == 5
    press(page, "which", "most")
    assert shown(page, VIEW)["channel"] == -1


def test_hovering_is_answered_without_the_server(page: Page) -> None:
    open_view(page, VIEW)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.hover(f"{PANEL} .moves .frame", position={"x": 30, "y": 40})
    text = page.text_content(f"{PANEL} .readout")
    assert text is not None and text.startswith("Row ") and "column" in text
    page.hover(f"{PANEL} tbody tr:nth-child(3)")
    assert page.locator(f"{PANEL} .lines.pointing .pointed").count() == 1
    assert asked == []


def test_swapped_small_and_uniform(page: Page) -> None:
    move(page, "layout.scale", 0.1)
    move(page, "layout.x", 128)
    page.evaluate(CHOOSE, ["layout-size", "64"])
    page.wait_for_function("Explorer.form.changed()['layout.size'] === '64'")
    open_view(page, VIEW)
    data = shown(page, VIEW)
    assert data["grid"] == [7, 7] and data["carried"] == data["distance"]
    page.check('#inside-frame [data-ask="swap"]')
    settle(page, VIEW)
    assert page.text_content(f"{PANEL} .from figcaption").startswith("perturbed")  # type: ignore[union-attr]
    open_tab(page, "Explore")
    for knob, value in (("layout.scale", 0.5), ("layout.x", -9), ("layout.y", 4)):
        move(page, knob, value)
    move(page, "translate.x", 10)
    page.wait_for_function("Explorer.form.changed()['translate.x'] === 10")
    open_tab(page, "Look inside")
    page.wait_for_function("Explorer.inside.current('provenance')")
    settle(page, VIEW)
    assert shown(page, VIEW)["carried"] == shown(page, VIEW)["distance"] != "0"


@pytest.mark.parametrize("dark", [False, True])
def test_on_a_phone_nothing_runs_over(browser: Browser, app: tuple, dark: bool) -> None:
    with opened(browser, app[0], 390, 844, dark) as page:
        open_view(page, VIEW)
        click_place(page, 3, 22)
        assert shown(page, VIEW)["place"]["at"] == [3, 22]
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        wide = page.evaluate(
            """() => [...document.querySelectorAll('.panel-inside-provenance *')]
                 .filter((node) => !node.closest('thead'))
                 .filter((node) => node.getBoundingClientRect().right > 391).length"""
        )
        assert wide == 0
