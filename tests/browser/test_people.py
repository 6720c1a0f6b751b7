"""The People tab: the example, somebody's own results, and files that are none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.bapps.example import NOTE, TARGET
from tests.browser.conftest import open_tab, opened

pytestmark = pytest.mark.browser
PANEL = ".panel-people"


def example(page: Page) -> None:
    open_tab(page, "People")
    page.click(f"{PANEL} .open-example")
    page.wait_for_selector(f"{PANEL} table tbody tr")


def give(page: Page, path: Path) -> None:
    page.set_input_files(f"{PANEL} .results-file", str(path))


def test_the_tab_explains_itself_before_anything_is_loaded(page: Page) -> None:
    open_tab(page, "People")
    text = page.inner_text(PANEL)
    assert "python -m explorer bapps fetch" in text and "it is not BAPPS" in text
    assert not page.is_visible(f"{PANEL} .results")


def test_the_example_is_a_table_with_intervals_and_the_ceiling(page: Page) -> None:
    example(page)
    data = json.loads(TARGET.read_text())
    assert NOTE in page.inner_text(f"{PANEL} .about")
    rows = page.query_selector_all(f"{PANEL} tbody tr")
    assert len(rows) == len(data["configurations"])
    first = next(s for s in data["scores"] if (s["configuration"], s["measure"]) == (0, "2afc"))
    cell = page.inner_text(f"{PANEL} tbody tr:first-child td")
    assert f"{100 * first['value']:.1f}"[:3] in cell and "[" in cell
    assert "A random person" in page.inner_text(f"{PANEL} tfoot")
    page.get_by_role("radio", name="JND precision").click()
    assert len(page.query_selector_all(f"{PANEL} thead th")) == 4
    assert page.query_selector(f"{PANEL} tfoot tr") is None
    page.keyboard.press("ArrowLeft")
    assert "most people chose" in page.inner_text(f"{PANEL} .reading")


def test_triplets_of_a_metric_show_their_pictures(page: Page) -> None:
    example(page)
    data = json.loads(TARGET.read_text())
    select = page.locator(f"{PANEL} select")
    for value in ("0", "3"):
        select.select_option(value)
        items = page.query_selector_all(f"{PANEL} .triplets li")
        assert len(items) == len(data["most"][int(value)])
        assert "of people chose p1" in items[0].inner_text()
        assert items[0].query_selector_all("img[alt]")
        assert len(items[0].query_selector_all("figure.people")) == 1
    assert "The metric finds" in page.inner_text(f"{PANEL} .triplets")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda d: "no json", "is no file of results: it is no JSON"),
        (lambda d: json.dumps(d | {"format": "x"}), "“explorer bapps --save” wrote is needed"),
        (lambda d: json.dumps(d | {"version": 9}), "has version 9"),
        (lambda d: json.dumps(d | {"scores": [{"value": 7}]}), "its scores cannot be used"),
        (
            lambda d: json.dumps(
                d | {"thumbnails": {"a": dict.fromkeys(["ref", "p0", "p1"], "http://x/y.png")}}
            ),
            "its pictures cannot be used",
        ),
        (lambda d: json.dumps(d | {"most": [["nobody"]]}), "its list of triplets cannot be used"),
    ],
)
def test_files_that_are_none_are_refused(page: Page, tmp_path: Path, change, sentence: str) -> None:
    open_tab(page, "People")
    path = tmp_path / "mine.json"
    path.write_text(change(json.loads(TARGET.read_text())))
    give(page, path)
    page.wait_for_function(
        "s => document.querySelector('.panel-people .refusal').textContent.includes(s)",
        arg=sentence,
    )
    assert page.inner_text(f"{PANEL} .refusal").startswith("mine.json ")


def test_markup_in_a_file_stays_text(page: Page, tmp_path: Path) -> None:
    data = json.loads(TARGET.read_text())
    data["note"] = "<img src=x onerror=alert(1)>"
    data["configurations"][0]["title"] = "<b id=injected>x</b>"
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(data))
    open_tab(page, "People")
    give(page, path)
    page.wait_for_selector(f"{PANEL} table tbody tr")
    assert page.query_selector("#injected") is None
    assert data["note"] in page.inner_text(f"{PANEL} .about")


@pytest.mark.parametrize("dark", [False, True])
def test_on_a_phone_nothing_is_wider_than_the_page(
    browser: Browser, app: tuple[str, Path], dark: bool
) -> None:
    with opened(browser, app[0], 390, 800, dark) as page:
        page.evaluate("Explorer.openTab('People')")
        page.click(f"{PANEL} .open-example")
        page.wait_for_selector(f"{PANEL} table tbody tr")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
