"""The flat form: over every knob on the screen, to a scene and back; hostile values; presets."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest

from explorer import taps
from explorer.form import AUTO, DEFAULTS, FORM, scene_of, values_of
from explorer.perturbations import PERTURBATIONS
from explorer.presets import PRESETS, Preset
from explorer.registry import Entry
from explorer.scene import Scene
from explorer.spec import Choice, Colour, Knob, Real, Text, Toggle, Value
from explorer.synthesis import FAMILIES

SHA = "5" * 64
NAMES = list(FORM)
HOSTILE = {
    "nan": math.nan,
    "inf": -math.inf,
    "text": "'; drop --",
    "empty": "",
    "huge": 1e300,
    "huge whole": 10**5000,
    "None": None,
    "list": [[1], 2],
    "dict": {"a": {}},
    "bytes": b"\xff",
    "array": np.ones((2, 2)),
    "object": object(),
}


def positions(knob: Knob) -> Iterator[Value]:
    """Each option, both ends and one place between, or two colours."""
    if isinstance(knob, Choice):
        yield from knob.options
    elif isinstance(knob, Toggle):
        yield from (False, True)
    elif isinstance(knob, Colour):
        yield from ("#000000", "#12ab9f")
    elif isinstance(knob, Text):
        layers = knob.canonical is taps.canonical
        yield ""
        yield "vgg16:relu2_2,relu5_3" if layers else "mine:alexnet:1,1,0.5,1,1:1,0,0.25:0.5"
    else:
        yield from knob.grid(3)


def live(entry: Entry) -> dict[str, Value]:
    """The effect of a perturbation turned fully on."""
    knobs = {name: entry.knobs[name] for name in entry.facts["neutral"]}
    return {f"{entry.name}.{n}": k.high for n, k in knobs.items() if isinstance(k, Real)}


def relevant(name: str) -> dict[str, Value]:
    """A form in which the knob of that name means something."""
    group = name.split(".")[0]
    if group in FAMILIES:
        return {**DEFAULTS, "picture.family": group}
    if group in PERTURBATIONS:
        return {**DEFAULTS, **live(PERTURBATIONS[group])}
    needed: dict[str, dict[str, Value]] = {
        "picture.sample": {"picture.kind": "sample"},
        "ask.seed": {"ask.weights": "random"},
    }
    return {**DEFAULTS, **needed.get(name, {})}


def at_every_position(name: str) -> Iterator[tuple[Value, Scene]]:
    for value in positions(FORM[name]):
        filled = scene_of({**relevant(name), name: value}, SHA)
        assert filled.notes == (), value
        yield value, filled.scene


@pytest.mark.parametrize("name", NAMES)
def test_a_scene_and_its_form_say_the_same(name: str) -> None:
    for value, scene in at_every_position(name):
        values = values_of(scene)
        assert list(values) == NAMES
        again = scene_of(values, SHA)
        assert again.scene == scene and again.notes == (), value
        assert again.scene.to_json() == scene.to_json(), value


@pytest.mark.parametrize("name", NAMES)
def test_every_position_of_a_relevant_knob_is_another_scene(name: str) -> None:
    scenes: dict[Scene, Value] = {}
    for value, scene in at_every_position(name):
        if name == "decoy.family" and value == scene_of(DEFAULTS).scene.decoy.step.name:
            # The one exception: naming the family that "auto" would have taken changes nothing.
            assert scenes[scene] == AUTO
            continue
        assert scene not in scenes, f"{value} and {scenes.get(scene)} are the same"
        scenes[scene] = value
    assert len(scenes) > 1


@pytest.mark.parametrize("name", NAMES)
def test_hostile_values_give_a_scene_and_a_note(name: str) -> None:
    base = relevant(name)
    without = scene_of({k: v for k, v in base.items() if k != name}, SHA).scene
    for label, value in HOSTILE.items():
        if label == "empty" and isinstance(FORM[name], Text):
            continue  # No text is a text.
        filled = scene_of({**base, name: value}, SHA)
        assert len(filled.notes) == 1, (label, filled.notes)
        assert filled.notes[0].endswith(".") and "\n" not in filled.notes[0]
        assert len(filled.notes[0]) < 600
        again = scene_of(values_of(filled.scene), SHA)
        assert again.scene == filled.scene and again.notes == ()
        if label != "huge":
            assert filled.scene.to_json() == without.to_json(), "nonsense becomes the default"


@pytest.mark.parametrize("label", HOSTILE)
def test_hostile_values_everywhere_at_once(label: str) -> None:
    filled = scene_of(dict.fromkeys(FORM, HOSTILE[label]))
    assert len(filled.notes) >= len([n for n in FORM if n.split(".")[0] in PERTURBATIONS])
    again = scene_of(values_of(filled.scene))
    assert again.scene == filled.scene and again.notes == ()
    if label != "huge":
        assert filled.scene.to_json() == scene_of({}).scene.to_json()


def test_missing_values_are_defaults_and_other_names_are_ignored() -> None:
    empty = scene_of({})
    assert empty == scene_of(DEFAULTS) and empty.notes == ()
    assert scene_of({"no.such": 1, "rings": 2, "": 3, "rings.count.x": 4}) == empty
    # What is not on show is not complained about either.
    assert scene_of({"maze.seed": "x", "picture.sample": 1, "ask.norm": True}).notes == ()


def test_every_name_is_one_knob() -> None:
    declared = sum(len(entry.knobs) for entry in (*FAMILIES, *PERTURBATIONS))
    own = [n for n in FORM if n.split(".")[0] in ("picture", "layout", "decoy", "ask")]
    assert len(FORM) == declared + len(own), "two declarations share a dotted name"
    assert not set(FAMILIES.names()) & set(PERTURBATIONS.names())


@pytest.mark.parametrize("entry", [pytest.param(e, id=e.name) for e in PERTURBATIONS])
def test_neutral_values_leave_no_step(entry: Entry) -> None:
    neutral = {f"{entry.name}.{k}": v for k, v in entry.facts["neutral"].items()}
    others: dict[str, Value] = {
        f"{entry.name}.{name}": list(positions(knob))[-1]
        for name, knob in entry.knobs.items()
        if f"{entry.name}.{name}" not in neutral
    }
    assert scene_of({**others, **neutral}).scene.challenge == ()
    # Each knob that carries the effect brings it about alone, and brings the others along.
    for name, value in live(entry).items():
        (step,) = scene_of({**others, **neutral, name: value}).scene.challenge
        assert step.name == entry.name and list(step.kwargs()) == list(entry.knobs)
        given = {**neutral, **others, name: value}
        assert {f"{entry.name}.{knob}": v for knob, v in step.values} == given


def test_the_defaults_challenge_nothing() -> None:
    assert scene_of(DEFAULTS).scene.challenge == ()


def test_the_order_of_the_form_does_not_matter() -> None:
    everything = {**DEFAULTS}
    for entry in PERTURBATIONS:
        everything |= live(entry)
    scene = scene_of(everything).scene
    assert [step.name for step in scene.challenge] == list(PERTURBATIONS.names())
    assert scene_of(dict(reversed(everything.items()))).scene == scene


def test_an_upload_is_named_by_its_hash_and_awaited_without() -> None:
    form = {"picture.kind": "upload", "picture.family": "maze"}
    assert scene_of(form, SHA).scene.source.step.name == SHA
    waiting = scene_of(form)
    assert waiting.scene.source == scene_of({"picture.family": "maze"}).scene.source
    assert waiting.notes == ("No picture is uploaded yet: showing maze meanwhile.",)


@pytest.mark.parametrize("family", FAMILIES.names())
def test_the_automatic_decoy_is_another_figure(family: str) -> None:
    decoy = scene_of({"picture.family": family}).scene.decoy
    assert decoy.step.name != family and FAMILIES[decoy.step.name].facts["kind"] == "figure"
    assert decoy.step.kwargs() == FAMILIES[decoy.step.name].defaults()


CASES = [pytest.param(preset, id=preset.name) for preset in PRESETS]


@pytest.mark.parametrize("preset", CASES)
def test_a_preset_is_a_clean_form_with_a_challenge(preset: Preset) -> None:
    assert set(preset.values) <= set(FORM), "names that no control has"
    filled = scene_of(preset.values)
    assert filled.notes == ()
    moved = {name.split(".")[0] for name in preset.values} & set(PERTURBATIONS.names())
    assert moved and moved == {step.name for step in filled.scene.challenge}
    shown = values_of(filled.scene)
    assert {name: shown[name] for name in preset.values} == preset.values, "has no effect"


def test_the_presets_hold_every_case_of_the_paper() -> None:
    assert len({p.name for p in PRESETS}) == len({p.title for p in PRESETS}) == len(PRESETS)
    challenged = {s.name for p in PRESETS for s in scene_of(p.values).scene.challenge}
    assert {entry.name for entry in PERTURBATIONS if entry.facts["paper"]} <= challenged
