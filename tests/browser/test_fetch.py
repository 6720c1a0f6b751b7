"""Networks whose weights are not on this machine, and fetching them from the page."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from explorer.form import DEFAULTS, scene_of
from explorer.presets import OPENING
from tests.browser.conftest import move, opened, served, wait_for_scene

NOWHERE = "http://127.0.0.1:9"
OFFLINE = {"PIP_NO_INDEX": "1", "HTTPS_PROXY": NOWHERE, "https_proxy": NOWHERE}


def choose(page: Page, network: str) -> None:
    page.select_option("#knob-ask-network select", network)


def test_missing_weights_are_one_sentence_and_the_rest_goes_on(
    browser: Browser, tmp_path: Path
) -> None:
    cache = str(tmp_path / "empty")
    with (
        served(tmp_path, EXPLORER_CACHE=cache, **OFFLINE) as address,
        opened(browser, address) as page,
    ):
        expect(page.locator("#fetch")).to_be_hidden()
        choose(page, "vgg16")
        expect(page.locator(".panel-status")).to_contain_text("weights of vgg16 are not on this")
        expect(page.locator(".panel-receipt code")).to_contain_text("alexnet")
        page.click("#fetch")
        said = page.locator("#fetch-note")
        expect(said).to_contain_text("The weights of vgg16 could not be fetched: ")
        expect(page.locator(".panel-status")).to_contain_text("weights of vgg16 are not on this")
        choose(page, "squeezenet1_1_caffe")
        expect(page.locator(".panel-receipt code")).to_contain_text("squeezenet1_1_caffe")
        expect(page.locator(".panel-status")).to_be_hidden()
        expect(said).to_be_hidden()


@pytest.mark.fetch
def test_what_was_moved_during_a_download_counts_after_it(browser: Browser, tmp_path: Path) -> None:
    cache = str(tmp_path / "empty")
    with served(tmp_path, EXPLORER_CACHE=cache) as address, opened(browser, address) as page:
        choose(page, "vgg16")
        page.click("#fetch")
        move(page, "rotate.angle", 30)
        expect(page.locator(".panel-receipt code")).to_contain_text("vgg16", timeout=120_000)
        values = {**DEFAULTS, **OPENING.values, "ask.network": "vgg16", "rotate.angle": 30}
        wait_for_scene(page, scene_of(values).scene.digest())
        expect(page.locator("#fetch")).to_be_hidden()
        expect(page.locator(".panel-status")).to_be_hidden()
