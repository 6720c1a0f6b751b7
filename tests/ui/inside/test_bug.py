"""What the view Which bug is it? answers to what a page may ask."""

from __future__ import annotations

import json

import pytest
import torch

from explorer.engine import Engine
from explorer.form import scene_of
from explorer.inside.bugs import BUGS
from explorer.pictures import REFERENCES
from explorer.ui.inside.answer import answer
from explorer.ui.inside.bug import VIEW
from tests.conftest import fetched
from tests.plain import layer_distance

FORM = {"layout.size": "64", "rotate.angle": 30}
RANDOM = {"ask.weights": "random", "ask.seed": 5}
TOLERANT = {"ask.network": "alexnet_shift_tolerant"}
UNIFORM = {"picture.family": "squares", "squares.ink": "#ffffff", "squares.paper": "#ffffff"}


def asked(engine: Engine, form: dict | None = None, **request: object) -> dict:
    data = answer(engine, VIEW, request, {**FORM, **(form or {})}, None)
    json.dumps(data, allow_nan=False)
    return data


@pytest.mark.parametrize("name", BUGS.names())
@pytest.mark.parametrize("swap", [False, True])
def test_every_bug_is_answered(engine: Engine, name: str, swap: bool) -> None:
    data = asked(engine, bug=name, swap=swap)
    assert data["notes"] == [] and data["bug"]["name"] == name
    metrics = [row["metric"] for row in data["rows"]]
    assert metrics == ["spatial", "mean", "sort", "spatial+mean", "spatial+sort", "lpips"]
    for row in data["rows"]:
        assert len(row["pictures"]) == len(REFERENCES) + 2
        for side in (0, 1):
            ranked = sorted(row["pictures"], key=lambda p: p["ranks"][side])
            assert [p["ranks"][side] for p in ranked] == list(range(1, 10))
            distances = [float(p["distances"][side]) for p in ranked]
            assert distances == sorted(distances)
        (judged,) = (p for p in row["pictures"] if p["judged"])
        assert judged["name"] == ("original" if swap else "perturbed")
        assert judged["distances"] == [row["right"]["distance"], row["wrong"]["distance"]]
    changed = {row["metric"] for row in data["rows"] if row["ratio"] != 1.0}
    touched = {"heads": {"lpips"}, "early": set(metrics) - {"spatial", "lpips"}}
    touched["average"] = set(metrics) - {"lpips"}
    assert changed == touched.get(name, set(metrics))


def test_the_wrong_number_is_that_of_the_wrongly_prepared_picture(engine: Engine) -> None:
    """BGR, by hand: channels exchanged, then everything as it should be."""
    scene = scene_of(FORM).scene
    pair = engine.pair(scene)
    extractor = engine.extractor("alexnet")[0]
    with torch.inference_mode():
        a, b = (extractor(p.flip(0)[None]).maps for p in (pair.a, pair.b))
    for norm in ("norm", "raw"):
        rows = {row["metric"]: row for row in asked(engine, bug="bgr", norm=norm)["rows"]}
        for metric in ("spatial", "mean", "sort"):
            expected = sum(
                layer_distance(x[0].numpy(), y[0].numpy(), metric, norm == "norm")
                for x, y in zip(a, b, strict=True)
            )
            assert float(rows[metric]["wrong"]["distance"]) == pytest.approx(expected, rel=1e-3)
            right = sum(engine.pair(scene).compared.scores()[metric, norm].layers)
            assert float(rows[metric]["right"]["distance"]) == pytest.approx(right, rel=1e-3)


@pytest.mark.parametrize("form", [{"rotate.angle": 0}, UNIFORM, {"stain.strength": 0.6}])
@pytest.mark.parametrize("name", BUGS.names())
def test_every_kind_of_pair_is_answered(engine: Engine, form: dict, name: str) -> None:
    data = asked(engine, form, bug=name)
    assert "failed" not in data and data["summary"]
    if form == {"rotate.angle": 0}:
        assert data["passed"] == [None, None]
        assert all(row["wrong"]["distance"] == "0" for row in data["rows"])


@pytest.mark.parametrize(
    ("form", "request_", "said"),
    [
        (RANDOM, {"bug": "heads"}, "LPIPS has no heads for these weights"),
        ({"ask.network": "squeezenet1_1_caffe"}, {"bug": "heads"}, "LPIPS has no heads"),
        (TOLERANT, {"bug": "heads"}, "there never were any for AlexNet, shift-tolerant"),
        (RANDOM, {"bug": "untrained"}, "are random:5 already"),
        ({}, {"bug": "off by one"}, "not one of unit"),
        ({}, {"bug": ["unit"]}, "not one of unit"),
    ],
)
def test_what_cannot_be_is_said(engine: Engine, form: dict, request_: dict, said: str) -> None:
    if form is TOLERANT:
        fetched(form["ask.network"])
    data = asked(engine, form, **request_)
    assert any(said in note for note in data["notes"]), data["notes"]


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_bug_runs_the_network_once_if_at_all(bug) -> None:
    fresh = Engine(device="cpu")
    answer(fresh, VIEW, {"bug": "average"}, FORM, None)
    forwards = dict.fromkeys(("pretrained", "random:0"), 0)

    def counted() -> int:
        return sum(fresh.extractor("alexnet", name)[0].forwards for name in forwards)

    before = counted()
    for norm in ("norm", "raw", "norm"):
        answer(fresh, VIEW, {"bug": bug.name, "norm": norm}, FORM, None)
    # Original, perturbed, the references as one batch, the decoy.
    assert counted() - before == (4 if bug.forwards else 0)
    answer(fresh, VIEW, {"bug": bug.name}, {**FORM, "rotate.angle": 60}, None)
    known = 4 if bug.forwards else 0
    assert counted() - before == known + (2 if bug.forwards else 1)
