"""The Sweep tab in a real browser."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from explorer import sweeps
from explorer.engine import Engine
from explorer.form import scene_of
from explorer.results import Sweep
from tests.browser.conftest import open_tab, opened, wait_for_scene

VALUES = {"layout.size": "64", "layout.scale": 0.5, "layout.x": -10}
READY = '.panel-sweep[data-key]:not([data-key=""])'


@pytest.fixture
def small(page: Page) -> Page:
    """The page on a small picture, its first sweep finished."""
    start(page)
    return page


def start(page: Page) -> None:
    page.evaluate("(values) => Explorer.form.open(values, false)", VALUES)
    wait_for_scene(page, scene_of(VALUES).scene.digest())
    open_tab(page, "Sweep")
    page.wait_for_selector(READY)


def ask(page: Page, **choices: str) -> None:
    """Run another sweep and wait until it is finished."""
    for name, value in choices.items():
        page.locator(f'.panel-sweep [data-ask="{name}"]').select_option(value)
    before = page.evaluate("Explorer.latest.sweep.number")
    page.locator(".panel-sweep .run").click()
    page.wait_for_function(
        "(n) => Explorer.latest.sweep.number > n && Explorer.latest.sweep.done",
        arg=before,
        timeout=60_000,
    )
    expect(page.locator(".panel-sweep .stop")).to_be_disabled()


def test_the_first_sweep_runs_by_itself_and_says_where_each_metric_fails(
    small: Page, engine: Engine
) -> None:
    axis = sweeps.axis("translate.x", 65)
    points = tuple(p for part in sweeps.run(engine, VALUES, (axis,)) for p in part.points)
    sweep = Sweep(engine.receipt(scene_of(VALUES).scene), (axis,), points)
    index = [(v.metric, v.norm) for v in points[0].verdicts].index(("spatial", "norm"))
    ((first, _),) = sweep.failing(index)[:1]
    cell = small.locator('.panel-sweep tr[data-metric="spatial"] td').first
    expect(cell).to_contain_text(f"{first:g}")
    expect(small.locator(".curves")).to_have_count(2)
    expect(small.locator('.curves[data-norm="norm"] .curve')).to_have_count(6)
    expect(small.locator('.curves[data-norm="raw"] .curve')).to_have_count(5)


def test_a_click_opens_that_point_in_explore(small: Page) -> None:
    chart = small.locator('.curves[data-norm="norm"]')
    box = chart.bounding_box()
    chart.click(position={"x": box["width"] * 0.75, "y": 100})
    expect(small.locator("#explore")).to_be_visible()
    moved = small.evaluate("Explorer.form.values['translate.x']")
    assert 0 < moved <= 128
    wait_for_scene(small, scene_of({**VALUES, "translate.x": moved}).scene.digest())


def test_coming_back_keeps_the_sweep_until_the_picture_changes(small: Page) -> None:
    small.locator('.curves[data-norm="norm"]').click(position={"x": 90, "y": 100})
    expect(small.locator("#explore")).to_be_visible()
    open_tab(small, "Sweep")
    expect(small.locator(".panel-sweep .curves")).to_have_count(2)
    assert small.evaluate("Explorer.latest.sweep.number") == 1
    changed = {**VALUES, "rotate.angle": 45}
    small.evaluate("(values) => Explorer.form.open(values, false)", changed)
    wait_for_scene(small, scene_of(changed).scene.digest())
    open_tab(small, "Sweep")
    small.wait_for_function("Explorer.latest.sweep.number === 2 && Explorer.latest.sweep.done")
    assert small.evaluate("Explorer.latest.sweep.values['rotate.angle']") == 45


def test_the_arrow_keys_move_along_the_axis_and_enter_opens(small: Page) -> None:
    chart = small.locator('.curves[data-norm="norm"]')
    chart.focus()
    chart.press("ArrowLeft")
    expect(small.locator(".panel-sweep .readout")).to_contain_text("128 px: ")
    chart.press("Enter")
    wait_for_scene(small, scene_of({**VALUES, "translate.x": 128}).scene.digest())


def test_the_pictures_along_the_axis_open_too(small: Page) -> None:
    pictures = small.locator(".panel-sweep .strip button")
    expect(pictures).to_have_count(9)
    pictures.last.click()
    wait_for_scene(small, scene_of({**VALUES, "translate.x": 128}).scene.digest())


def test_a_metric_can_be_switched_off(small: Page) -> None:
    small.locator('.panel-sweep tr[data-metric="sort"] input').uncheck()
    expect(small.locator('.curves[data-norm="norm"] .curve')).to_have_count(5)
    expect(small.locator('.panel-sweep tr[data-metric="sort"]')).to_be_visible()
    small.locator('.panel-sweep tr[data-metric="sort"] input').check()
    expect(small.locator('.curves[data-norm="norm"] .curve')).to_have_count(6)


def test_the_table_downloads(small: Page, tmp_path: Path) -> None:
    ask(small, x="rotate.angle", points="17")
    with small.expect_download() as download:
        small.locator(".panel-sweep .csv").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert path.name == "sweep-rotate.angle.csv"
    assert len({row["rotate.angle"] for row in rows}) >= 17 and len(rows) % 11 == 0


def test_baselines_have_a_chart_of_their_own(small: Page) -> None:
    ask(small, baselines="on", points="17")
    expect(small.locator(".curves")).to_have_count(3)
    expect(small.locator('.curves[data-norm="pixels"] .curve')).to_have_count(3)
    expect(small.locator('.panel-sweep tr[data-metric="ssim"] td').last).to_contain_text(
        re.compile("passes|fails")
    )


def test_an_atlas_has_a_map_a_metric_and_opens_points(small: Page) -> None:
    small.locator('[data-mode="atlas"]').click()
    ask(small, x="translate.x", y="rotate.angle", cells="13")
    expect(small.locator(".atlas canvas")).to_have_count(11)
    expect(small.locator(".made-by").last).to_contain_text("169 points")
    small.locator('.atlas canvas[data-series="mean norm"]').click(position={"x": 2, "y": 2})
    corner = {**VALUES, "translate.x": -128, "rotate.angle": 180}
    wait_for_scene(small, scene_of(corner).scene.digest())


def test_knobs_of_other_families_are_not_offered(small: Page) -> None:
    offered = small.evaluate(
        """[...document.querySelectorAll('[data-ask="x"] optgroup')]
             .filter((group) => !group.disabled).map((group) => group.dataset.owner)"""
    )
    assert offered == ["challenge", "layout", "rings"]


def test_cancel_stops_the_work_and_keeps_what_is_known(small: Page) -> None:
    small.evaluate("Explorer.form.open({'layout.size': '256'}, false)")
    wait_for_scene(small, scene_of({"layout.size": "256"}).scene.digest())
    open_tab(small, "Sweep")
    small.locator('[data-mode="atlas"]').click()
    small.locator('[data-ask="cells"]').select_option("49")
    small.locator(".panel-sweep .run").click()
    small.wait_for_selector(".atlas canvas")
    small.locator(".panel-sweep .stop").click()
    expect(small.locator(".panel-sweep .stop")).to_be_disabled()
    expect(small.locator(".panel-sweep .made-by")).to_contain_text("Cancelled")
    known = small.evaluate("Explorer.latest.sweep.known")
    # The next sweep has to wait for the work before it: it would take minutes if that went on.
    small.locator('[data-mode="curve"]').click()
    ask(small, points="17")
    assert known < 49 * 49
    assert small.evaluate("Explorer.latest.sweep.kind") == "curve"


def test_it_fits_a_phone_in_the_dark(browser: Browser, app: tuple[str, Path]) -> None:
    with opened(browser, app[0], width=390, height=844, dark=True) as phone:
        start(phone)
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390
        phone.locator('[data-mode="atlas"]').click()
        ask(phone, cells="13")
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_raw_request_without_sense_is_answered(small: Page) -> None:
    small.evaluate(
        "Explorer.ask('sweep-asked', {x: 'nothing', points: '1e9', mode: 7, number: 99})"
    )
    small.wait_for_function(
        "Explorer.latest.sweep.done && Explorer.latest.sweep.notes.length === 3"
    )
