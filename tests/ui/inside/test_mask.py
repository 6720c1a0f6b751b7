"""What the view Honest masks answers to what a page may ask."""

from __future__ import annotations

import base64
import json

import numpy as np
import pytest

from explorer.engine import Engine
from explorer.ui.inside.answer import answer
from explorer.ui.inside.mask import SIDE, VIEW, decoded

FORM = {"layout.size": "64", "rotate.angle": 30, "ask.weights": "random", "ask.seed": 5}
UNIFORM = {"picture.family": "squares", "squares.ink": "#ffffff", "squares.paper": "#ffffff"}


def packed(mask: np.ndarray) -> str:
    return base64.b64encode(np.packbits(mask).tobytes()).decode()


def part() -> np.ndarray:
    mask = np.zeros((SIDE, SIDE), bool)
    mask[10:30, 20:45] = True
    return mask


def asked(engine: Engine, form: dict | None = None, **request: object) -> dict:
    data = answer(engine, VIEW, request, {**FORM, **(form or {})}, None)
    json.dumps(data, allow_nan=False)
    return data


def test_a_mask_travels_as_one_bit_a_cell() -> None:
    mask = np.random.default_rng(0).random((SIDE, SIDE)) > 0.5
    assert np.array_equal(decoded(packed(mask)), mask)
    first = base64.b64encode(bytes([0x80]) + bytes(SIDE * SIDE // 8 - 1)).decode()
    assert np.argwhere(decoded(first)).tolist() == [[0, 0]]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (packed(np.zeros((SIDE, SIDE), bool)), "Nothing is painted"),
        ("AAAA", "The mask had 3 bytes; it has to be base64 of 392 bytes"),
        ("", "The mask had 0 bytes"),
        ("not base64!", "The mask was not base64"),
        ("ü" * 524, "The mask was not base64"),
        ([1, 2], "The mask was a list"),
        (3.5, "The mask was a float"),
        (True, "The mask was a bool"),
    ],
)
def test_what_is_no_mask_is_refused_in_a_sentence(engine: Engine, given: object, said: str) -> None:
    data = asked(engine, mask=given)
    assert data["failed"]
    assert any(said in note for note in data["notes"]), data["notes"]


@pytest.mark.parametrize("norm", ["raw", "norm"])
def test_without_a_mask_inside_is_the_whole(engine: Engine, norm: str) -> None:
    data = asked(engine, norm=norm)
    assert data["painted"] == "100 %"
    for row in data["metrics"]:
        assert row["inside"] == row["whole"] and row["ratio"] == pytest.approx(1)
        assert row["insidePasses"] == row["wholePasses"]
    assert all(layer["counted"] == layer["places"] for layer in data["layers"])


def test_a_region_has_its_own_distances_and_verdicts(engine: Engine) -> None:
    data = asked(engine, mask=packed(part()), layer=4)
    assert data["painted"] == "16 %"
    assert [row["metric"] for row in data["metrics"]][:3] == ["spatial", "mean", "sort"]
    for row in data["metrics"]:
        assert row["inside"] != row["whole"]
        assert [len(row["layers"]), isinstance(row["insidePasses"], bool)] == [5, True]
        assert row["title"] in row["sentence"]
    assert "163 px" in data["reach"]
    seen = base64.b64decode(data["picture"]["seen"])
    assert len(seen) == 64 * 64 // 8


def test_the_whole_other_picture_changes_mean_and_sort_only(engine: Engine) -> None:
    same, whole = (asked(engine, mask=packed(part()), against=a) for a in ("region", "whole"))
    changed = [
        a["inside"] != b["inside"] for a, b in zip(same["metrics"], whole["metrics"], strict=True)
    ]
    assert changed == [row["metric"] not in ("spatial", "lpips") for row in same["metrics"]]


@pytest.mark.parametrize("form", [{}, {"rotate.angle": 0}, UNIFORM, {"ask.network": "vgg16"}])
@pytest.mark.parametrize("swap", [False, True])
def test_every_kind_of_pair_is_answered(engine: Engine, form: dict, swap: bool) -> None:
    data = asked(engine, form, mask=packed(part()), swap=swap)
    assert "failed" not in data
    if form == {"rotate.angle": 0}:
        assert data["rule"] == "none"
        assert all(row["inside"] == "0" and row["ratio"] is None for row in data["metrics"])


def test_no_network_runs_for_another_mask(engine: Engine) -> None:
    asked(engine, mask=packed(part()))
    extractor = engine.extractor("alexnet", "random:5")[0]
    before = extractor.forwards
    for mask in (part().T, ~part()):
        for against in ("region", "whole"):
            asked(engine, mask=packed(mask), against=against, layer=3, norm="raw")
    assert extractor.forwards == before
