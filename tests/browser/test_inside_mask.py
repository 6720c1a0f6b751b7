"""The view Honest masks in a real browser: painting by pointer, by numbers and by keys."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import move, open_tab, opened
from tests.browser.inside import open_view, settle, shown

VIEW = "mask"
PANEL = ".panel-inside-mask"
CANVAS = f"{PANEL} canvas.paint"
SHADES = """
() => {
  const canvas = document.querySelector('.panel-inside-mask canvas.paint');
  const at = (x, y) => [...canvas.getContext('2d').getImageData(x * 448, y * 448, 1, 1).data];
  return [at(0.5, 0.5), at(0.25, 0.5), at(0.02, 0.02)];
}
"""


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Draw with the mouse; places are shares of the canvas."""
    page.locator(CANVAS).scroll_into_view_if_needed()
    box = page.locator(CANVAS).bounding_box()
    assert box is not None
    points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in (start, end)]
    page.mouse.move(*points[0])
    page.mouse.down()
    page.mouse.move(*points[1], steps=6)
    page.mouse.up()
    settle(page, VIEW)


def do(page: Page, name: str) -> None:
    page.click(f'{PANEL} [data-do="{name}"]')
    settle(page, VIEW)


def painted(page: Page) -> float:
    return float(shown(page, VIEW)["painted"].removesuffix(" %"))


def test_painting_by_pointer(page: Page) -> None:
    open_view(page, VIEW)
    start = painted(page)
    assert start == 18
    drag(page, (0.1, 0.1), (0.9, 0.1))
    brushed = painted(page)
    assert brushed > start + 5
    page.click(f'{PANEL} [data-ink="erase"]')
    page.click(f'{PANEL} [data-shape="rectangle"]')
    drag(page, (0.0, 0.0), (0.999, 0.25))
    assert painted(page) == start
    do(page, "undo")
    assert painted(page) == brushed
    do(page, "invert")
    assert painted(page) == 100 - brushed
    do(page, "everything")
    assert painted(page) == 100
    table = page.locator(f"{PANEL} .scores tbody tr")
    assert table.count() == 6
    for row in table.all():
        cells = row.locator("td").all_text_contents()
        assert cells[0] == cells[1]


def test_an_empty_mask_is_a_sentence_and_the_next_stroke_works(page: Page) -> None:
    open_view(page, VIEW)
    do(page, "clear")
    assert "Nothing is painted" in page.text_content(f"{PANEL} .notes")
    drag(page, (0.4, 0.4), (0.6, 0.6))
    assert page.text_content(f"{PANEL} .notes") == ""
    assert 0 < painted(page) < 15


def test_a_rectangle_and_moves_by_keys_alone(page: Page) -> None:
    open_view(page, VIEW)
    do(page, "clear")
    for name, value in (("left", 0), ("top", 112), ("width", 112), ("height", 56)):
        page.fill(f"{PANEL} [name={name}]", str(value))
    page.press(f"{PANEL} [name=height]", "Enter")
    settle(page, VIEW)
    assert painted(page) == pytest.approx(12.5, abs=0.5)
    page.focus(CANVAS)
    page.keyboard.press("ArrowRight")
    settle(page, VIEW)
    assert painted(page) == pytest.approx(12.5, abs=0.5)
    page.keyboard.press("Shift+ArrowUp")
    for _ in range(28):
        page.keyboard.press("ArrowLeft")
    settle(page, VIEW)
    assert painted(page) == pytest.approx(0.5, abs=0.5)


def test_the_shading_is_what_the_layer_sees(page: Page) -> None:
    open_view(page, VIEW)
    page.select_option('#inside-frame [data-ask="layer"]', "1")
    settle(page, VIEW)
    inside, near, far = page.evaluate(SHADES)
    # On the white canvas: painted stays white, what is seen besides is orange, the rest dark.
    assert near[0] > near[2] + 60 and far[0] < 110
    assert inside != near
    page.select_option('#inside-frame [data-ask="layer"]', "4")
    settle(page, VIEW)
    assert page.evaluate(SHADES)[2][0] > 150
    assert "relu5 sees 163 px" in page.text_content(f"{PANEL} .reach")


def test_the_chosen_metric_and_the_other_picture(page: Page) -> None:
    open_view(page, VIEW)
    page.click(f'{PANEL} .scores [data-metric="sort"] button')
    assert page.text_content(f"{PANEL} .layers-title") == "sort, layer by layer"
    before = page.text_content(f'{PANEL} .scores [data-metric="sort"] td')
    page.check(f'{PANEL} [value="whole"]')
    settle(page, VIEW)
    assert page.text_content(f'{PANEL} .scores [data-metric="sort"] td') != before
    assert "sort:" in page.text_content(f"{PANEL} .words")


def test_the_mask_stays_when_explore_changes(page: Page) -> None:
    open_view(page, VIEW)
    drag(page, (0.1, 0.1), (0.9, 0.1))
    mine = painted(page)
    open_tab(page, "Explore")
    move(page, "rotate.angle", 77)
    page.wait_for_function("Explorer.form.changed()['rotate.angle'] === 77")
    open_tab(page, "Look inside")
    settle(page, VIEW)
    assert painted(page) == mine


@pytest.mark.parametrize("dark", [False, True])
def test_fits_a_phone(browser: Browser, app: tuple, dark: bool) -> None:
    with opened(browser, app[0], 390, 844, dark) as page:
        open_view(page, VIEW)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        box = page.locator(CANVAS).bounding_box()
        assert box is not None and 250 < box["width"] < 360
        inner = page.evaluate(f"document.querySelector('{PANEL}').scrollWidth")
        assert inner <= page.evaluate(f"document.querySelector('{PANEL}').clientWidth")
