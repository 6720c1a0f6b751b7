"""The view Which bug is it? in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import opened
from tests.browser.inside import open_view, settle, shown

VIEW = "bug"
PANEL = ".panel-inside-bug"


def switch(page: Page, name: str) -> None:
    """Switch a mistake on, as a person does: by its label."""
    page.click(f'{PANEL} label:has([value="{name}"])')
    settle(page, VIEW)


def test_every_mistake_can_be_switched_on(page: Page) -> None:
    open_view(page, VIEW)
    names = page.locator(f'{PANEL} [name="inside-bug"]').evaluate_all(
        "(all) => all.map(b => b.value)"
    )
    assert len(names) == 10
    for name in names:
        switch(page, name)
        value = shown(page, VIEW)
        assert value["bug"]["name"] == name
        text = page.text_content(f"{PANEL} .about")
        assert all(value["bug"][part] in text for part in ("title", "mistake", "wrong", "right"))
        assert page.text_content(f"{PANEL} .summary") == value["summary"]
        runs = "runs again" in page.text_content(f"{PANEL} .cost")
        assert runs == value["bug"]["forwards"]


def test_scores_stand_side_by_side_and_the_order_is_drawn(page: Page) -> None:
    open_view(page, VIEW)
    switch(page, "linear")
    value = shown(page, VIEW)
    for row in value["rows"]:
        cells = page.locator(f'{PANEL} .scores [data-metric="{row["metric"]}"] td')
        assert row["right"]["distance"] in cells.nth(0).text_content()
        assert row["wrong"]["distance"] in cells.nth(1).text_content()
        page.click(f'{PANEL} .scores [data-metric="{row["metric"]}"] button')
        assert row["title"] in page.text_content(f"{PANEL} .order h3")
        lines = page.locator(f"{PANEL} .order .slope").evaluate_all(
            "(all) => all.map((l) => [l.y1.baseVal.value, l.y2.baseVal.value])"
        )
        crossings = sum(
            (a[0] < b[0]) != (a[1] < b[1]) for i, a in enumerate(lines) for b in lines[i + 1 :]
        )
        assert len(lines) == 9 and crossings == row["crossings"]
        said = page.get_attribute(f"{PANEL} .order svg", "aria-label")
        assert all(d in said for p in row["pictures"] for d in p["distances"])
        assert row["sentence"] in page.text_content(f"{PANEL} .words")


def test_by_keyboard(page: Page) -> None:
    open_view(page, VIEW)
    page.focus(f'{PANEL} [name="inside-bug"]:checked')
    page.keyboard.press("ArrowRight")
    settle(page, VIEW)
    assert shown(page, VIEW)["bug"]["name"] == "bytes"
    page.focus(f'{PANEL} .scores [data-metric="sort"] button')
    page.keyboard.press("Enter")
    assert "sort" in page.text_content(f"{PANEL} .order h3")
    focused = page.evaluate("document.activeElement.closest('tr').dataset.metric")
    assert focused == "sort"


@pytest.mark.parametrize("dark", [False, True])
def test_fits_a_phone(browser: Browser, app: tuple, dark: bool) -> None:
    with opened(browser, app[0], 390, 844, dark) as page:
        open_view(page, VIEW)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        inner = page.evaluate(f"document.querySelector('{PANEL}').scrollWidth")
        assert inner <= page.evaluate(f"document.querySelector('{PANEL}').clientWidth")
        order = page.locator(f"{PANEL} .order").bounding_box()
        for text in page.locator(f"{PANEL} .order text").all():
            box = text.bounding_box()
            assert box["x"] >= order["x"] - 1
            assert box["x"] + box["width"] <= order["x"] + order["width"] + 1
