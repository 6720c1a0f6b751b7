"""The app as its user starts it, and a real browser on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.chromium import FLAGS, executable
from tests.server import serving


@contextmanager
def served(folder: Path, **environment: str) -> Iterator[str]:
    """The address of the app in a process of its own, with its temporary files in `folder`."""
    with serving(folder, **environment) as (address, _):
        yield address


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The app's address and the folder of its temporary files."""
    folder = tmp_path_factory.mktemp("app")
    with served(folder) as address:
        yield address, folder / "tmp"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        yield chromium
        chromium.close()


@contextmanager
def opened(
    browser: Browser,
    address: str,
    width: int = 1440,
    height: int = 1000,
    dark: bool = False,
    query: str = "",
    before: str = "",
) -> Iterator[Page]:
    """A page on the app, scored; on leaving, nothing may have gone wrong or outside.

    `query`: a link's. `before`: a script that runs before any of the page's.
    """
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light"
    )
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(f"page error: {error}"))
    page.on(
        "console",
        lambda m: troubles.append(f"console: {m.text}") if m.type == "error" else None,
    )
    page.on("request", lambda request: _check_host(request.url, troubles))
    page.add_init_script(before)
    page.goto(f"{address}/?__theme={'dark' if dark else 'light'}&{query}")
    page.wait_for_selector(".panel-receipt[data-key]", state="attached")
    try:
        yield page
    finally:
        context.close()
    assert not troubles, troubles


def _check_host(url: str, troubles: list[str]) -> None:
    if not url.startswith(("http://127.0.0.1:", "data:", "blob:")):
        troubles.append(f"request to {url}")


@pytest.fixture
def page(browser: Browser, app: tuple[str, Path]) -> Iterator[Page]:
    """A desktop page in the light theme."""
    with opened(browser, app[0]) as opened_page:
        yield opened_page


SET = """
([id, value]) => {
  const range = document.querySelector(`#${id} input[type=range]`);
  const setter = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
  setter.call(range, value);
  range.dispatchEvent(new Event('input', { bubbles: true }));
}
"""


def move(page: Page, knob: str, value: float) -> None:
    """Put a slider somewhere, as a drag does: set the range input and fire `input`."""
    page.evaluate(SET, ["knob-" + knob.replace(".", "-"), str(value)])


def open_tab(page: Page, title: str) -> None:
    """Click a tab; on narrow screens those without room stand in a menu."""
    tab = page.locator("#tabs").get_by_role("tab", name=title, exact=True)
    if not tab.is_visible():
        page.click("#tabs .overflow-menu > button")
        tab = page.locator("#tabs .overflow-dropdown button", has_text=title)
    tab.click()


def wait_for_scene(page: Page, digest: str) -> None:
    """Until every panel of Explore shows the scene of that digest."""
    page.wait_for_function(
        """(digest) => [...document.querySelectorAll('#explore .panel')].every(
             (panel) => panel.dataset.key === digest)""",
        arg=digest,
    )
