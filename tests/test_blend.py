"""Blends: arithmetic on scores, and the words that carry them."""

from __future__ import annotations

import json

import numpy as np
import pytest

from explorer.blend import PARTS, Blend, canonical, from_json, read, to_json, with_blends, written
from explorer.engine import Engine
from explorer.networks import NETWORKS
from explorer.results import NORMS, OWN, Score
from explorer.spec import Text
from tests.conftest import pair
from tests.few import FEW

LINE = "mine:alexnet:1,2,0.5,0,0.25:0.5,0,1:0.25;other:vgg16:0,0,0,0,1:1,1,1:1"


@pytest.mark.parametrize("network", FEW)
def test_a_score_is_the_weighted_sum_of_the_single_distances(network: str) -> None:
    generator = np.random.default_rng(3)
    count = len(NETWORKS[network].taps)
    layers, parts = generator.uniform(0, 2, count), generator.uniform(0, 2, len(PARTS))
    norm = 0.3
    distances = generator.uniform(0, 1, (len(NORMS), len(PARTS), count))
    scores = {
        (part, name): Score(tuple(distances[i, k]))
        for i, name in enumerate(NORMS)
        for k, part in enumerate(PARTS)
    }
    found = Blend("mine", network, tuple(layers), tuple(parts), norm).score(scores)
    raw, normalised = (distances[NORMS.index(n)] for n in ("raw", "norm"))
    expected = layers * (parts @ ((1 - norm) * raw + norm * normalised))
    np.testing.assert_allclose(found.layers, expected, rtol=1e-12)


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("part", PARTS)
def test_one_weight_alone_is_that_metric(engine: Engine, part: str, norm: str) -> None:
    scores = engine.compare_images(*pair(), "alexnet").scores
    parts = tuple(float(p == part) for p in PARTS)
    blend = Blend("mine", "alexnet", (1.0,) * 5, parts, float(norm == "norm"))
    assert blend.score(scores).layers == pytest.approx(scores[part, norm].layers, rel=1e-12)


def test_blends_stand_after_the_others_on_their_own_network(engine: Engine) -> None:
    scores = engine.compare_images(*pair(), "alexnet").scores
    found = with_blends(scores, read(LINE), "alexnet")
    assert list(found) == [*scores, ("mine", OWN)]
    assert with_blends(scores, (), "alexnet") is scores


def test_words_and_files_give_the_same_blends() -> None:
    blends = read(LINE)
    assert written(blends) == LINE
    assert from_json(to_json(blends)) == blends
    assert canonical("mine:alexnet:1.0,1,1,1,1e0:1,0,0:0.50") == "mine:alexnet:1,1,1,1,1:1,0,0:0.5"
    assert read("") == ()


WRONG = {
    "five parts": "mine:alexnet:1,1,1,1,1:1,0,0",
    "too few layers": "mine:alexnet:1,1,1,1:1,0,0:1",
    "unknown network": "mine:resnet0:1,1,1,1,1:1,0,0:1",
    "negative": "mine:alexnet:1,1,1,1,-1:1,0,0:1",
    "too large": "mine:alexnet:1,1,1,1,3:1,0,0:1",
    "not a number": "mine:alexnet:1,1,1,1,nan:1,0,0:1",
    "infinite": "mine:alexnet:1,1,1,1,1e999:1,0,0:1",
    "words": "mine:alexnet:1,1,1,1,x:1,0,0:1",
    "no layers": "mine:alexnet:0,0,0,0,0:1,0,0:1",
    "no parts": "mine:alexnet:1,1,1,1,1:0,0,0:1",
    "norm beyond one": "mine:alexnet:1,1,1,1,1:1,0,0:1.5",
    "two norms": "mine:alexnet:1,1,1,1,1:1,0,0:1,1",
    "a metric's name": "sort:alexnet:1,1,1,1,1:1,0,0:1",
    "a baseline's name": "ssim:alexnet:1,1,1,1,1:1,0,0:1",
    "markup": "<script>:alexnet:1,1,1,1,1:1,0,0:1",
    "twice": ";".join(2 * ["mine:alexnet:1,1,1,1,1:1,0,0:1"]),
    "too many": ";".join(f"m{i}:alexnet:1,1,1,1,1:1,0,0:1" for i in range(9)),
}


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
def test_what_is_no_blend_gets_one_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"\.$") as caught:
        read(text)
    assert "\n" not in str(caught.value)
    knob = Text("", canonical, title="Own metrics")
    cleaned = knob.clean(text, "Own metrics")
    assert cleaned.value == "" and cleaned.note and "not used" in cleaned.note


GOOD = json.loads(to_json(read(LINE)))


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"format": "another"},
        {"blends": []},
        {"blends": "mine"},
        {"blends": [{}]},
        {"blends": [{**GOOD["blends"][0], "layers": {"relu1": 1}}]},
        {"blends": [{**GOOD["blends"][0], "layers": None}]},
        {"blends": [{**GOOD["blends"][0], "metrics": [1, 1, 1]}]},
        {"blends": [{**GOOD["blends"][0], "norm": True}]},
        {"blends": [{**GOOD["blends"][0], "network": "resnet0"}]},
        {"blends": [{**GOOD["blends"][0], "network": "resnet0", "layers": 5}]},
        {"blends": [{**GOOD["blends"][0], "norm": "1"}]},
    ],
)
def test_a_file_that_is_none_gets_one_sentence(change: dict) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        from_json(json.dumps({**GOOD, **change}))


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "[" * 100_000])
def test_text_that_is_no_file_gets_one_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        from_json(text)


def test_a_text_that_is_none_or_too_long_is_not_used() -> None:
    knob = Text("", canonical, longest=50)
    for value in (None, 3, ["x"], "x" * 51, float("nan")):
        cleaned = knob.clean(value, "Its name")
        assert cleaned.value == "" and "not used" in str(cleaned.note)
