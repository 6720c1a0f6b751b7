"""What is taken away from the page: lines, files and figures, and that they say what it shows."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from explorer import links
from explorer.engine import Engine
from explorer.figures.theme import number, shown
from explorer.form import scene_of
from explorer.images import take_upload
from tests.browser.conftest import move, opened, wait_for_scene

ROOT = Path(__file__).resolve().parents[2]
VALUES = {"layout.size": "64", "rotate.angle": 30.0, "ask.baselines": True}
QUERY = "v=1&layout.size=64&rotate.angle=30&ask.baselines=on"


@pytest.fixture
def playing(browser: Browser, app: tuple[str, Path]):
    with opened(browser, app[0], query=QUERY) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        wait_for_scene(page, scene_of(VALUES).scene.digest())
        yield page


def saved(page: Page, kind: str, folder: Path) -> Path:
    """The file that a click on its button downloads."""
    with page.expect_download() as download:
        page.locator(f'[data-file="{kind}"], [data-figure="{kind}"]').click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def ladder(page: Page) -> dict[str, str]:
    """Each metric's number as the page shows it."""
    return dict(
        page.evaluate(
            """[...document.querySelectorAll('.panel-ladder .row[data-metric]')].map((row) =>
               [row.dataset.metric, row.querySelector('.value b').textContent])"""
        )
    )


def run(script: Path, folder: Path, *rest: str) -> subprocess.CompletedProcess[str]:
    """The downloaded script in a process of its own, which finds the program on its path."""
    return subprocess.run(
        [sys.executable, str(script), *rest],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_the_script_computes_what_the_page_shows(playing: Page, tmp_path: Path) -> None:
    script = saved(playing, "py", tmp_path)
    assert script.name == f"similarity-{scene_of(VALUES).scene.digest()}.py"
    data = json.loads(saved(playing, "json", tmp_path).read_text())
    result = run(script, tmp_path)
    assert result.returncode == 0 and result.stderr == ""
    lines = [line.split("\t") for line in result.stdout.splitlines()]
    computed = {(metric, norm): float(d) for metric, norm, d in lines}
    told = {(v["metric"], v["norm"]): v["distance"] for v in data["verdicts"]}
    assert computed.keys() == told.keys() and len(computed) == 11 + 3
    for key, distance in computed.items():
        assert distance == pytest.approx(told[key], rel=1e-5, abs=1e-12)
    on_page = ladder(playing)
    assert len(on_page) == 6 + 3
    for metric, text in on_page.items():
        norm = "norm" if (metric, "norm") in computed else "pixels"
        assert shown(metric, computed[metric, norm]) == text


def test_the_script_of_an_upload_wants_that_very_file(page: Page, tmp_path: Path) -> None:
    image = Image.effect_mandelbrot((90, 60), (-2, -1, 1, 1), 50).convert("RGB")
    image.save(tmp_path / 'my "own" picture.png')
    path = tmp_path / 'my "own" picture.png'
    sha256 = take_upload(path).sha256
    page.locator("#knob-picture-kind").get_by_text("Upload").click()
    page.locator("#uploader input[type=file]").set_input_files(path)
    expect(page.locator("#upload-note")).to_contain_text("90 × 60")
    values = page.evaluate("Explorer.form.changed()")
    wait_for_scene(page, scene_of(values, sha256).scene.digest())
    script = saved(page, "py", tmp_path)
    data = json.loads(saved(page, "json", tmp_path).read_text())
    assert data["upload"] == {"name": data["upload"]["name"], "sha256": sha256}
    assert f"upload={sha256}" in data["link"]
    given = tmp_path / "given.png"
    missing = run(script, tmp_path, str(given))
    assert missing.returncode == 1
    assert "given.png' cannot be read (No such file or directory)" in missing.stderr
    image.rotate(90).save(given)
    wrong = run(script, tmp_path, str(given))
    assert wrong.returncode == 1 and "Traceback" not in wrong.stderr
    assert "is another picture than was compared: its sha256 is" in wrong.stderr
    given.write_bytes(path.read_bytes())
    right = run(script, tmp_path, str(given))
    assert right.returncode == 0, right.stderr
    computed = {
        tuple(x.split("\t")[:2]): float(x.split("\t")[2]) for x in right.stdout.splitlines()
    }
    assert number(computed["sort", "norm"]) == ladder(page)["sort"]


def test_json_and_csv_have_every_number_of_the_engine(
    playing: Page, tmp_path: Path, engine: Engine
) -> None:
    found = engine.explore(scene_of(VALUES).scene)
    data = json.loads(saved(playing, "json", tmp_path).read_text())
    rows = list(csv.DictReader(io.StringIO(saved(playing, "csv", tmp_path).read_text())))
    assert data["link"].startswith(f"{playing.evaluate('location.origin')}/?v=1&")
    assert data["values"] == links.read(data["link"]).values == VALUES
    assert {row["link"] for row in rows} == {data["link"]}
    in_csv = {(r["metric"], r["norm"], r["layer"]): float(r["distance"]) for r in rows}
    assert len(in_csv) == len(rows) == 11 * 6 + 3
    layers = found.comparison.layers
    for score in data["scores"]:
        key = (score["metric"], score["norm"])
        wanted = found.comparison.scores[key]
        assert list(score["layers"].values()) == pytest.approx(wanted.layers, rel=1e-5)
        assert [in_csv[(*key, layer)] for layer in layers] == list(score["layers"].values())
        assert in_csv[(*key, "total")] == pytest.approx(wanted.total, rel=1e-5)
    passed = {(v.metric, v.norm): v.sees_same for v in found.verdicts}
    assert {(v["metric"], v["norm"]): v["passed"] for v in data["verdicts"]} == passed


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_the_report_opens_offline_without_script_or_request(
    browser: Browser, app: tuple[str, Path], tmp_path: Path, width: int, dark: bool
) -> None:
    with opened(browser, app[0], width, 844, dark, query=QUERY) as page:
        path = saved(page, "html", tmp_path)
        numbers = ladder(page)
    context = browser.new_context(
        viewport={"width": width, "height": 844},
        color_scheme="dark" if dark else "light",
        java_script_enabled=False,
    )
    context.set_offline(True)
    report = context.new_page()
    asked: list[str] = []
    troubles: list[str] = []
    report.on("request", lambda request: asked.append(request.url))
    report.on("console", lambda message: troubles.append(message.text))
    report.goto(path.as_uri())
    assert [url for url in asked if not url.startswith("data:")] == [path.as_uri()]
    assert troubles == []
    expect(report.locator("h1")).to_be_visible()
    text = report.locator("main").inner_text()
    assert "sha256" in text and all(n in text for n in numbers.values())
    (link,) = [a.get_attribute("href") for a in report.locator("a").all()]
    assert link in text and links.read(link).values == VALUES
    pictures = report.locator("img")
    expect(pictures).to_have_count(3 + 5)
    for i in range(8):
        # Sized by its own pixels, as no style gives a height: it was decoded.
        assert pictures.nth(i).bounding_box()["height"] > 50
    expect(report.locator("svg[role=img]")).to_have_count(6 + 3 + 1)
    assert report.locator("script").count() == 0
    # Nothing but wide tables is wider than the screen, and those scroll in their own box.
    for block in report.locator("main > *").all():
        box = block.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width
    context.close()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_figures_are_what_the_page_shows_at_twice_its_size(
    browser: Browser, app: tuple[str, Path], tmp_path: Path, width: int, dark: bool
) -> None:
    with opened(browser, app[0], width, 844, dark, query=QUERY) as page:
        for name in ("ladder", "bars", "heatmaps"):
            panel = page.locator(f".panel-{name}")
            before = panel.bounding_box()
            path = saved(page, name, tmp_path)
            pixels = np.asarray(Image.open(path).convert("RGB")).astype(int)
            assert pixels.shape[1] == pytest.approx(2 * before["width"], abs=2)
            background = pixels[2, 2]
            assert (background.mean() < 60) == dark
            contrast = np.abs(pixels - background).max(2)
            # The title above and the receipt with the link below can be read.
            assert contrast[:70].max() > 150 and contrast[-90:].max() > 150
            assert (contrast > 40).mean() > 0.01
            # The page itself is as it was.
            after = panel.bounding_box()
            assert [after[k] for k in ("width", "height")] == [
                before[k] for k in ("width", "height")
            ]


def test_heatmaps_keep_their_colours_in_the_file(playing: Page, tmp_path: Path) -> None:
    playing.locator(".panel-heatmaps .overlay").uncheck()
    spot = playing.evaluate(
        """() => {
          const canvas = document.querySelector('.panel-heatmaps canvas');
          const box = canvas.getBoundingClientRect();
          const panel = canvas.closest('.panel').getBoundingClientRect();
          const [x, y] = [Math.floor(canvas.width / 2), Math.floor(canvas.height / 2)];
          const { data } = canvas.getContext('2d').getImageData(x, y, 1, 1);
          return {
            x: box.x - panel.x + ((x + 0.5) / canvas.width) * box.width,
            y: box.y - panel.y + ((y + 0.5) / canvas.height) * box.height,
            colour: [...data.slice(0, 3)],
          };
        }"""
    )
    pixels = np.asarray(Image.open(saved(playing, "heatmaps", tmp_path)).convert("RGB"))
    assert pixels[round(2 * spot["y"]), round(2 * spot["x"])].tolist() == spot["colour"]


def copied(page: Page) -> str:
    return page.evaluate("navigator.clipboard.readText()")


def test_every_score_copies_as_one_line_by_keyboard(playing: Page, engine: Engine) -> None:
    receipt = engine.receipt(scene_of(VALUES).scene)
    link = f"{playing.evaluate('location.origin')}/?{QUERY}"
    numbers = ladder(playing)
    playing.locator('.panel-ladder [data-metric="sort"]').focus()
    playing.keyboard.press("Tab")
    playing.keyboard.press("Enter")
    expect(playing.locator("#said")).to_contain_text("Copied")
    assert copied(playing) == " · ".join(
        [
            "alexnet",
            f"weights: {receipt.weights.origin}, sha256 {receipt.weights.sha256}",
            f"sort, channel norm, d = {numbers['sort']}",
            "64 × 64",
            f"{receipt.dtype} on {receipt.device}",
            f"version {receipt.version}",
            link,
        ]
    )
    # A new answer draws the row anew; the button under the keyboard stays the same one.
    move(playing, "rotate.angle", 31)
    wait_for_scene(playing, scene_of({**VALUES, "rotate.angle": 31}).scene.digest())
    focused = playing.evaluate(
        "[document.activeElement.className, document.activeElement.closest('.row').dataset.metric]"
    )
    assert focused == ["copy-score", "sort"]


def test_a_baselines_line_names_no_network(playing: Page) -> None:
    playing.locator('[data-metric="ssim"] .copy-score').click()
    expect(playing.locator("#said")).to_contain_text("Copied")
    assert copied(playing).startswith(f"SSIM, {ladder(playing)['ssim']} · 64 × 64 · ")


def test_all_scores_the_receipt_and_the_link_copy(playing: Page) -> None:
    link = f"{playing.evaluate('location.origin')}/?{QUERY}"
    playing.locator(".copy-all").click()
    expect(playing.locator("#said")).to_contain_text("Copied")
    lines = copied(playing).splitlines()
    assert len(lines) == 6 + 3 and all(line.endswith(link) for line in lines)
    playing.locator(".panel-receipt .copy").click()
    playing.wait_for_function("document.querySelector('#said').textContent.includes('spatial, ')")
    assert copied(playing) == lines[0]
    playing.locator(".copy-link").click()
    playing.wait_for_function(
        "(l) => document.querySelector('#said').textContent.endsWith(l)", arg=f": {link}"
    )
    assert copied(playing) == link


def test_without_permission_the_line_is_selected(page: Page) -> None:
    page.evaluate(
        "() => { navigator.clipboard.writeText = async () => { throw new Error('no'); }; }"
    )
    page.locator(".copy-link").click()
    page.wait_for_function("getSelection().toString().includes('v=1')")
    assert page.evaluate("getSelection().toString()") == page.evaluate("Explorer.link.address()")


def test_a_file_that_cannot_be_made_is_one_sentence(
    browser: Browser, app: tuple[str, Path]
) -> None:
    query = "v=1&ask.network=vgg16&ask.weights=random&layout.size=64"
    with opened(browser, app[0], query=query) as page:
        page.evaluate("Explorer.ask('share-asked', { kind: 'exe', place: '', number: 0 })")
        expect(page.locator(".panel-receipt .said")).to_have_text(
            "Only these files can be made: html, json, csv, py."
        )


def test_a_move_carries_little_for_all_this(page: Page) -> None:
    receipt = page.evaluate("JSON.stringify(Explorer.latest.receipt)")
    rows = page.evaluate("Explorer.latest.ladder.rows.length")
    added = len(receipt.encode()) - len(page.evaluate("Explorer.latest.receipt.line").encode())
    assert added + rows * len('"asksNetwork":false,') < 1000
