"""How tests drive the tab Look inside."""

from __future__ import annotations

import json

from playwright.sync_api import Page

from tests.browser.conftest import open_tab

ANSWERED = """
(view) => {
  const panel = document.querySelector(`.panel-inside-${view}`);
  const value = Explorer.latest[`inside-${view}`];
  return Explorer.inside.settled(view) && panel.dataset.key === value.key && panel.clientWidth > 0;
}
"""


def open_view(page: Page, view: str) -> None:
    """Open the tab and one of its views, and wait until it shows its answer."""
    open_tab(page, "Look inside")
    page.click(f'#inside-frame [data-view="{view}"]')
    settle(page, view)


def settle(page: Page, view: str) -> None:
    """Wait until a view shows the answer to what was asked last.

    Masks ask with the next frame of the page, and Locality's answer comes in pieces.
    """
    page.evaluate("new Promise(requestAnimationFrame)")
    page.wait_for_function(ANSWERED, arg=view, timeout=120_000)


def shown(page: Page, view: str) -> dict:
    """The data that a view shows."""
    return json.loads(page.evaluate(f"JSON.stringify(Explorer.latest['inside-{view}'])"))
