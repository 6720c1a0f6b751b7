"""Build a metric in the page: sliders, the suite, saving, and its use in the other tabs."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import open_tab, reload
from tests.browser.inside import open_view, settle, shown

SET = """
([selector, value]) => {
  const range = document.querySelector(selector);
  const setter = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
  setter.call(range, value);
  range.dispatchEvent(new Event('input', { bubbles: true }));
}
"""


def weigh(page: Page, kind: str, index: int, value: float) -> None:
    page.evaluate(SET, [f"#blend-{kind}-{index}", str(value)])
    settle(page, "metric")


def save(page: Page, name: str) -> None:
    page.fill(".panel-inside-metric .name", name)
    page.click(".panel-inside-metric .save")
    settle(page, "metric")
    expect(page.locator(f'.panel-inside-metric .saved li[data-name="{name}"]')).to_be_visible()


def test_weights_change_score_and_verdict(page: Page) -> None:
    open_view(page, "metric")
    before = shown(page, "metric")["total"]
    weigh(page, "parts", 2, 1.5)
    weigh(page, "layers", 0, 0)
    weigh(page, "norm", 0, 0.5)
    value = shown(page, "metric")
    assert value["weights"] == {"layers": [0, 1, 1, 1, 1], "parts": [1, 0, 1.5], "norm": 0.5}
    assert value["total"] != before
    assert page.text_content(".panel-inside-metric .total") == value["rows"][0]["sentence"]


def test_all_weights_at_zero_get_a_sentence_and_the_session_goes_on(page: Page) -> None:
    open_view(page, "metric")
    page.evaluate(SET, ["#blend-parts-0", "0"])
    note = page.locator(".panel-inside-metric .notes li")
    expect(note).to_contain_text("With every weight at zero")
    weigh(page, "parts", 1, 1)
    expect(note).to_have_count(0)


def test_a_saved_metric_is_used_everywhere(page: Page) -> None:
    open_view(page, "metric")
    weigh(page, "parts", 0, 0.1)
    weigh(page, "parts", 2, 1)
    save(page, "fair mix")
    page.check('.panel-inside-metric .saved li[data-name="fair mix"] input')
    open_tab(page, "Explore")
    expect(page.locator('.panel-ladder [data-metric="fair mix"]')).to_be_visible()
    expect(page.locator("#knob-ask-own .summary")).to_have_text("fair mix")
    open_tab(page, "Sweep")
    page.wait_for_function("Explorer.latest.sweep?.done")
    series = page.evaluate("Explorer.latest.sweep.series.map((s) => `${s.metric} ${s.norm}`)")
    assert "fair mix own" in series
    open_tab(page, "Challenge suite")
    page.uncheck('[name="suite-network"][value="squeezenet1_1_caffe"]')
    page.click(".panel-suite .run")
    cell = page.locator('.count[data-metric="fair mix"][data-norm="own"][data-kind="all"]')
    expect(cell).to_be_visible(timeout=90_000)
    of_suite = cell.text_content()
    open_view(page, "metric")
    if page.is_visible(".panel-inside-metric .score"):
        page.click(".panel-inside-metric .score")
    page.wait_for_selector(".panel-inside-metric tr.own td.number >> nth=5", timeout=90_000)
    passed, of = shown(page, "metric")["rows"][0]["all"]
    assert f"{passed}/{of}" == of_suite
    page.click('.panel-inside-metric .saved button:has-text("Remove")')
    open_tab(page, "Explore")
    expect(page.locator('.panel-ladder [data-metric="fair mix"]')).to_have_count(0)


def test_metrics_are_exported_and_imported(page: Page, tmp_path: Path) -> None:
    open_view(page, "metric")
    weigh(page, "parts", 1, 0.75)
    save(page, "one")
    with page.expect_download() as download:
        page.click(".panel-inside-metric .export")
    file = tmp_path / "metrics.json"
    download.value.save_as(file)
    data = json.loads(file.read_text())
    assert data["blends"][0]["metrics"] == {"spatial": 1, "mean": 0.75, "sort": 0}
    data["blends"][0]["name"] = "two"
    file.write_text(json.dumps(data))
    page.set_input_files(".panel-inside-metric .file", file)
    expect(page.locator('.panel-inside-metric .saved li[data-name="two"]')).to_be_visible()
    file.write_text("no metrics")
    page.set_input_files(".panel-inside-metric .file", file)
    expect(page.locator(".panel-inside-metric .notes li")).to_contain_text("no JSON")


def test_saved_metrics_survive_a_reload(page: Page) -> None:
    open_view(page, "metric")
    save(page, "kept")
    reload(page)
    open_view(page, "metric")
    expect(page.locator('.panel-inside-metric .saved li[data-name="kept"]')).to_be_visible()
    page.click('.panel-inside-metric .saved button:has-text("Edit")')
    settle(page, "metric")
    assert shown(page, "metric")["name"] == "kept"
