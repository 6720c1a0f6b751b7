"""Scenes: their JSON over every registered name, their identity, and hostile JSON."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Iterator
from dataclasses import FrozenInstanceError, replace
from typing import Any

import pytest

from explorer.form import scene_of
from explorer.networks import NETWORKS
from explorer.perturbations import PERTURBATIONS
from explorer.pictures import sample_names
from explorer.scene import VERSION, Layout, Question, Scene, Source, Step
from explorer.spec import Real
from explorer.synthesis import FAMILIES

PLAIN = Scene(
    source=Source("synthesis", Step.of("rings", {"count": 3, "rim": 0.5, "tone": "#ff0000"})),
    decoy=Source("sample", Step.of("cat")),
    layout=Layout(64, "#00ff00", 0.5, -3, 4, 0.25),
    challenge=(Step.of("rotate", {"angle": 30.0}), Step.of("noise", {"sd": 0.5, "on": True})),
    question=Question("alexnet", "random:7", False, "sort"),
)
WRITTEN = (
    '{"challenge":[{"name":"rotate","values":[["angle",30.0]]},'
    '{"name":"noise","values":[["sd",0.5],["on",true]]}],'
    '"decoy":{"kind":"sample","step":{"name":"cat","values":[]}},'
    '"layout":{"background":"#00ff00","cutout":0.25,"scale":0.5,"size":64,"x":-3,"y":4},'
    '"question":{"baselines":false,"heatmap":"sort","network":"alexnet","norm":false,"own":"","taps":"",'
    '"weights":"random:7"},'
    '"source":{"kind":"synthesis","step":{"name":"rings",'
    '"values":[["count",3],["rim",0.5],["tone","#ff0000"]]}},"v":1}'
)


def forms() -> Iterator[tuple[str, dict[str, object]]]:
    """One form for each registered name, and one with every perturbation at once."""
    for family in FAMILIES:
        yield family.name, {"picture.family": family.name}
    for name in sample_names():
        yield f"sample {name}", {"picture.kind": "sample", "picture.sample": name}
    for network in NETWORKS:
        yield network.name, {"ask.network": network.name, "ask.weights": "random", "ask.seed": 7}
    everything: dict[str, object] = {}
    for entry in PERTURBATIONS:
        for end in ("low", "high"):
            ends = {
                f"{entry.name}.{name}": getattr(knob, end)
                for name, knob in entry.knobs.items()
                if isinstance(knob, Real) and getattr(knob, end) != knob.default
            }
            if ends:
                yield f"{entry.name} {end}", ends
        everything |= ends
    yield "all at once", everything
    yield "upload", {"picture.kind": "upload", "layout.cutout": 0.1, "layout.x": -5}


SCENES = {name: scene_of(form, "ab" * 32).scene for name, form in forms()}


def test_every_perturbation_is_among_the_scenes() -> None:
    assert [s.name for s in SCENES["all at once"].challenge] == list(PERTURBATIONS.names())
    assert {s.source.step.name for s in SCENES.values()} >= set(FAMILIES.names())


@pytest.mark.parametrize("scene", [pytest.param(s, id=n) for n, s in SCENES.items()])
def test_json_gives_the_same_scene(scene: Scene) -> None:
    text = scene.to_json()
    again = Scene.from_json(text)
    assert again == scene and hash(again) == hash(scene)
    # Equality takes 1 for 1.0 and True; the text does not.
    assert again.to_json() == text and again.digest() == scene.digest()
    assert text.isascii() and "\n" not in text and " " not in text


def test_scenes_that_differ_have_different_digests() -> None:
    different = set(SCENES.values())
    assert len({scene.digest() for scene in different}) == len(different) > len(FAMILIES)


def test_json_and_digest_do_not_drift() -> None:
    # Links that were sent out must go on working: a change here needs a new VERSION.
    assert VERSION == 1 and PLAIN.to_json() == WRITTEN and Scene.from_json(WRITTEN) == PLAIN
    assert PLAIN.digest() == "83f7793a3b52"


@pytest.mark.parametrize(
    "change",
    [
        {"source": Source("synthesis", Step.of("rings", {"count": 4}))},
        {"decoy": Source("sample", Step.of("coffee"))},
        {"layout": replace(PLAIN.layout, x=-2)},
        {"challenge": PLAIN.challenge[:1]},
        {"challenge": PLAIN.challenge[::-1]},
        {"question": replace(PLAIN.question, norm=True)},
    ],
)
def test_every_part_counts(change: dict[str, Any]) -> None:
    other = replace(PLAIN, **change)
    assert other != PLAIN and other.digest() != PLAIN.digest()
    assert len({other, PLAIN, replace(PLAIN)}) == 2


def test_a_scene_cannot_be_changed() -> None:
    for part, name in ((PLAIN, "layout"), (PLAIN.layout, "size"), (PLAIN.challenge[0], "name")):
        with pytest.raises(FrozenInstanceError):
            setattr(part, name, None)
    PLAIN.challenge[0].kwargs()["angle"] = 0
    assert PLAIN.challenge[0].kwargs() == {"angle": 30.0}


def refusal(text: Any) -> str:
    """The sentence with which `from_json` refuses; any other exception fails the test."""
    with pytest.raises(ValueError) as caught:
        Scene.from_json(text)
    sentence = str(caught.value)
    assert type(caught.value) is ValueError
    assert sentence.startswith("That is not a scene of this program: ") and sentence[-1] == "."
    assert "\n" not in sentence and len(sentence) < 300
    return sentence


@pytest.mark.parametrize(
    "text",
    ["", " ", "scene", "{", "[]", "null", "1", '"v"', "NaN", "true", "{}", "[" * 100_000]
    + ['{"v":' * 100_000, '{"v":1', WRITTEN[:-1], WRITTEN + "}", "1" * 5000, '{"v":1}', '{"v":{}}']
    + ["\x00", "\ud800", b"\xff", b"", None, 1, ["v"], '{"v":"' + "x\\n" * 10**5 + '"}'],
)
def test_what_is_no_scene_is_refused(text: Any) -> None:
    refusal(text)


@pytest.mark.parametrize("version", [0, 2, -1, 1.0, True, "1", None, [1]])
def test_another_version_is_refused_and_named(version: object) -> None:
    text = json.dumps({**json.loads(WRITTEN), "v": version})
    assert f"version {version!r} was given, this program reads 1" in refusal(text)


def places(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path to every value in a JSON tree, parents first."""
    for key in tree if isinstance(tree, dict) else range(len(tree)):
        yield (*path, key)
        if isinstance(tree[key], (dict, list)):
            yield from places(tree[key], (*path, key))


def parent(tree: Any, path: tuple[Any, ...]) -> Any:
    for key in path[:-1]:
        tree = tree[key]
    return tree


PATHS = list(places(json.loads(WRITTEN)))
IDS = [".".join(map(str, path)) for path in PATHS]
WRONG = [None, [], {}, [[]], "", "x\ny", 0, -1, 10**400, 0.5, 1e308, math.nan, -math.inf, True]


@pytest.mark.parametrize("path", PATHS, ids=IDS)
def test_a_wrong_value_is_refused_or_kept_exactly(path: tuple[Any, ...]) -> None:
    """Whatever stands anywhere: a refusal in one sentence, or a scene that says just that."""
    for wrong in WRONG:
        tree = json.loads(WRITTEN)
        before = parent(tree, path)[path[-1]]
        parent(tree, path)[path[-1]] = copy.deepcopy(wrong)
        try:
            scene = Scene.from_json(json.dumps(tree))
        except ValueError:
            refusal(json.dumps(tree))
            continue
        assert json.loads(scene.to_json()) == tree and scene in {scene}
        if path[0] in ("layout", "question") and len(path) == 2:
            like = (type(before), int) if isinstance(before, float) else (type(before),)
            assert type(wrong) in like, "the type of a field is fixed"


@pytest.mark.parametrize("path", [p for p in PATHS if isinstance(p[-1], str)])
def test_a_missing_or_unknown_key_is_refused(path: tuple[Any, ...]) -> None:
    for name in ("unknown", "two\nlines", "x" * 100_000):
        tree = json.loads(WRITTEN)
        parent(tree, path)[name] = 1
        refusal(json.dumps(tree))
    tree = json.loads(WRITTEN)
    del parent(tree, path)[path[-1]]
    refusal(json.dumps(tree))


def test_a_whole_number_will_do_for_a_real_one() -> None:
    tree = json.loads(WRITTEN)
    tree["layout"]["scale"] = 1
    scene = Scene.from_json(json.dumps(tree))
    assert scene.digest() == replace(PLAIN, layout=replace(PLAIN.layout, scale=1.0)).digest()


@pytest.mark.parametrize("values", [["ab"], [["a"]], [["a", 1, 2]], [[1, "a"]], [["a", [1]]], "ab"])
def test_values_must_be_pairs_of_a_name_and_a_plain_value(values: object) -> None:
    tree = json.loads(WRITTEN)
    tree["challenge"][0]["values"] = values
    refusal(json.dumps(tree))
