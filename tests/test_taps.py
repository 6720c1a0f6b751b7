"""Chosen layers: their words, and that only they count."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image

from explorer import taps
from explorer.cli import main
from explorer.engine import Engine
from explorer.figures.receipt import network
from explorer.form import scene_of
from explorer.networks import NETWORKS
from explorer.scene import Scene
from tests.conftest import pair

FORM = {"layout.size": "64", "rotate.angle": 30}
CHOICE = "alexnet:relu2,relu5"


def scene(**values: object) -> Scene:
    filled = scene_of(FORM | {name.replace("_", ".", 1): v for name, v in values.items()})
    assert not filled.notes
    return filled.scene


def test_only_chosen_layers_count_and_no_network_runs_for_it() -> None:
    engine = Engine("cpu")
    whole = engine.explore(scene())
    before = engine.extractor("alexnet")[0].forwards
    part = engine.explore(scene(ask_taps=CHOICE))
    assert engine.extractor("alexnet")[0].forwards == before
    assert part.comparison.layers == part.comparison.receipt.taps == ("relu2", "relu5")
    for (metric, norm), score in part.comparison.scores.items():
        assert metric != "lpips"
        every = whole.comparison.scores[metric, norm].layers
        assert score.layers == pytest.approx((every[1], every[4]), rel=1e-6)
    verdicts = {(v.metric, v.norm): v for v in part.verdicts}
    assert verdicts["sort", "norm"].distance == part.comparison.scores["sort", "norm"].total
    assert {m.layer for m in part.maps} == {"relu2", "relu5"}
    assert whole.comparison.receipt.taps == () and len(whole.comparison.layers) == 5


def test_the_choice_stays_with_its_network() -> None:
    found = Engine("cpu").explore(
        scene(ask_taps=CHOICE, ask_network="squeezenet1_1_caffe", ask_weights="random")
    )
    assert found.comparison.receipt.taps == () and len(found.comparison.layers) == 7


def test_every_part_of_the_engine_reads_the_same_layers() -> None:
    engine, asked = Engine("cpu"), scene(ask_taps=CHOICE)
    exploration = engine.explore(asked)
    (judged,) = engine.judged([asked])
    for there, here in zip(judged, exploration.verdicts, strict=True):
        assert there.distance == pytest.approx(here.distance, rel=1e-5)
        assert there.references == pytest.approx(here.references, rel=1e-5)
    both = engine.pair(asked)
    assert both.layers == ("relu2", "relu5") and both.heads is None
    assert [m.shape[1] for m in both.features_a.maps] == [192, 256]
    assert [m.shape[1] for m in engine.blanks(asked)[0].maps] == [192, 256]
    assert network(engine.receipt(asked)) == "alexnet at relu2, relu5"
    a, b = pair(64)
    assert len(engine.compare_images(a, b, "alexnet", layers=(1, 4)).layers) == 2


def test_own_metrics_wait() -> None:
    own = "mine:alexnet:1,1,1,1,1:1,0,0:1"
    filled = scene_of(FORM | {"ask.own": own, "ask.taps": CHOICE})
    assert any("Own metrics weigh all layers" in note for note in filled.notes)
    found = Engine("cpu").explore(filled.scene)
    assert ("mine", "own") not in found.comparison.scores


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("relu2", "names no network"),
        ("resnet:relu", "names no network"),
        ("alexnet:", "alexnet has the layers relu1,"),
        ("alexnet:relu9", "'relu9' was given"),
        ("alexnet:relu1;alexnet:relu2", "twice"),
        (";", "names no network"),
    ],
)
def test_what_is_no_choice_is_refused(line: str, words: str) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        taps.canonical(line)
    assert str(caught.value).endswith(".") and "\n" not in str(caught.value)


def test_places_are_in_order_of_depth() -> None:
    assert taps.places(NETWORKS["alexnet"], ["relu5", "relu2"]) == (1, 4)
    assert taps.chosen("vgg16:relu3_3;alexnet:relu2,relu5", "alexnet") == (1, 4)
    assert taps.chosen("vgg16:relu3_3", "alexnet") == ()


def test_the_prompt(tmp_path, capsys) -> None:
    files = [str(tmp_path / name) for name in ("a.png", "b.png")]
    for path, image in zip(files, pair(64), strict=True):
        Image.fromarray((image.permute(1, 2, 0).numpy() * 255).round().astype(np.uint8)).save(path)
    assert main(["compare", *files, "--json"]) == 0
    whole = json.loads(capsys.readouterr().out)
    assert main(["compare", *files, "--json", "--taps", "relu5,relu2"]) == 0
    part = json.loads(capsys.readouterr().out)
    assert part["layers"] == ["relu2", "relu5"] and "lpips" not in part["scores"]
    for norm, score in part["scores"]["sort"].items():
        layers = whole["scores"]["sort"][norm]["layers"]
        assert score["layers"] == pytest.approx([layers[1], layers[4]], rel=1e-6)


def test_the_suite_at_the_prompt(capsys) -> None:
    line = "alexnet:relu2,relu5;vgg16:relu3_3"
    assert main(["suite", "builtin", "--json", "--taps", line]) == 0
    part = json.loads(capsys.readouterr().out)
    assert part["layers"] == {"alexnet": ["relu2", "relu5"]}
    assert main(["suite", "builtin", "--json", "--taps", "relu5,relu2"]) == 0
    assert json.loads(capsys.readouterr().out) == part
    assert main(["suite", "builtin", "--taps", "relu9"]) == 1
    assert "alexnet has the layers relu1" in capsys.readouterr().err
