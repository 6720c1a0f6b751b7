"""The app as its user starts it, and a real browser on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.chromium import FLAGS, executable
from tests.server import serving

expect.set_options(timeout=30_000)  # as everything else that waits, also where others compute


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


STEPS = 25
"""In a page's history, until another page is made: half of what it has room for."""
OPENS = 120_000  # milliseconds until a page is scored: seconds, and many where others compute
_rested: dict[Browser, list[Page]] = {}


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

    Tests take turns with a page where they can: opening it in a profile that has seen the app costs
    a third of the time. Nothing that one leaves behind is there for the next.

    `query`: a link's. `before`: a script that runs before any of the page's.
    """
    rested = _rested.setdefault(browser, [])
    page = rested.pop() if rested and not before else browser.new_context().new_page()
    page.set_viewport_size({"width": width, "height": height})
    scheme: Literal["dark", "light"] = "dark" if dark else "light"
    page.emulate_media(color_scheme=scheme, reduced_motion="null", forced_colors="null")
    troubles: list[str] = []
    try:
        with _watched(page, troubles):
            if before:
                page.add_init_script(before)
            page.goto(f"{address}/?__theme={scheme}&{query}")
            _scored(page)
            yield page
    except BaseException:
        page.context.close()
        raise
    if before or page.is_closed() or page.evaluate("history.length") > STEPS:
        page.context.close()
    else:
        _forget(page)
        rested.append(page)
    assert not troubles, troubles


def reload(page: Page) -> None:
    """Leave the page in whatever it is doing, and come back; nothing it says on leaving counts.

    Gradio logs an error for each answer that is cut off on its way.
    """
    page.evaluate("console.error = () => {}")
    page.reload()
    _scored(page)


def _scored(page: Page) -> None:
    page.wait_for_selector(".panel-receipt[data-key]", state="attached", timeout=OPENS)


@contextmanager
def _watched(page: Page, troubles: list[str]) -> Iterator[None]:
    """Errors of the page, and what it asks of other machines."""
    listeners: dict[str, Callable[..., None]] = {
        "pageerror": lambda error: troubles.append(f"page error: {error}"),
        "console": lambda m: troubles.append(f"console: {m.text}") if m.type == "error" else None,
        "request": lambda request: _check_host(request.url, troubles),
    }
    for event, listener in listeners.items():
        page.on(event, listener)  # type: ignore[call-overload]
    try:
        yield
    finally:
        for event, listener in listeners.items():
            page.remove_listener(event, listener)


def _forget(page: Page) -> None:
    """What a page keeps for its next visit, and what a test allowed or replaced."""
    page.evaluate("localStorage.clear(), sessionStorage.clear()")
    page.goto("about:blank")
    page.unroute_all()
    page.mouse.move(0, 0)
    context = page.context
    context.clear_cookies()
    context.clear_permissions()
    for other in context.pages:
        if other != page:
            other.close()


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
