"""A run of a suite as plain data."""

from __future__ import annotations

import base64
import io
import json
import math
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from explorer.figures.suite import MOST_THUMBNAILS, figure, short, thumbnail
from explorer.form import DEFAULTS, scene_of
from explorer.results import PIXELS, Receipt, WeightsInfo
from explorer.suite import Case, CaseResult, Suite
from explorer.ui.panels import packed

RECEIPT = Receipt("alexnet", WeightsInfo("here", "ab" * 32), (120, 100), "float32", "cpu", "0")
TURNED = Case("rotate", "rotate/a.png", "rotate/a_45.png")
STAINED = Case(
    "color_stain", "color_stain/b.png", "color_stain/b_stain.png", "color_stain/b_ref.png"
)
SCENE = scene_of({"picture.family": "spiral", "layout.size": "96", "rotate.angle": 45}).scene


def small() -> Suite:
    paths = ["ref/black.png", "ref/white.png", TURNED.original, TURNED.other]
    paths += [STAINED.original, STAINED.other, str(STAINED.decoy)]
    pictures = {p: np.full((100, 120, 3), 30 * i, dtype=np.uint8) for i, p in enumerate(paths)}
    references = {"black": paths[0], "white": paths[1]}
    return Suite("mine.zip", pictures, references, (TURNED, STAINED), ("x is empty.",))


def results(suite: Suite) -> list[CaseResult]:
    return [
        CaseResult("alexnet", metric, norm, case, d, {"black": 2.0, "white": 1.5}, decoy)
        for case, decoy in ((TURNED, None), (STAINED, 4.0))
        # Not in the order of the registry.
        for metric, norm, d in (
            ("sort", "raw", 1.23456789),
            ("spatial", "raw", 3),
            ("sort", "norm", 0),
        )
    ]


def test_lists_follow_cases_and_references() -> None:
    suite = small()
    data = figure(suite, RECEIPT, results(suite))
    assert [(s["metric"], s["norm"]) for s in data["scores"]] == [
        ("spatial", "raw"),
        ("sort", "raw"),
        ("sort", "norm"),
    ]
    spatial, sort, _ = data["scores"]
    assert spatial["passed"] == [0, 1] and spatial["margin"] == [-1.0, 0.25]
    assert sort["distance"] == [1.23457, 1.23457] and sort["decoy"] == [None, 4.0]
    assert sort["references"] == [[2.0, 1.5], [2.0, 1.5]]
    assert [c["kind"] for c in data["cases"]] == ["rotate", "color_stain"]
    assert data["cases"][1]["decoy"] == STAINED.decoy and "decoy" not in data["cases"][0]
    assert (data["left_out"], data["problems"]) == (1, ["x is empty."])
    assert data["weights"] == {"origin": "here", "sha256": "ab" * 32}
    assert json.loads(packed(data)) == data


def test_baselines_say_the_numbers_that_people_know() -> None:
    suite = small()
    receipt = replace(RECEIPT, network=PIXELS, weights=WeightsInfo("no network", ""))
    found = [
        CaseResult(PIXELS, metric, PIXELS, case, d, {"black": 0.5, "white": 0.25}, decoy)
        for case, decoy in ((TURNED, None), (STAINED, 0.75))
        for metric, d in (("ssim", 0.25), ("psnr", 0.1), ("mse", 0.0))
    ]
    data = figure(suite, receipt, found)
    assert data["title"] == "Pixels" and "weights" not in data
    assert [s["title"] for s in data["scores"]] == ["MSE", "PSNR", "SSIM"]
    _, psnr, ssim = data["scores"]
    assert ssim["distance"] == [0.25, 0.25] and ssim["margin"] == [0.0, 0.666667]
    assert ssim["shown"] == {
        "distance": ["0.75", "0.75"],
        "references": [["0.5", "0.75"]] * 2,
        "decoy": [None, "0.25"],
    }
    assert psnr["shown"]["distance"] == ["20 dB", "20 dB"]
    assert json.loads(packed(data)) == data
    assert all("shown" not in s for s in figure(suite, RECEIPT, results(suite))["scores"])


def test_the_key_names_the_run() -> None:
    suite = small()
    first = figure(suite, RECEIPT, results(suite))
    assert first == figure(suite, RECEIPT, results(suite))
    other = figure(replace(suite, name="other.zip"), RECEIPT, results(suite))
    assert first["key"] != other["key"]


def test_a_scene_travels_as_what_differs_from_the_defaults() -> None:
    suite = replace(small(), scenes={TURNED: SCENE})
    turned, stained = figure(suite, RECEIPT, results(suite))["cases"]
    assert "values" not in stained
    assert turned["values"] == {
        "picture.family": "spiral",
        "layout.size": "96",
        "rotate.angle": 45.0,
    }
    assert scene_of({**DEFAULTS, **turned["values"]}).scene == SCENE


def test_thumbnails_are_small_and_bounded() -> None:
    suite = small()
    data = figure(suite, RECEIPT, results(suite))
    assert set(data["thumbnails"]) == set(suite.pictures)
    picture = Image.open(io.BytesIO(base64.b64decode(thumbnail(_noise()).split(",")[1])))
    assert (picture.format, picture.size) == ("JPEG", (96, 80))
    many = tuple(Case("rotate", f"rotate/{i}.png", f"rotate/{i}_45.png") for i in range(300))
    paths = [p for case in many for p in (case.original, case.other)]
    pixels = np.zeros((8, 8, 3), dtype=np.uint8)
    large = Suite("l", dict.fromkeys(["ref/r.png", *paths], pixels), {"r": "ref/r.png"}, many)
    found = figure(large, RECEIPT, [])["thumbnails"]
    assert list(found) == ["ref/r.png", *paths][:MOST_THUMBNAILS]


def _noise() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (200, 240, 3), dtype=np.uint8)


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan, 1e300, 1e-320, -0.0])
def test_every_number_is_one_that_json_knows(value: float) -> None:
    assert json.loads(json.dumps(short(value), allow_nan=False)) == short(value)
