"""The page behind a proxy: under a path, and spread over two servers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from explorer.form import scene_of
from explorer.images import take_upload
from tests.browser.conftest import move, open_tab, opened, served, wait_for_scene
from tests.browser.test_explore import OPENED, scene, upload
from tests.proxy import proxied
from tests.ui.calls import get


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    folders = [tmp_path_factory.mktemp("server") for _ in range(2)]
    with served(folders[0]) as first, served(folders[1]) as second:
        yield [first, second]


def sweep_ends(page: Page) -> None:
    open_tab(page, "Sweep")
    page.locator('[data-ask="points"]').select_option("17")
    page.locator(".panel-sweep .run").click()
    page.wait_for_function("Explorer.latest.sweep && Explorer.latest.sweep.done", timeout=60_000)


def test_the_page_works_under_a_path(browser: Browser, tmp_path: Path) -> None:
    with (
        served(tmp_path, GRADIO_ROOT_PATH="/tools/explorer") as address,
        proxied([address], "/tools/explorer") as (shown, strays),
        opened(browser, shown) as page,
    ):
        move(page, "rotate.angle", 45)
        wait_for_scene(page, scene(rotate__angle=45).digest())
        path = tmp_path / "own.png"
        Image.effect_mandelbrot((90, 90), (-2, -1, 1, 1), 50).convert("RGB").save(path)
        upload(page, path)
        values = {**OPENED, "picture.kind": "upload", "rotate.angle": 45}
        wait_for_scene(page, scene_of(values, take_upload(path).sha256).scene.digest())
        sweep_ends(page)
        assert get(shown, "/health")["status"] == "ok"
        assert strays == []


def test_moves_need_no_certain_server(browser: Browser, two: list[str]) -> None:
    with proxied(two) as (shown, _):
        # Not `opened`: what a page asks of Gradio's queue fails here, as `docs/hosting.md` says.
        page = browser.new_page()
        page.goto(shown)
        page.wait_for_selector(".panel-receipt[data-key]")
        page.wait_for_selector("#knob-rotate-angle input[type=range]")
        for angle in (10, 45, 80, 120):
            move(page, "rotate.angle", angle)
            wait_for_scene(page, scene(rotate__angle=angle).digest())
        page.close()


def test_uploads_and_long_jobs_need_the_server_that_they_began_on(
    browser: Browser, two: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "own.png"
    Image.effect_mandelbrot((90, 90), (-2, -1, 1, 1), 50).convert("RGB").save(path)
    with proxied(two, sticky=True) as (shown, _), opened(browser, shown) as page:
        upload(page, path)
        values = {**OPENED, "picture.kind": "upload"}
        wait_for_scene(page, scene_of(values, take_upload(path).sha256).scene.digest())
        sweep_ends(page)
        expect(page.locator(".panel-sweep .made-by")).to_contain_text("224")
