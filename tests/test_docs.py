"""The documents say what is so: tables are those of the registries, examples run as they stand."""

from __future__ import annotations

import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

import explorer
from explorer.baselines import NAMED
from explorer.form import FORM
from explorer.metrics import METRICS
from explorer.networks import NETWORKS
from tests import docs
from tests.browser.chromium import FLAGS, executable

EXTENDING = docs.sections(docs.DOCS / "extending.md")
API = docs.sections(docs.DOCS / "api.md")


def test_the_reference_is_what_is_registered() -> None:
    written = docs.REFERENCE.read_text(encoding="utf-8")
    assert written == docs.reference(), f"docs/reference.md is stale: run `{docs.COMMAND}`."


def test_everything_registered_has_its_row() -> None:
    written = docs.REFERENCE.read_text(encoding="utf-8")
    for name in [*FORM, *METRICS.names(), *NETWORKS.names(), *NAMED]:
        assert f"\n| `{name}` |" in written, name


def test_ranges_units_and_defaults_are_in_the_rows() -> None:
    rows = docs.REFERENCE.read_text(encoding="utf-8").splitlines()
    for start in (
        "| `rotate.angle` | by 0.5, -180 to 180 | ° | 0 |",
        "| `blur.sigma` | by 0.1, 0 to 8 | px | 0 |",
        "| `rings.count` | whole, 1 to 8 | – | 3 |",
        "| `stain.colour` | `#rrggbb` | – |",
        "| `ask.norm` | on, off | – | on |",
        "| `spatial+sort` | spatial + sort | with and without | of its parts |",
        "| `lpips` | LPIPS | with | yes |",
        "| `psnr` | PSNR | dB | 1 px |",
    ):
        assert any(row.startswith(start) for row in rows), start


def test_there_is_an_example_of_each_kind_of_thing() -> None:
    kinds = ["metric", "perturbation", "picture family", "network", "baseline", "panel"]
    assert list(EXTENDING) == [f"A {kind}" for kind in kinds]
    for blocks in EXTENDING.values():
        assert len([text for kind, text in blocks if kind == "python"]) >= 2


@pytest.fixture(scope="module")
def extended() -> str:
    """What the examples of adding things print, having run together."""
    return docs.run([b for blocks in EXTENDING.values() for b in blocks], "extending.md")


def test_examples_of_adding_things_run_and_leave_no_trace_here(extended: str) -> None:
    assert (
        "explorer.figures.loudest" not in sys.modules
        and "maximum" not in METRICS
        and "shufflenet_v2_x0_5" not in NETWORKS
    )
    assert '"layer":"relu' in extended


def test_a_failing_example_fails() -> None:
    with pytest.raises(AssertionError, match=r"(?s)x, example 2.*assert 1 == 2"):
        docs.run([("python", "a = 1\n"), ("python", "assert 1 == 2\n")], "x")


@pytest.mark.browser
def test_the_example_of_a_panel_draws_itself(extended: str) -> None:
    (script,) = (text for kind, text in EXTENDING["A panel"] if kind == "js")
    value = extended.splitlines()[-1]
    core = (docs.ROOT / "assets" / "js" / "core.js").read_text(encoding="utf-8")
    errors: list[str] = []

    def drawn() -> str:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
            page = browser.new_page()
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.set_content('<section class="panel"><p class="help"></p><p></p></section>')
            page.add_script_tag(content=f"{core}\nwindow.Explorer = Explorer;")
            page.add_script_tag(content=script)
            mount = "value => Explorer.mount('loudest', document.body, {value}, () => {})"
            page.evaluate(mount, value)
            page.wait_for_function("document.querySelector('p:last-child').textContent !== ''")
            shown = page.text_content("p:last-child") or ""
            browser.close()
            return shown

    # In a thread of its own: the browser's other tests keep a loop in this one.
    with ThreadPoolExecutor(1) as pool:
        shown = pool.submit(drawn).result()
    assert errors == []
    assert re.fullmatch(r"relu[1-5]: \d+ %", shown)


def test_examples_of_the_python_interface_run() -> None:
    blocks = [block for part in API.values() for block in part]
    assert len(blocks) >= 7
    docs.run(blocks, "api.md")


def test_the_python_interface_is_documented() -> None:
    text = (docs.DOCS / "api.md").read_text(encoding="utf-8")
    functions = [n for n, home in explorer._HOMES.items() if home.startswith("explorer.api.")]
    for name in functions:
        assert re.search(rf"from explorer import .*\b{name}\b", text), name


@pytest.mark.parametrize("path", sorted(docs.DOCS.glob("*.md")), ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target
