"""All views: they explain themselves, and answer every pair with data or one sentence."""

from __future__ import annotations

import json
import re

import pytest

from explorer.engine import Engine
from explorer.results import NORMS
from explorer.ui.inside import VIEWS, View
from explorer.ui.inside.answer import answer

SMALL = {"rotate.angle": 30.0, "layout.size": "64"}
PAIRS = {
    "small": SMALL,
    "unchanged": {"layout.size": "64"},
    # The subject stands outside of the canvas, before and after.
    "uniform": {"layout.size": "64", "layout.scale": 0.1, "layout.x": 128, "translate.x": 64},
    "stained": {"stain.strength": 1.0, "layout.size": "64"},
    "untrained": {**SMALL, "ask.weights": "random"},
    "chosen layers": {**SMALL, "ask.taps": "alexnet:relu2,relu5"},
    "own metric": {**SMALL, "ask.own": "mine:alexnet:1,1,1,1,1:1,1,1:0.5"},
    "graph": {
        "rotate.angle": 30.0,
        "layout.size": "96",
        "ask.network": "mobilenet_v3_small",
        "ask.weights": "random",
    },
}
REFUSED = {
    ("metric", "chosen layers"): "weighs all layers of AlexNet",
    ("mask", "graph"): "is not known here",
}
views = pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)


@views
def test_two_sentences_say_how_to_read_it(view: View) -> None:
    assert len(re.findall(r"[.?](?= |$)", view.help)) == 2, view.help


@pytest.mark.parametrize("swap", [False, True])
@pytest.mark.parametrize("pair", PAIRS)
@views
def test_every_pair_is_answered(engine: Engine, view: View, pair: str, swap: bool) -> None:
    for norm in NORMS:
        request = {"number": 3, "swap": swap, "norm": norm}
        found = answer(engine, view, request, PAIRS[pair], None)
        json.dumps(found, allow_nan=False)
        assert found["number"] == 3
        sentence = REFUSED.get((view.name, pair))
        if sentence is None:
            assert not found.get("failed"), found["notes"]
            assert found["frame"]["swap"] is swap
        else:
            assert found["failed"] and sentence in found["notes"][0]


@views
def test_a_question_asked_again_runs_no_network(engine: Engine, view: View) -> None:
    def ask(**changes: object) -> None:
        # Locality goes on piece by piece, until it knows all its challenges.
        left = True
        while left:
            found = answer(engine, view, {"number": 1, **changes}, SMALL, None)
            assert not found.get("failed")
            left = found.get("left", 0) > 0

    questions = [{}, {"layer": 3}, {"norm": "raw"}, {"swap": True}, {"layer": 0, "norm": "raw"}]
    for question in questions:
        ask(**question)
    before = engine.extractor("alexnet")[0].forwards
    for question in questions:
        ask(**question)
    assert engine.extractor("alexnet")[0].forwards == before
