"""The tab Look inside: what all its views share."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import move, open_tab
from tests.browser.inside import open_view, settle, shown


def test_a_view_shows_the_pair_of_explore(page: Page) -> None:
    open_view(page, "channels")
    before = shown(page, "channels")
    assert before["frame"]["network"] == "AlexNet"
    open_tab(page, "Explore")
    move(page, "rotate.angle", 77)
    page.wait_for_function("Explorer.form.changed()['rotate.angle'] === 77")
    open_tab(page, "Look inside")
    # Explore's controls are asked about as soon as the tab appears.
    page.wait_for_function("Explorer.inside.current('channels')")
    settle(page, "channels")
    assert shown(page, "channels")["distance"] != before["distance"]


def test_the_norm_that_is_chosen_is_the_one_that_is_shown(page: Page) -> None:
    """By what people read, not by the values behind it."""
    open_view(page, "channels")
    select = page.locator('#inside-frame [data-ask="norm"]')
    title = page.locator(".panel-inside-channels .rows-title")
    assert select.locator("option:checked").text_content() == "normalised"
    expect(title).to_contain_text("normalised at each place")
    for label, said in (("raw", "as they are"), ("normalised", "normalised at each place")):
        select.select_option(label=label)
        settle(page, "channels")
        expect(title).to_contain_text(said)
        norm = shown(page, "channels")["frame"]["norm"]
        assert norm == {"raw": "raw", "normalised": "norm"}[label]


def test_layer_norm_and_swap_are_asked(page: Page) -> None:
    open_view(page, "channels")
    page.select_option('#inside-frame [data-ask="layer"]', "4")
    settle(page, "channels")
    assert shown(page, "channels")["frame"]["layer"] == 4
    page.select_option('#inside-frame [data-ask="norm"]', "raw")
    page.check('#inside-frame [data-ask="swap"]')
    settle(page, "channels")
    frame = shown(page, "channels")["frame"]
    assert (frame["norm"], frame["swap"]) == ("raw", True)
    assert page.text_content("#inside-frame figcaption.a") == "perturbed"
