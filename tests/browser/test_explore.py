"""The Explore tab in a real browser."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from explorer.engine import Engine
from explorer.figures.theme import number
from explorer.form import DEFAULTS, scene_of
from explorer.images import take_upload
from explorer.presets import OPENING, PRESETS
from tests.browser.conftest import move, opened, wait_for_scene

OPENED = {**DEFAULTS, **OPENING.values}


def scene(**changes: object):
    return scene_of({**OPENED, **{k.replace("__", "."): v for k, v in changes.items()}}).scene


def shown_distance(page: Page, metric: str) -> str:
    return page.locator(f'.panel-ladder .row[data-metric="{metric}"] .value b').inner_text()


def test_opens_on_a_finished_example(page: Page) -> None:
    wait_for_scene(page, scene().digest())
    expect(page.locator(".panel-ladder .row[data-metric]")).to_have_count(6)
    expect(page.locator(".panel-heatmaps canvas")).to_have_count(5)
    expect(page.locator(".panel-bars rect")).to_have_count(30)
    assert page.locator(".panel-pictures .original img").evaluate("i => i.naturalWidth") == 224


def test_rotating_changes_every_panel_to_the_engines_numbers(page: Page, engine: Engine) -> None:
    before = page.locator(".panel-heatmaps canvas").first.evaluate("c => c.toDataURL()")
    wanted = scene(rotate__angle=45)
    move(page, "rotate.angle", 45)
    wait_for_scene(page, wanted.digest())
    scores = engine.explore(wanted).comparison.scores
    for metric in ("spatial", "mean", "sort", "spatial+mean", "spatial+sort", "lpips"):
        assert shown_distance(page, metric) == number(scores[metric, "norm"].total)
        legend = page.locator(f'.panel-bars .legend [data-metric="{metric}"] b').inner_text()
        assert legend == number(scores[metric, "norm"].total)
    shown = page.locator(".panel-heatmaps .distance").all_inner_texts()
    assert shown == [number(v) for v in scores["spatial", "norm"].layers]
    assert page.locator(".panel-heatmaps canvas").first.evaluate("c => c.toDataURL()") != before
    expect(page.locator(".panel-pictures .what")).to_contain_text("Rotate 45°")


def drag(page: Page, last: float) -> None:
    """60 steps in a second, without waiting for any answer."""
    page.evaluate(
        """async (last) => {
          const range = document.querySelector('#knob-rotate-angle input[type=range]');
          const setter = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
          window.seen = [];
          const panel = document.querySelector('.panel-pictures .what');
          new MutationObserver(() => window.seen.push(parseFloat(panel.textContent.slice(7))))
            .observe(panel, { childList: true, characterData: true, subtree: true });
          for (let i = 1; i <= 60; i++) {
            setter.call(range, (last * i) / 60);
            range.dispatchEvent(new Event('input', { bubbles: true }));
            await new Promise((done) => setTimeout(done, 1000 / 60));
          }
        }""",
        last,
    )


def test_a_drag_ends_on_the_last_position_in_order(page: Page) -> None:
    drag(page, 90)
    wait_for_scene(page, scene(rotate__angle=90).digest())
    seen = [v for v in page.evaluate("window.seen") if v is not None]
    assert len(seen) >= 3 and seen == sorted(seen) and seen[-1] == 90


def test_eight_pages_at_once_all_end_right(browser: Browser, app: tuple[str, Path]) -> None:
    pages = [browser.new_page(viewport={"width": 1200, "height": 900}) for _ in range(8)]
    for page in pages:
        page.goto(app[0])
        page.wait_for_selector(".panel-receipt[data-key]")
    start = """(last) => { window.finished = (async () => {
      const range = document.querySelector('#knob-rotate-angle input[type=range]');
      const setter = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
      for (let i = 1; i <= 60; i++) {
        setter.call(range, (last * i) / 60);
        range.dispatchEvent(new Event('input', { bubbles: true }));
        await new Promise((done) => setTimeout(done, 1000 / 60));
      }
    })(); }"""
    ends = [30 + 15 * i for i in range(8)]
    for page, end in zip(pages, ends, strict=True):
        page.evaluate(start, end)
    for page, end in zip(pages, ends, strict=True):
        page.evaluate("window.finished")
        wait_for_scene(page, scene(rotate__angle=end).digest())
        page.close()


@pytest.mark.parametrize("preset", PRESETS, ids=lambda p: p.name)
def test_presets_put_themselves_on_the_sliders(page: Page, preset) -> None:
    page.get_by_role("button", name=preset.title).click()
    wait_for_scene(page, scene_of({**DEFAULTS, **preset.values}).scene.digest())
    for name, value in preset.values.items():
        slider = page.locator(f"#knob-{name.replace('.', '-')} input[type=range]")
        if slider.count():
            assert float(slider.input_value()) == pytest.approx(float(value))
    # What the sliders show now is what the next move starts from.
    move(page, "translate.x", 5)
    wait_for_scene(page, scene_of({**DEFAULTS, **preset.values, "translate.x": 5}).scene.digest())


def test_reset_returns_to_the_unchanged_picture(page: Page) -> None:
    move(page, "rotate.angle", 45)
    move(page, "invert.amount", 1)
    wait_for_scene(page, scene(rotate__angle=45, invert__amount=1).digest())
    page.locator("#reset").click()
    wait_for_scene(page, scene(translate__x=0, translate__y=0).digest())
    assert page.locator("#knob-rotate-angle input[type=range]").input_value() == "0"
    expect(page.locator(".panel-ladder .summary")).to_contain_text("Nothing is changed yet")


def upload(page: Page, path: Path) -> None:
    page.locator("#knob-picture-kind").get_by_text("Upload").click()
    page.locator("#uploader input[type=file]").set_input_files(path)


def test_an_upload_is_scored_and_turned(page: Page, tmp_path: Path, engine: Engine) -> None:
    path = tmp_path / "striped.png"
    Image.effect_mandelbrot((120, 80), (-2, -1, 1, 1), 50).convert("RGB").save(path)
    taken = take_upload(path)
    upload(page, path)
    values = {**OPENED, "picture.kind": "upload"}
    wait_for_scene(page, scene_of(values, taken.sha256).scene.digest())
    expect(page.locator("#upload-note")).to_contain_text("120 × 80")
    wanted = scene_of({**values, "rotate.angle": 30}, taken.sha256).scene
    move(page, "rotate.angle", 30)
    wait_for_scene(page, wanted.digest())
    score = engine.explore(wanted, taken).comparison.scores["sort", "norm"]
    assert shown_distance(page, "sort") == number(score.total)


def test_a_pasted_picture_becomes_the_subject(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate(
        """async () => {
          const canvas = document.createElement('canvas');
          [canvas.width, canvas.height] = [50, 40];
          const blob = await new Promise((done) => canvas.toBlob(done, 'image/png'));
          await navigator.clipboard.write([new ClipboardItem({ 'image/png': blob })]);
        }"""
    )
    page.locator("#knob-picture-kind").get_by_text("Upload").click()
    page.get_by_role("button", name="Paste from clipboard").click()
    expect(page.locator("#upload-note")).to_contain_text("50 × 40")
    expect(page.locator(".panel-status")).to_be_hidden()


def test_a_picture_of_the_camera_becomes_the_subject(page: Page) -> None:
    page.context.grant_permissions(["camera"])
    page.locator("#knob-picture-kind").get_by_text("Upload").click()
    page.get_by_role("button", name="Capture from camera").click()
    page.get_by_text("Click to Access Webcam").click()
    page.wait_for_function("document.querySelector('#uploader video')?.videoWidth > 0")
    page.get_by_role("button", name="capture photo").click()
    expect(page.locator("#upload-note")).to_contain_text("Using image")
    expect(page.locator(".panel-status")).to_be_hidden()


def png(width: int, height: int, data: bytes) -> bytes:
    """A grey 8-bit PNG around compressed rows, however large it claims to be."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        checksum = zlib.crc32(kind + body).to_bytes(4, "big")
        return len(body).to_bytes(4, "big") + kind + body + checksum

    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 0, 0, 0, 0])
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


BAD = {
    "empty.png": (b"", "is empty"),
    "text.png": (b"not a picture at all", "is not a picture"),
    "cut.png": (png(200, 200, zlib.compress(bytes(201 * 200))[:20]), "damaged or cut off"),
    "dot.png": (png(1, 1, zlib.compress(bytes(2))), "is 1 × 1 pixels"),
    "strip.png": (png(20000, 1, zlib.compress(bytes(20001))), "is 20000 × 1 pixels"),
    "bomb.png": (png(12000, 12000, zlib.compress(bytes(12000 * 12001))), "12000 × 12000 pixels"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_upload_gets_a_sentence_and_loses_nothing(
    page: Page, tmp_path: Path, name: str
) -> None:
    data, sentence = BAD[name]
    path = tmp_path / name
    path.write_bytes(data)
    move(page, "rotate.angle", 20)
    wait_for_scene(page, scene(rotate__angle=20).digest())
    upload(page, path)
    expect(page.locator("#upload-note")).to_contain_text(sentence)
    expect(page.locator(".panel-ladder .row[data-metric]")).to_have_count(6)
    move(page, "rotate.angle", 40)
    expect(page.locator(".panel-pictures .what")).to_contain_text("Rotate 40°")


def test_an_animation_gives_its_first_frame(page: Page, tmp_path: Path) -> None:
    frames = [Image.new("RGB", (60, 60), colour) for colour in ("red", "green", "blue")]
    path = tmp_path / "moving.gif"
    frames[0].save(path, save_all=True, append_images=frames[1:])
    upload(page, path)
    expect(page.locator("#upload-note")).to_contain_text("60 × 60")
    values = {**OPENED, "picture.kind": "upload"}
    wait_for_scene(page, scene_of(values, take_upload(path).sha256).scene.digest())


def choose(page: Page, knob: str, label: str) -> None:
    page.locator(f"#knob-{knob.replace('.', '-')} select").select_option(label=label)


def test_nothing_stays_on_disk(page: Page, app: tuple[str, Path]) -> None:
    files = {p for p in app[1].rglob("*") if p.is_file()}
    for i in range(1, 41):
        move(page, "rotate.angle", i)
    wait_for_scene(page, scene(rotate__angle=40).digest())
    assert {p for p in app[1].rglob("*") if p.is_file()} <= files


def test_views_and_options_of_the_panels(page: Page) -> None:
    move(page, "rotate.angle", 45)
    wait_for_scene(page, scene(rotate__angle=45).digest())
    page.get_by_role("radio", name="Swipe").click()
    expect(page.locator(".swipe-control")).to_be_visible()
    page.get_by_role("radio", name="Side by side").click()
    page.get_by_role("radio", name="Distance (log)").click()
    expect(page.locator(".panel-bars rect")).to_have_count(30)
    page.get_by_role("radio", name="One scale").click()
    page.locator(".panel-heatmaps .lock").check()
    expect(page.locator(".colourbar")).to_contain_text("locked")
    page.locator(".panel-ladder .line").first.hover(position={"x": 10, "y": 17})
    expect(page.locator(".panel-ladder .tip")).to_be_hidden()
    tick = page.locator(".panel-ladder .tick").first
    box = tick.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(".panel-ladder .tip")).to_contain_text("× nearest")


@pytest.mark.parametrize("metric", ["sort", "mean", "LPIPS"])
def test_heatmaps_of_every_metric(page: Page, metric: str) -> None:
    move(page, "rotate.angle", 45)
    choose(page, "ask.heatmap", metric)
    wait_for_scene(page, scene(rotate__angle=45, ask__heatmap=metric.lower()).digest())
    expect(page.locator(".panel-heatmaps canvas")).to_have_count(10 if metric == "sort" else 5)


def test_the_keyboard_alone_moves_a_slider(page: Page) -> None:
    page.locator("#knob-rotate-angle input[type=range]").focus()
    page.keyboard.press("ArrowRight")
    wait_for_scene(page, scene(rotate__angle=0.5).digest())


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_fits_the_screen(browser: Browser, app: tuple[str, Path], width: int, dark: bool) -> None:
    with opened(browser, app[0], width, 844, dark) as page:
        move(page, "rotate.angle", 45)
        wait_for_scene(page, scene(rotate__angle=45).digest())
        overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert overflow <= 0
        clipped = page.evaluate(
            """[...document.querySelectorAll('.panel h2, .panel .help, .panel button, .panel b')]
               .filter((n) => n.offsetParent && n.scrollWidth > n.clientWidth + 1
                       && getComputedStyle(n).display !== 'inline').map((n) => n.textContent)"""
        )
        assert clipped == []
        for name in ("pictures", "ladder", "bars", "heatmaps", "receipt"):
            assert page.locator(f".panel-{name}").bounding_box()["height"] > 40


@pytest.mark.parametrize("width", [390, 1024, 1440])
def test_nothing_jumps_while_sliders_move(
    browser: Browser, app: tuple[str, Path], width: int
) -> None:
    """Panels keep their heights, however much there is to say of what was changed."""
    heights = """[...document.querySelectorAll('#explore .panel')]
                 .map((panel) => Math.round(panel.getBoundingClientRect().height))"""
    values: dict[str, object] = {**DEFAULTS, "ask.heatmap": "sort"}
    with opened(browser, app[0], width, query="v=1&ask.heatmap=sort") as page:
        unchanged = page.evaluate(heights)
        for knob, value in (
            ("stain.strength", 1),
            ("rotate.angle", -122.5),
            ("translate.x", -120),
            ("brightness.amount", -0.15),
            ("hue.degrees", -100),
            ("noise.sd", 0.15),
            ("stain.strength", 0),
        ):
            values[knob] = value
            move(page, knob, value)
            wait_for_scene(page, scene_of(values).scene.digest())
            assert page.evaluate(heights) == unchanged, knob


def test_baselines_join_the_ladder_when_asked(page: Page, engine: Engine) -> None:
    page.locator("#knob-ask-baselines input").check()
    wanted = scene(ask__baselines=True)
    wait_for_scene(page, wanted.digest())
    expect(page.locator(".panel-ladder .row[data-metric]")).to_have_count(10)
    verdict = next(v for v in engine.explore(wanted).verdicts if v.metric == "ssim")
    assert shown_distance(page, "ssim") == number(1 - verdict.distance)
    assert shown_distance(page, "psnr").endswith(" dB")
    expect(page.locator(".panel-ladder .summary")).to_contain_text("of the baselines")


def test_small_multiples_stay_within_the_ladder(browser: Browser, app: tuple[str, Path]) -> None:
    """A distance with four digits beside a multiple far below a thousandth, and its button."""
    with opened(browser, app[0], query="v=1&layout.size=64&noise.sd=0.01") as page:
        ratios = page.evaluate("Explorer.latest.ladder.rows.map((row) => row.ratio)")
        assert min(r for r in ratios if r is not None) < 0.001
        sticking_out = page.evaluate(
            """[...document.querySelectorAll('.panel-ladder .row .value')].map((value) =>
               value.lastElementChild.getBoundingClientRect().right -
               value.closest('.panel').getBoundingClientRect().right)"""
        )
        assert max(sticking_out) < 0


def test_a_multiple_is_on_the_side_of_one_that_the_verdict_says(
    browser: Browser, app: tuple[str, Path]
) -> None:
    """Sort is a hair further off than the nearest blank: two digits would say 1.0."""
    query = "v=1&rotate.angle=30&translate.x=20&blur.sigma=2&noise.sd=0.1&brightness.amount=0.2"
    with opened(browser, app[0], query=query) as page:
        said = page.text_content('.panel-ladder [data-metric="sort"] .value') or ""
        multiple = float(re.findall(r"= ([\d.]+) ×", said)[0])
        assert 1 < multiple < 1.05
