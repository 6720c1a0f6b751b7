"""Answers that overtake each other on their way, as between a browser and a busy server."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from explorer.form import DEFAULTS, scene_of
from explorer.images import take_upload
from explorer.presets import OPENING
from tests.browser.conftest import move, wait_for_scene
from tests.browser.held import holding

BURST = """
(angles) => {
  const range = document.querySelector('#knob-rotate-angle input[type=range]');
  const setter = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
  for (const angle of angles) {
    setter.call(range, angle);
    range.dispatchEvent(new Event('input', { bubbles: true }));
  }
}
"""


def digest(sha256: str | None = None, **changes: object) -> str:
    values = {**DEFAULTS, **OPENING.values, **{k.replace("__", "."): v for k, v in changes.items()}}
    return scene_of(values, sha256).scene.digest()


def test_an_overtaken_answer_is_not_drawn(page: Page) -> None:
    with holding(page) as held:
        page.evaluate(BURST, [20, 30, 40])
        wait_for_scene(page, digest(rotate__angle=40))
        held.release()
    # By the time of another answer, what the released one draws has been drawn.
    move(page, "rotate.angle", 50)
    wait_for_scene(page, digest(rotate__angle=50))
    seen = page.evaluate("window.seen")
    assert digest(rotate__angle=20) not in seen
    assert seen[-2:] == [digest(rotate__angle=40), digest(rotate__angle=50)]


def test_an_upload_is_not_overtaken_by_the_sliders_answer(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    Image.linear_gradient("L").convert("RGB").save(path)
    sha256 = take_upload(path).sha256
    with holding(page) as held:
        page.locator("#knob-picture-kind").get_by_text("Upload").click()
        expect(page.locator("#uploader input[type=file]")).to_be_attached()
        page.locator("#uploader input[type=file]").set_input_files(path)
        uploaded = digest(sha256, picture__kind="upload")
        wait_for_scene(page, uploaded)
        held.release()
    turned = digest(sha256, picture__kind="upload", rotate__angle=50)
    move(page, "rotate.angle", 50)
    wait_for_scene(page, turned)
    assert page.evaluate("window.seen") == [uploaded, turned]
    expect(page.locator(".panel-status")).to_be_hidden()
