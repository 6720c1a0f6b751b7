"""Figures are plain data that say what the results say."""

from __future__ import annotations

import base64
import json

import numpy as np
import pytest

from explorer.engine import Engine
from explorer.figures import bars, heatmaps, ladder, pictures, receipt
from explorer.form import DEFAULTS, scene_of
from explorer.results import Verdict, rule_of

REFERENCES = {"black": 2.0, "white": 1.0}


@pytest.fixture(scope="module")
def exploration(engine: Engine):
    values = {**DEFAULTS, "layout.size": "64", "rotate.angle": 30, "ask.heatmap": "sort"}
    return engine.explore(scene_of(values).scene)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({}, "none"),
        ({"rotate.angle": 10}, "references"),
        ({"stain.strength": 1}, "decoy"),
        ({"stain.strength": 1, "blur.sigma": 2}, "both"),
        ({"blur.sigma": 2}, "references"),
    ],
)
def test_which_rule_judges(changes: dict[str, object], rule: str) -> None:
    values = {**DEFAULTS, "layout.size": "64", **changes}
    assert rule_of(scene_of(values).scene) == rule


@pytest.mark.parametrize(
    ("distance", "decoy", "rule", "expected"),
    [
        (1.0, 0.5, "references", True),  # as near as the nearest reference still passes
        (1.01, 5.0, "references", False),
        (0.9, 0.9, "decoy", False),  # the decoy has to be further, not as far
        (3.0, 3.1, "decoy", True),
        (0.9, 0.8, "both", False),
        (0.9, 1.5, "both", True),
        (1.1, 1.5, "both", False),
    ],
)
def test_the_papers_rules(distance: float, decoy: float, rule: str, expected: bool) -> None:
    verdict = Verdict("spatial", "raw", distance, REFERENCES, decoy)
    assert verdict.passes(rule) is expected
    # Beyond the limit every rule fails; at it only the decoy's does.
    if verdict.distance != verdict.limit(rule):
        assert verdict.passes(rule) is (verdict.distance < verdict.limit(rule))
    words = ladder.sentence(verdict, rule, expected)
    assert ("passes" if expected else "fails") in words and words.endswith(".")


def test_every_figure_is_json_and_names_its_scene(exploration) -> None:
    for module in (bars, heatmaps, ladder, pictures, receipt):
        data = module.figure(exploration)
        assert json.loads(json.dumps(data, allow_nan=False))
        assert data["key"] == exploration.scene.digest()


def test_heatmaps_decode_to_the_values(exploration) -> None:
    rows = heatmaps.figure(exploration)["rows"]
    assert [row["over"] for row in rows] == ["original", "perturbed"]
    cells = [cell for row in rows for cell in row["cells"]]
    maps = sorted(exploration.maps, key=lambda m: m.over)
    for cell, item in zip(cells, maps, strict=True):
        raw = np.frombuffer(base64.b64decode(cell["data"]), "<u2").astype(np.float64)
        values = raw.reshape(cell["height"], cell["width"]) * cell["peak"] / 65535
        assert values == pytest.approx(item.values, abs=cell["peak"] / 65535)
        assert values.mean() == pytest.approx(item.distance, rel=1e-3)


@pytest.mark.parametrize(("side", "shown"), [(55, 55), (111, 111), (224, 112), (256, 64)])
def test_reducing_keeps_the_mean(side: int, shown: int) -> None:
    values = np.random.default_rng(0).random((side, side), dtype=np.float32)
    small = heatmaps.reduced(values, 112 if side < 256 else 100)
    assert small.shape == (shown, shown)
    assert small.mean() == pytest.approx(values.mean(), rel=1e-5)


def test_shares_add_up_to_one(exploration) -> None:
    for series in bars.figure(exploration)["series"]:
        assert sum(series["shares"]) == pytest.approx(1)


def test_a_picture_that_is_a_reference_has_no_ratio(engine: Engine) -> None:
    values = {
        **DEFAULTS,
        "layout.size": "64",
        "picture.family": "squares",
        "squares.ink": "#ffffff",
        "squares.paper": "#ffffff",
        "noise.sd": 0.1,
    }
    data = ladder.figure(engine.explore(scene_of(values).scene))
    assert data["rows"][0]["ratio"] is None and data["rows"][0]["passed"] is False


def test_the_receipt_names_everything(exploration) -> None:
    line = receipt.line(exploration)
    for part in ("alexnet", "sha256", "sort", "channel norm", "64 × 64", "d = ", "version"):
        assert part in line
