"""What the view Provenance answers to what a page may ask."""

from __future__ import annotations

import base64
import json
import math

import numpy as np
import pytest

from explorer.engine import Engine
from explorer.ui.inside.answer import answer
from explorer.ui.inside.provenance import MOST, SAMPLED, VIEW

FORM = {"layout.size": "64", "rotate.angle": 30, "ask.weights": "random", "ask.seed": 5}
UNIFORM = {"picture.kind": "sample", "layout.scale": 0.1, "layout.x": 128, "invert.amount": 1}


def asked(engine: Engine, form: dict | None = None, **request: object) -> dict:
    data = answer(engine, VIEW, request, {**FORM, **(form or {})}, None)
    json.dumps(data, allow_nan=False)
    return data


def weights(data: dict) -> np.ndarray:
    return np.frombuffer(base64.b64decode(data["map"]["weights"]), "<u2")


def test_opens_where_most_is_carried(engine: Engine) -> None:
    for metric in ("sort", "spatial"):
        data = asked(engine, metric=metric)
        assert data["notes"] == []
        row, column = data["place"]["at"]
        assert weights(data)[row * data["grid"][1] + column] == 65535
        carried = [float(a["carried"]) for a in data["arrows"]]
        assert len(carried) == MOST and carried == sorted(carried, reverse=True)
        assert data["carried"] == data["distance"]
        assert len(data["sampled"]) == SAMPLED


def test_sort_travels_and_spatial_does_not(engine: Engine) -> None:
    sort, spatial = asked(engine, metric="sort"), asked(engine, metric="spatial")
    assert float(sort["travelled"]) > 0
    assert spatial["travelled"] == "0"
    assert all(line[1:3] == line[3:5] for line in spatial["sampled"])
    assert any(line[1:3] != line[3:5] for line in sort["sampled"])
    assert all(a["to"] == spatial["place"]["at"] for a in spatial["arrows"])


@pytest.mark.parametrize(
    ("x", "y", "at"),
    [(0, 0, [0, 0]), (1, 1, [6, 6]), (0.5, 0.99, [6, 3]), (0.142, 0.143, [1, 0])],
)
def test_a_place_by_its_share_of_the_picture(
    engine: Engine, x: float, y: float, at: list[int]
) -> None:
    data = asked(engine, x=x, y=y)
    assert data["grid"] == [7, 7]
    assert data["place"]["at"] == at


def test_one_channel(engine: Engine) -> None:
    every, data = asked(engine), asked(engine, channel=17)
    assert data["channel"] == 17 and data["channels"] == 192
    assert [a["channel"] for a in data["arrows"]] == [17]
    assert {line[0] for line in data["sampled"]} == {17}
    assert 0 < float(data["carried"]) < float(every["carried"])


def test_channels_add_up(engine: Engine) -> None:
    total = sum(float(asked(engine, layer=0, channel=c)["carried"]) for c in range(64))
    assert total == pytest.approx(float(asked(engine, layer=0)["distance"]), rel=1e-3)


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        ({"channel": 500}, "Channel was 500; relu2 has 192, 0 to 191: used 191."),
        ({"channel": "x"}, "Channel was 'x', not a number"),
        ({"channel": 1e9}, "outside -1 to 4095"),
        ({"metric": "mean"}, "not one of sort, spatial"),
        ({"metric": ["sort"]}, "Metric was ['sort']"),
        ({"x": 7, "y": 0.5}, "Place x was 7, outside -1 to 1"),
        ({"x": math.nan}, "Place x was nan, not a number"),
        ({"y": None}, "Place y was None, not a number"),
    ],
)
def test_what_is_odd_is_said(engine: Engine, request_: dict, said: str) -> None:
    data = asked(engine, **request_)
    assert any(said in note for note in data["notes"]), data["notes"]
    assert data["arrows"]


def test_an_unchanged_pair_stands_still_and_carries_nothing(engine: Engine) -> None:
    data = asked(engine, {"rotate.angle": 0})
    assert data["distance"] == data["carried"] == "0"
    assert data["sampled"] == [] and not weights(data).any()
    assert {tuple(a["to"]) for a in data["arrows"]} == {tuple(data["place"]["at"])}
    assert data["said"][0].startswith("No arrow shown carries anything")


@pytest.mark.parametrize("norm", ["raw", "norm"])
def test_uniform_pictures(engine: Engine, norm: str) -> None:
    data = asked(engine, UNIFORM, norm=norm)
    assert data["carried"] == data["distance"]


def test_swapped_pictures_are_named_so(engine: Engine) -> None:
    assert asked(engine)["names"] == ("original", "perturbed")
    swapped = asked(engine, swap=True)
    assert swapped["names"] == ("perturbed", "original")
    assert "of the perturbed picture carries" in swapped["said"][1]


def test_no_network_runs_and_nothing_is_matched_twice(engine: Engine) -> None:
    asked(engine)
    extractor = engine.extractor("alexnet", "random:5")[0]
    before, misses = extractor.forwards, engine.worked_out.misses
    for request in ({"x": 0.3, "y": 0.6}, {"channel": 3}, {"swap": False, "x": 0.9, "y": 0.1}):
        asked(engine, **request)
    assert extractor.forwards == before
    assert engine.worked_out.misses == misses
    asked(engine, norm="raw", layer=3)
    assert extractor.forwards == before
