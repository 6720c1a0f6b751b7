"""The suite tab in a real browser."""

from __future__ import annotations

import base64
import json
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from playwright.sync_api import Browser, Locator, Page, expect

from explorer import suite as suites
from explorer.engine import Engine
from explorer.figures.originals import originals, sliders
from explorer.figures.theme import number
from explorer.form import DEFAULTS, scene_of, values_of
from explorer.images import take_upload
from explorer.results import PIXELS
from explorer.ui.app import build, launch_options
from tests.browser.conftest import move, open_tab, opened, served, wait_for_scene
from tests.suite.test_experiment import small_suite

LONG = 120_000


@pytest.fixture
def tab(page: Page) -> Page:
    """The tab, opened, with AlexNet alone chosen."""
    open_tab(page, "Challenge suite")
    page.get_by_role("checkbox", name="SqueezeNet 1.1 (Caffe release)").uncheck()
    return page


def run(page: Page, state: str = "done") -> None:
    page.locator(".panel-suite .run").click()
    page.wait_for_selector(f".panel-suite[data-state={state}]", timeout=LONG)


def cell(page: Page, metric: str, norm: str, kind: str) -> Locator:
    return page.locator(
        f'.count[data-metric="{metric}"][data-norm="{norm}"][data-kind="{kind}"]'
    ).first


def open_cell(page: Page, metric: str, norm: str, kind: str, network: str = "alexnet") -> None:
    cell(page, metric, norm, kind).click()
    page.wait_for_selector(f'.cases[data-cell="{network} {metric} {norm} {kind}"]')


def zipped(folder: Path, name: str) -> Path:
    """A small suite in which one picture is none."""
    small_suite(folder / "own")
    target = folder / name
    with zipfile.ZipFile(target, "w") as archive:
        for file in sorted((folder / "own").glob("*/*")):
            archive.write(file, file.relative_to(folder / "own").as_posix())
        archive.writestr("rotate/broken.png", b"no picture")
    return target


def choose(page: Page, path: Path) -> None:
    page.get_by_role("radio", name="Your own (zip)").click()
    page.locator("#suite-file input[type=file]").set_input_files(path)


def test_opens_with_words_and_without_an_empty_table(page: Page) -> None:
    open_tab(page, "Challenge suite")
    expect(page.locator(".panel-suite .help").first).to_contain_text("A metric passes when")
    expect(page.locator(".panel-suite .run")).to_be_enabled()
    expect(page.locator(".panel-suite-runs")).to_be_hidden()
    expect(page.locator("#suite-file")).to_be_hidden()


def test_the_built_in_suite_becomes_the_engines_table(tab: Page, engine: Engine) -> None:
    run(tab)
    results = suites.run(engine, suites.builtin(), ["alexnet"])
    for count in suites.counts(results):
        shown = cell(tab, count["metric"], count["norm"], count["kind"])
        expect(shown).to_have_text(f"{count['passed']}/{count['of']}")
    expect(tab.locator(".count")).to_have_count(11 * 5)
    own = [r for r in results if (r.metric, r.norm, r.case.kind) == ("sort", "raw", "color_stain")]
    label = f"sort, no norm, stain: {sum(r.passed for r in own)} of {len(own)} pass"
    expect(tab.get_by_role("button", name=label)).to_have_count(1)
    open_cell(tab, "sort", "raw", "color_stain")
    expected = [r.case.other for r in sorted(own, key=lambda r: abs(r.margin))]
    cards = tab.locator(".case")
    assert cards.evaluate_all("cards => cards.map((card) => card.dataset.other)") == expected
    for r in own:
        card = tab.locator(f'.case[data-other="{r.case.other}"]')
        expect(card.locator(".verdict b")).to_have_text("✓ passes" if r.passed else "✗ fails")
        assert f"{abs(100 * r.margin):.0f}" in card.locator(".verdict").inner_text() or (
            abs(r.margin) < 0.1
        )
        assert card.locator("img").evaluate_all("all => all.map((i) => i.naturalWidth)") == [96] * 3


def test_a_case_opens_in_explore(tab: Page) -> None:
    run(tab)
    open_cell(tab, "spatial", "raw", "rotate")
    suite = suites.builtin()
    case = next(c for c in suite.cases if c.kind == "rotate")
    tab.locator(f'.case[data-other="{case.other}"] .explore').click()
    values = {**values_of(suite.scenes[case]), "ask.network": "alexnet", "ask.norm": False}
    wait_for_scene(tab, scene_of({**DEFAULTS, **values}).scene.digest())
    expect(tab.locator(".panel-ladder")).to_be_visible()
    expect(tab.locator(".panel-receipt code")).to_contain_text("no norm")
    # What was run is still there.
    open_tab(tab, "Challenge suite")
    expect(tab.locator(".count").first).to_be_visible()


def test_baselines_are_a_group_of_their_own(tab: Page, engine: Engine) -> None:
    baselines = tab.get_by_role("checkbox", name="Baselines on pixels (MSE, PSNR, SSIM)")
    expect(baselines).not_to_be_checked()
    baselines.check()
    # Before a network, too, their rows come last.
    tab.get_by_role("checkbox", name="AlexNet", exact=True).uncheck()
    run(tab)
    tab.get_by_role("checkbox", name="AlexNet", exact=True).check()
    run(tab)
    expect(tab.locator(".group b")).to_have_text(["Pixels", "AlexNet"])
    rows = tab.locator('tbody th[scope="row"]').all_inner_texts()
    assert [" ".join(r.split()) for r in rows[-3:]] == ["MSE pixels", "PSNR pixels", "SSIM pixels"]
    expect(tab.locator("tbody tr").first.locator("td .none")).to_have_text(["–"] * 5)
    expect(tab.locator("tbody tr").last.locator("td .none")).to_have_text(["–"] * 5)
    receipt = tab.locator(".receipts li").first
    expect(receipt).to_contain_text("pixels · no network · 96 × 96 · float64 on cpu")
    expect(receipt).not_to_contain_text("weights")
    suite = suites.builtin()
    found = suites.run(engine, suite, [PIXELS])
    for count in suites.counts(found):
        shown = cell(tab, count["metric"], PIXELS, count["kind"])
        expect(shown).to_have_text(f"{count['passed']}/{count['of']}")
    open_cell(tab, "ssim", PIXELS, "rotate", PIXELS)
    result = next(r for r in found if (r.metric, r.case.kind) == ("ssim", "rotate"))
    near = min(result.references.values())
    captions = tab.locator(f'.case[data-other="{result.case.other}"] figcaption span')
    expect(captions.nth(1)).to_have_text(f"SSIM {number(1 - result.distance)}")
    expect(captions.nth(2)).to_have_text(f"SSIM {number(1 - near)}")
    open_cell(tab, "psnr", PIXELS, "rotate", PIXELS)
    expect(captions.nth(1)).to_contain_text(" dB")
    tab.locator(f'.case[data-other="{result.case.other}"] .explore').click()
    values = {**values_of(suite.scenes[result.case]), "ask.baselines": True}
    wait_for_scene(tab, scene_of({**DEFAULTS, **values}).scene.digest())


def test_saved_baselines_are_read_back(tab: Page, tmp_path: Path) -> None:
    tab.get_by_role("checkbox", name="Baselines on pixels").check()
    choose(tab, zipped(tmp_path, "mine.zip"))
    expect(tab.locator(".doing")).to_contain_text("Ready to run")
    run(tab)
    path = save(tab, tmp_path / "results.json")
    with tab.expect_download() as started:
        tab.get_by_role("button", name="CSV", exact=True).last.click()
    lines = Path(started.value.path()).read_text().splitlines()
    assert len([line for line in lines if line.startswith("mine.zip,pixels,")]) == 3 * 5
    for _ in range(2):
        tab.locator(".panel-suite-runs .remove").first.click()
    expect(tab.locator(".panel-suite-runs")).to_be_hidden()
    tab.locator(".saved-file").set_input_files(path)
    expect(tab.locator(".group b")).to_have_text(["AlexNet", "Pixels"])
    open_cell(tab, "psnr", PIXELS, "color_stain", PIXELS)
    expect(tab.locator(".case figcaption span").nth(2)).to_contain_text("PSNR")
    data = json.loads(path.read_text())
    data["runs"][1]["scores"][0]["shown"]["decoy"] = []
    path.write_text(json.dumps(data))
    tab.locator(".saved-file").set_input_files(path)
    expect(tab.locator(".panel-suite .notes li")).to_have_text(
        ["results.json is damaged: run 2 has no usable scores."]
    )


def test_ones_own_zip_stands_beside_the_built_in_suite(tab: Page, tmp_path: Path) -> None:
    run(tab)
    choose(tab, zipped(tmp_path, "mine.zip"))
    expect(tab.locator(".doing")).to_contain_text("mine.zip: 5 cases, 3 references, 48 × 48")
    expect(tab.locator(".left-out summary")).to_have_text("mine.zip: 1 file was left out")
    run(tab)
    expect(tab.locator(".group")).to_have_count(2)
    expect(tab.locator(".group").nth(1)).to_contain_text("mine.zip · 5 cases, 48 × 48")
    tab.locator(".left-out summary").click()
    expect(tab.locator(".left-out li")).to_contain_text("rotate/broken.png is not a picture")
    tab.locator('.count[data-kind="rotate"][aria-label*="mine.zip"]').first.click()
    expect(tab.locator(".case")).to_have_count(2)
    expect(tab.locator(".case .explore")).to_have_text(["Open original in Explore"] * 2)
    tab.get_by_role("button", name="Remove Built-in suite · AlexNet").click()
    expect(tab.locator(".group")).to_have_count(1)
    run(tab)
    expect(tab.locator(".group")).to_have_count(1)


def uploaded(suite: suites.Suite, case: suites.Case, folder: Path, **values: Any) -> str:
    """The digest of the scene that shows a case's original as an upload, with sliders."""
    uri = originals(suite)[case.original]
    path = folder / Path(case.original).name
    path.write_bytes(base64.b64decode(uri.partition(",")[2]))
    upload = take_upload(path)
    wanted = {"picture.kind": "upload", **sliders(suite, case), **values}
    return scene_of({**DEFAULTS, **wanted}, upload.sha256).scene.digest()


def test_a_case_of_ones_own_suite_opens_its_original(tab: Page, tmp_path: Path) -> None:
    target = zipped(tmp_path, "mine.zip")
    suite = suites.read_suite(target)
    turned = next(c for c in suite.cases if c.other.endswith("_22.png"))
    inverted = next(c for c in suite.cases if c.kind == "invert")
    # An empty uploader has no place for a file while the clipboard is chosen.
    tab.context.grant_permissions(["clipboard-read"])
    open_tab(tab, "Explore")
    tab.get_by_text("Upload", exact=True).first.click()
    tab.get_by_role("button", name="Paste from clipboard").click()
    expect(tab.locator("#uploader input[type=file]")).to_have_count(0)
    open_tab(tab, "Challenge suite")
    tab.get_by_role("checkbox", name="Baselines on pixels").check()
    choose(tab, target)
    expect(tab.locator(".doing")).to_contain_text("Ready to run")
    run(tab)
    open_cell(tab, "sort", "raw", "rotate")
    button = tab.locator(f'.case[data-other="{turned.other}"] .explore')
    expect(button).to_have_attribute(
        "title", "Explore shows rotate/c.png with the rotate slider, not the file rotate/c_22.png."
    )
    button.click()
    wait_for_scene(tab, uploaded(suite, turned, tmp_path, **{"ask.norm": False}))
    expect(tab.locator("#upload-note")).to_contain_text("Using c.png, 48 × 48")
    expect(tab.locator("#knob-rotate-angle input[type=number]")).to_have_value("22.5")
    # A picture is there now, and the camera is chosen: the next case still takes its place.
    tab.get_by_role("button", name="Capture from camera").click()
    open_tab(tab, "Challenge suite")
    open_cell(tab, "mse", PIXELS, "invert", PIXELS)
    tab.locator(".case .explore").click()
    wait_for_scene(tab, uploaded(suite, inverted, tmp_path, **{"ask.baselines": True}))
    # A slider goes on from there.
    move(tab, "invert.amount", 0.5)
    changed = {"ask.baselines": True, "invert.amount": 0.5}
    wait_for_scene(tab, uploaded(suite, inverted, tmp_path, **changed))


def test_a_hostile_zip_is_refused_with_a_sentence(tab: Page, tmp_path: Path) -> None:
    path = tmp_path / "evil.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../evil.png", b"x")
    sentence = "evil.zip is refused: '../../evil.png' climbs out of its folder."
    choose(tab, path)
    expect(tab.locator(".panel-suite .notes li")).to_have_text([sentence])
    run(tab, "refused")
    expect(tab.locator(".panel-suite .notes li")).to_have_text([sentence])
    expect(tab.locator(".panel-suite-runs")).to_be_hidden()


def test_no_network_is_a_sentence(tab: Page) -> None:
    tab.get_by_role("checkbox", name="AlexNet", exact=True).uncheck()
    run(tab, "refused")
    expect(tab.locator(".panel-suite .notes li")).to_have_text(
        ["Choose at least one network, or the baselines."]
    )


def test_missing_weights_are_said_before_and_after(browser: Browser, tmp_path: Path) -> None:
    with (
        served(tmp_path, EXPLORER_CACHE=str(tmp_path / "empty")) as address,
        opened(browser, address) as page,
    ):
        open_tab(page, "Challenge suite")
        page.locator(".panel-suite .networks summary").click()
        expect(page.locator('.absent[data-network="vgg16"]')).to_be_visible()
        expect(page.locator('.absent[data-network="alexnet"]')).to_be_hidden()
        page.check('[name="suite-network"][value="vgg16"]')
        run(page)
        expect(page.locator(".panel-suite .notes li")).to_contain_text("weights of vgg16 are not")
        expect(page.locator(".group")).to_have_count(2)


def save(page: Page, path: Path) -> Path:
    with page.expect_download() as started:
        page.get_by_role("button", name="Save results").click()
    started.value.save_as(path)
    return path


def test_saved_results_are_read_back(tab: Page, tmp_path: Path) -> None:
    choose(tab, zipped(tmp_path, "mine.zip"))
    expect(tab.locator(".doing")).to_contain_text("Ready to run")
    run(tab)
    texts = tab.locator(".count").all_inner_texts()
    path = save(tab, tmp_path / "results.json")
    with tab.expect_download() as started:
        tab.get_by_role("button", name="CSV", exact=True).last.click()
    lines = Path(started.value.path()).read_text().splitlines()
    assert len(lines) == 1 + 5 * 11 and lines[0].startswith("suite,network,metric,norm,kind,")
    tab.locator(".saved-file").set_input_files(path)
    expect(tab.locator(".group")).to_have_count(2)
    expect(tab.locator(".group").nth(1)).to_contain_text("results.json")
    half = '.count[aria-label*="(saved)"]'
    assert (
        tab.locator(half).all_inner_texts()
        == tab.locator('.count:not([aria-label*="(saved)"])').all_inner_texts()
    )
    assert len(texts) * 2 == tab.locator(".count").count()
    tab.locator(f'{half}[data-kind="color_stain"]').first.click()
    expect(tab.locator(".case img")).to_have_count(3)


def spoiled(path: Path, what: str) -> str:
    data = json.loads(path.read_text())
    (run,) = data["runs"]
    if what == "version":
        data["version"] = 99
    elif what == "format":
        data = {"runs": data["runs"]}
    elif what == "runs":
        data["runs"] = []
    elif what == "address":
        run["thumbnails"] = {"a": "http://192.0.2.1/a.png"}
    elif what == "originals":
        run["originals"] = {"a": "data:image/png;base64,@"}
    elif what == "short":
        run["scores"][0]["distance"].pop()
    elif what == "kind":
        run["cases"][0]["kind"] = "constructor"
    return json.dumps(data) if what != "text" else "no JSON"


BAD = {
    "text": "is not a file of saved results: it is no JSON.",
    "format": "is not a file of saved results.",
    "version": "has version 99; this page reads version 1.",
    "runs": "holds no runs.",
    "address": "is damaged: run 1 has no usable thumbnails.",
    "short": "is damaged: run 1 has no usable scores.",
    "originals": "is damaged: run 1 has no usable originals.",
    "kind": "is damaged: run 1 has no usable cases.",
}


def test_a_file_that_holds_no_results_is_a_sentence(tab: Page, tmp_path: Path) -> None:
    choose(tab, zipped(tmp_path, "mine.zip"))
    expect(tab.locator(".doing")).to_contain_text("Ready to run")
    run(tab)
    good = save(tab, tmp_path / "good.json")
    for what, sentence in BAD.items():
        bad = tmp_path / f"{what}.json"
        bad.write_text(spoiled(good, what))
        tab.locator(".saved-file").set_input_files(bad)
        expect(tab.locator(".panel-suite .notes li")).to_have_text([f"{what}.json {sentence}"])
    expect(tab.locator(".group")).to_have_count(1)


def test_the_keyboard_alone_opens_cases(tab: Page, tmp_path: Path) -> None:
    choose(tab, zipped(tmp_path, "mine.zip"))
    expect(tab.locator(".doing")).to_contain_text("Ready to run")
    tab.locator(".panel-suite .run").focus()
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".panel-suite[data-state=done]", timeout=LONG)
    tab.locator(".panel-suite-runs .remove").focus()
    tab.keyboard.press("Tab")
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "ArrowLeft", "ArrowRight"):
        tab.keyboard.press(key)
    expect(cell(tab, "mean", "raw", "translate")).to_be_focused()
    tab.keyboard.press("Enter")
    expect(tab.locator(".cases h3")).to_contain_text("mean, no norm, translate")
    expect(cell(tab, "mean", "raw", "translate")).to_be_focused()
    tab.keyboard.press("Tab")
    tab.keyboard.press("Escape")
    expect(tab.locator(".cases")).to_be_hidden()
    expect(cell(tab, "mean", "raw", "translate")).to_be_focused()


@pytest.fixture
def gated() -> Iterator[tuple[str, Engine, threading.Event, threading.Event]]:
    """The app in this process, whose AlexNet waits at its second forward."""
    engine = Engine(device="cpu")
    extractor, _ = engine.extractor("alexnet")
    reached, go_on = threading.Event(), threading.Event()
    prepare = extractor.prepare

    def waiting(images: torch.Tensor) -> torch.Tensor:
        # Explore's own pictures are larger.
        if images.shape[-1] == 96 and extractor.forwards > before:
            reached.set()
            assert go_on.wait(60)
        return prepare(images)

    demo = build(engine)
    before = extractor.forwards
    extractor.prepare = waiting  # type: ignore[method-assign]
    _, address, _ = demo.launch(
        prevent_thread_lock=True, quiet=True, server_name="127.0.0.1", **launch_options()
    )
    yield address.rstrip("/"), engine, reached, go_on
    go_on.set()
    demo.close()


# Gradio's queue uses what pandas deprecates; here it runs in our own process.
@pytest.mark.filterwarnings("ignore:::gradio.queueing")
def test_cancel_stops_the_forwards(
    browser: Browser, gated: tuple[str, Engine, threading.Event, threading.Event]
) -> None:
    address, engine, reached, go_on = gated
    extractor, _ = engine.extractor("alexnet")
    with opened(browser, address) as page:
        open_tab(page, "Challenge suite")
        page.get_by_role("checkbox", name="SqueezeNet 1.1 (Caffe release)").uncheck()
        page.locator(".panel-suite .run").click()
        assert reached.wait(60)
        done = extractor.forwards
        with page.expect_response(lambda answer: "/run/predict" in answer.url):
            page.locator(".panel-suite .cancel").click()
        expect(page.locator(".doing")).to_contain_text("Cancelled")
        go_on.set()
        # One run at a time: when the next one is done, nothing is left of the first.
        page.get_by_role("checkbox", name="AlexNet", exact=True).uncheck()
        page.get_by_role("checkbox", name="SqueezeNet 1.1 (Caffe release)").check()
        run(page)
        # The forward at the gate, and what began before the request was read; all are over 15.
        assert extractor.forwards <= done + 4
        expect(page.locator(".group")).to_have_count(1)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_fits_the_screen(
    browser: Browser, app: tuple[str, Path], tmp_path: Path, width: int, dark: bool
) -> None:
    with opened(browser, app[0], width, 844, dark) as page:
        open_tab(page, "Challenge suite")
        choose(page, zipped(tmp_path, "mine.zip"))
        expect(page.locator(".doing")).to_contain_text("Ready to run")
        run(page)
        expect(page.locator(".group")).to_have_count(2)
        open_cell(page, "sort", "norm", "all")
        overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert overflow <= 0
        page.locator(".scroller").evaluate("box => box.scrollLeft = 10000")
        inside = page.locator('tbody th[scope="row"]').first.bounding_box()
        assert inside and inside["x"] >= 0
        assert page.evaluate(CONTRASTS) == []


# Cells whose number would have less than 4.5 : 1 on its background.
CONTRASTS = """() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const light = (colour) => {
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((v) => {
      const x = v / 255;
      return x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const cell = document.querySelector('.count');
  const kept = cell.style.cssText;
  const low = [];
  for (let rate = 0; rate <= 1; rate += 0.05) {
    cell.style.setProperty('--rate', rate);
    const style = getComputedStyle(cell);
    const [a, b] = [light(style.color), light(style.backgroundColor)].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) low.push(rate);
  }
  cell.style.cssText = kept;
  return low;
}"""
