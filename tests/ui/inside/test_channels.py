"""What the view Channels answers to what a page may ask."""

from __future__ import annotations

import json

import pytest

from explorer.engine import Engine
from explorer.ui.inside.answer import answer
from explorer.ui.inside.channels import VIEW

FORM = {"layout.size": "64", "rotate.angle": 30, "ask.weights": "random", "ask.seed": 5}
UNIFORM = {"picture.family": "squares", "squares.ink": "#ffffff", "squares.paper": "#ffffff"}


def asked(engine: Engine, form: dict | None = None, **request: object) -> dict:
    data = answer(engine, VIEW, request, {**FORM, **(form or {})}, None)
    json.dumps(data, allow_nan=False)
    return data


def test_the_first_channel_is_the_one_that_contributes_most(engine: Engine) -> None:
    for metric in ("spatial", "mean", "sort"):
        data = asked(engine, metric=metric)
        assert data["notes"] == []
        assert data["detail"]["channel"] == data["order"][0] == data["rows"][0]["channel"]
        assert sorted(data["order"]) == list(range(192))
        assert data["contributions"] == sorted(data["contributions"], reverse=True)
        assert sum(data["contributions"]) == pytest.approx(data["total"], rel=1e-4)
        assert float(data["distance"]) == pytest.approx(data["total"], rel=1e-3)
        places = {n["metric"]: n["place"] for n in data["detail"]["numbers"]}
        assert places[metric] == 1


def test_any_channel_and_any_number_of_rows(engine: Engine) -> None:
    data = asked(engine, channel=17, count=3, layer=0)
    assert data["detail"]["channel"] == data["asked"] == 17
    assert len(data["rows"]) == 3
    assert data["frame"]["layer"] == 0


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        ({"channel": 500}, "has the channels 0 to 191"),
        ({"channel": "x"}, "Channel was 'x', not a number"),
        ({"channel": 1e9}, "outside -1 to 4095"),
        ({"count": 0}, "Rows was 0, outside 1 to 24"),
        ({"metric": "lpips"}, "not one of spatial, mean, sort"),
        ({"metric": ["sort"]}, "Rank by was ['sort']"),
    ],
)
def test_what_is_odd_is_said(engine: Engine, request_: dict, said: str) -> None:
    data = asked(engine, **request_)
    assert any(said in note for note in data["notes"]), data["notes"]
    assert data["detail"]["channel"] in data["order"]


def test_a_channel_that_is_not_there_gives_way_to_the_first(engine: Engine) -> None:
    data = asked(engine, channel=500)
    assert data["asked"] == -1 and data["detail"]["channel"] == data["order"][0]


@pytest.mark.parametrize("norm", ["raw", "norm"])
@pytest.mark.parametrize("form", [{"rotate.angle": 0}, UNIFORM])
def test_pairs_without_a_difference(engine: Engine, form: dict, norm: str) -> None:
    data = asked(engine, form, norm=norm, swap=True)
    assert data["distance"] == "0" or form is UNIFORM
    if data["distance"] == "0":
        assert data["summary"].startswith("All 192 channels contribute 0")
        assert data["order"] == list(range(192))


def test_swapping_exchanges_the_maps(engine: Engine) -> None:
    data, swapped = asked(engine), asked(engine, swap=True)
    assert data["order"] == swapped["order"] and data["distance"] == swapped["distance"]
    for row, other in zip(data["rows"], swapped["rows"], strict=True):
        assert row["a"] == other["b"] and row["squared"] == other["squared"]
    curves, others = (d["detail"]["curves"] for d in (data, swapped))
    assert curves["views"][0]["a"] == others["views"][0]["b"]
    assert curves["means"] == others["means"][::-1]


def test_no_network_runs(engine: Engine) -> None:
    asked(engine)
    extractor = engine.extractor("alexnet", "random:5")[0]
    before = extractor.forwards
    for request in ({"layer": 0}, {"norm": "raw"}, {"channel": 3}, {"swap": True}, {"count": 24}):
        asked(engine, **request)
    assert extractor.forwards == before
