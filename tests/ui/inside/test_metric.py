"""The view Build a metric: answers to the page, odd ones too, and the suite behind it."""

from __future__ import annotations

import json

import pytest

from explorer.blend import read
from explorer.engine import Engine
from explorer.form import scene_of
from explorer.results import OWN
from explorer.ui.inside.answer import answer
from explorer.ui.inside.metric import VIEW, kept
from explorer.ui.inside.metric_suite import progress

FORM = {"rotate.angle": 60.0, "layout.size": "96"}
LINE = "mine:alexnet:1,0.5,2,0,1:0.25,1,0.5:0.4"


def ask(engine: Engine, **request: object) -> dict:
    return answer(engine, VIEW, {"number": 1, **request}, FORM, None)


def test_the_sliders_start_as_spatial_with_norm(engine: Engine) -> None:
    found = ask(engine)
    own, *others = found["rows"]
    same = next(r for r in others if (r["metric"], r["norm"]) == ("spatial", "norm"))
    assert own["norm"] == OWN
    assert (own["distance"], own["ratio"]) == (same["distance"], pytest.approx(same["ratio"]))


def test_the_verdict_is_that_of_explore(engine: Engine) -> None:
    scene = scene_of({**FORM, "ask.own": LINE}).scene
    expected = next(v for v in engine.explore(scene).verdicts if v.norm == OWN)
    row = ask(engine, blend=LINE)["rows"][0]
    nearest = min(expected.references.values())
    assert row["ratio"] == pytest.approx(expected.distance / nearest)
    assert row["passed"] == expected.sees_same


def test_no_network_runs_while_weights_move(engine: Engine) -> None:
    ask(engine)
    before = engine.extractor("alexnet")[0].forwards
    for weight in (0.05, 1, 1.95):
        ask(engine, blend=f"mine:alexnet:{weight},1,1,1,1:1,1,1:0.5")
    assert engine.extractor("alexnet")[0].forwards == before


@pytest.mark.parametrize(
    "request_",
    [
        {"blend": "mine:alexnet:0,0,0,0,0:1,1,1:1"},
        {"blend": "mine:alexnet:1,1,1,1,1:0,0,0:1"},
        {"blend": "sort:alexnet:1,1,1,1,1:1,0,0:1"},
        {"blend": "<b>:alexnet:1,1,1,1,1:1,0,0:1"},
        {"imported": "{"},
        {"imported": "[]"},
        {"exported": "nonsense"},
    ],
)
def test_what_cannot_be_a_metric_gets_one_sentence(engine: Engine, request_: dict) -> None:
    found = ask(engine, **request_)
    assert found["failed"] and len(found["notes"]) == 1
    assert found["notes"][0].endswith(".")


def test_other_types_and_other_networks_give_the_first_metric(engine: Engine) -> None:
    for blend in (3, None, ["x"], "mine:vgg16:1,1,1,1,1:1,0,0:1", "x" * 20_000):
        assert ask(engine, blend=blend)["name"] == "my metric"


def test_files_go_out_and_come_in(engine: Engine) -> None:
    out = ask(engine, exported=LINE)["exported"]
    assert json.loads(out)["blends"][0]["layers"]["relu3"] == 2
    assert read(ask(engine, imported=out)["imported"]) == read(LINE)


def test_the_suite_is_scored_once_and_counted_ever_after() -> None:
    engine = Engine(device="cpu")
    assert ask(engine)["kinds"] == []
    told = list(progress(engine, {"network": "alexnet", "number": 7}))
    assert told[-1]["done"] and all(t["number"] == 7 for t in told)
    table = kept(engine, "alexnet")
    assert table is not None
    before = engine.extractor("alexnet")[0].forwards
    row = ask(engine, blend=LINE)["rows"][0]
    assert row["all"] == [int(table.passed(read(LINE)[0]).sum()), len(table.kinds)]
    again = list(progress(engine, {"network": "alexnet", "number": 8}))
    assert again[-1]["done"]
    # The pair's forwards only.
    assert engine.extractor("alexnet")[0].forwards <= before + 4


def test_a_network_that_is_none_gets_a_sentence(engine: Engine) -> None:
    (told,) = progress(engine, {"network": {"x": 1}, "number": 2})
    assert told["done"] and told["text"].startswith("There is no network")


PAIRS = {
    "small": {"rotate.angle": 60.0, "layout.size": "64"},
    "unchanged": {"layout.size": "64"},
    "uniform": {
        "layout.size": "64",
        "layout.scale": 0.1,
        "layout.x": 128,
        "layout.y": 128,
        "translate.x": 64,
    },
    "untrained": {"rotate.angle": 60.0, "layout.size": "64", "ask.weights": "random"},
}


@pytest.mark.parametrize("form", PAIRS.values(), ids=PAIRS)
@pytest.mark.parametrize("swap", [False, True])
def test_every_pair_has_an_answer(engine: Engine, form: dict, swap: bool) -> None:
    found = answer(engine, VIEW, {"number": 1, "blend": LINE, "swap": swap}, form, None)
    assert not found.get("failed") and len(found["rows"]) == 11
    unchanged = not any(name.startswith(("rotate", "translate")) for name in form)
    if unchanged:
        assert found["total"] == "0" and found["shares"] == [0.0] * 5
    json.dumps(found, allow_nan=False)
