"""Links into Look inside: what its views show is in the address, and comes back from it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import opened
from tests.browser.inside import open_view, settle, shown


def linked(page: Page) -> dict[str, str]:
    """What the address says of this tab, once it was written."""
    query = parse_qsl(urlsplit(page.url).query)
    return {name: value for name, value in query if name.startswith("inside.")}


def wait_for(page: Page, **values: str) -> None:
    """Until the address says these values of this tab."""
    wanted = {f"inside.{name.replace('__', '.')}": value for name, value in values.items()}
    page.wait_for_function(
        """(wanted) => {
          const all = new URLSearchParams(location.search);
          return Object.entries(wanted).every(([name, value]) => all.get(name) === value);
        }""",
        arg=wanted,
    )


def test_a_channel_comes_back_from_its_link(
    page: Page, browser: Browser, app: tuple[str, Path]
) -> None:
    open_view(page, "channels")
    page.select_option('#inside-frame [data-ask="layer"]', "3")
    page.click('.panel-inside-channels [data-metric="mean"]')
    page.fill(".panel-inside-channels input.channel", "17")
    page.select_option('#inside-frame [data-ask="norm"]', "raw")
    page.check('#inside-frame [data-ask="swap"]')
    settle(page, "channels")
    wait_for(page, view="channels", layer="3", norm="raw", swap="true", channels__channel="17")
    query = urlsplit(page.url).query
    with opened(browser, app[0], query=query) as other:
        settle(other, "channels")
        for name in ("detail", "frame", "summary"):
            assert shown(other, "channels")[name] == shown(page, "channels")[name]
        metrics = other.locator('.panel-inside-channels [data-metric="mean"]')
        expect(metrics).to_have_attribute("aria-checked", "true")
        assert linked(other) == linked(page)


@pytest.mark.parametrize(
    ("view", "query", "selector"),
    [
        ("bug", "inside.bug.bug=bgr", '[name="inside-bug"][value="bgr"]:checked'),
        ("locality", "inside.locality.window=96", '[data-window="96"]'),
        ("locality", "inside.locality.tiles=8", '.tiles option[value="8"]:checked'),
        ("provenance", "inside.provenance.metric=spatial", '[data-metric="spatial"][tabindex="0"]'),
    ],
)
def test_each_view_takes_its_link(
    browser: Browser, app: tuple[str, Path], view: str, query: str, selector: str
) -> None:
    start = f"v=1&tab=look-inside&inside.view={view}&{query}"
    with opened(browser, app[0], query=start) as page:
        settle(page, view)
        place = f"#panel-inside-{view} {selector}, .panel-inside-{view}{selector}"
        expect(page.locator(place).first).to_be_attached()


def test_back_returns_to_the_view_before(page: Page) -> None:
    open_view(page, "channels")
    open_view(page, "bug")
    page.go_back()
    page.wait_for_selector('#inside-frame [data-view="channels"][aria-checked="true"]')
    settle(page, "channels")
    page.go_forward()
    page.wait_for_selector('#inside-frame [data-view="bug"][aria-checked="true"]')


def test_what_a_strange_link_says_is_named_and_left_out(
    browser: Browser, app: tuple[str, Path]
) -> None:
    strange = (
        "inside.view=__proto__&inside.layer=1e999&inside.swap=maybe&inside.nothing=1"
        "&inside.channels.channel=<script>"
    )
    with opened(browser, app[0], query=f"v=1&tab=look-inside&{strange}") as page:
        settle(page, "provenance")
        assert shown(page, "provenance")["frame"]["layer"] == 1
        notes = page.locator("#panel-status li")
        expect(notes).to_have_count(5)
        expect(notes.first).to_contain_text("Look inside has no")
