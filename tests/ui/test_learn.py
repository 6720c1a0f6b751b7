"""The lessons: what they declare, and that their answers are what the engine says."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from xml.etree import ElementTree

import numpy as np
import pytest

from explorer.engine import Engine
from explorer.form import DEFAULTS, FORM, scene_of, values_of
from explorer.perturbations import PERTURBATIONS
from explorer.results import Exploration
from explorer.ui.inside import VIEWS
from explorer.ui.learn import SAME, answer
from explorer.ui.lessons import BY_NAME, LESSONS
from explorer.ui.lessons_kind import FIGURES, Found, Lesson

each = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)


def explored(engine: Engine, lesson: Lesson, **moved: object) -> Exploration:
    return engine.explore(scene_of({**lesson.values, **moved}).scene)


def test_eight_to_ten_steps_each_with_a_name_of_its_own() -> None:
    assert 8 <= len(LESSONS) <= 10
    assert len(BY_NAME) == len(LESSONS) == len({lesson.title for lesson in LESSONS})
    assert all(re.fullmatch("[a-z]+", name) for name in BY_NAME), "they stand in links"


@each
def test_the_values_are_clean(lesson: Lesson) -> None:
    filled = scene_of(lesson.values)
    assert filled.notes == ()
    assert filled.scene.challenge, "nothing is changed"
    kept = values_of(filled.scene)
    assert {name: kept[name] for name in lesson.values} == lesson.values
    assert all(value != DEFAULTS[name] for name, value in lesson.values.items())


@each
def test_everything_is_said(lesson: Lesson) -> None:
    texts = [lesson.title, *lesson.text, lesson.question, lesson.point, lesson.dare]
    texts += [text for c in lesson.choices for text in (c.name, c.text, c.because)]
    assert all(text.strip() for text in texts)
    assert 2 <= len(lesson.text) <= 3
    assert 2 <= len(lesson.choices) <= 4
    assert len({c.name for c in lesson.choices}) == len({c.text for c in lesson.choices})
    assert lesson.figure in FIGURES and lesson.rows and lesson.formulas


@each
def test_sliders_are_of_the_challenge_or_the_metric(lesson: Lesson) -> None:
    for name in lesson.play:
        assert name in FORM
        assert name.partition(".")[0] in {*PERTURBATIONS.names(), "ask"}


@each
def test_doors_lead_somewhere(lesson: Lesson) -> None:
    places = {
        "Sweep": {n for n in FORM if n.partition(".")[0] in PERTURBATIONS.names()},
        "Look inside": {view.name for view in VIEWS},
        "Challenge suite": {""},
    }
    assert all(door.at in places[door.tab] and door.title for door in lesson.doors)


def test_together_they_lead_to_sweep_and_look_inside() -> None:
    tabs = {door.tab for lesson in LESSONS for door in lesson.doors}
    assert tabs == {"Sweep", "Look inside", "Challenge suite"}
    assert "metric" in {door.at for door in LESSONS[-1].doors}


@each
def test_formulas_are_mathml_with_words(lesson: Lesson) -> None:
    for formula in lesson.formulas:
        figure = ElementTree.fromstring(formula.html)
        assert figure[0].tag == "math" and figure[0].get("alttext") == formula.words
        assert figure[1].tag == "figcaption" and figure[1].text == formula.words
        for node in figure[0].iter():
            # These take a fixed number of elements, or browsers show an error.
            wanted = {"msub": 2, "msup": 2, "mfrac": 2, "munder": 2, "mover": 2, "msubsup": 3}
            assert len(node) == wanted.get(node.tag, len(node)), ElementTree.tostring(node)


def part(found: Exploration, metric: str, norm: str, against: str = "") -> float:
    """Distance ÷ the nearest blank reference, or ÷ the decoy, from the verdicts as they are."""
    (verdict,) = [v for v in found.verdicts if (v.metric, v.norm) == (metric, norm)]
    limit = verdict.decoy if against == "decoy" else min(verdict.references.values())
    assert limit
    return verdict.distance / limit


def largest(found: Exploration) -> str:
    layers = found.comparison.scores["spatial", "norm"].layers
    return ("first", "second", "middle", "middle", "last")[layers.index(max(layers))]


def untouched(found: Exploration) -> str:
    last = found.maps[-1].values.astype(np.float64)
    side = found.original.shape[-1]
    total = 0.0
    for row in range(last.shape[0]):
        for column in range(last.shape[1]):
            y = int((row + 0.5) * side / last.shape[0])
            x = int((column + 0.5) * side / last.shape[1])
            if (found.original[:, y, x] == found.perturbed[:, y, x]).all():
                total += last[row, column]
    share = total / last.sum()
    return "none" if share == 0 else "some" if share < 0.5 else "most"


def way(metric: str) -> Callable[[Exploration], str]:
    def named(found: Exploration) -> str:
        at = part(found, metric, "norm")
        return "beyond" if at > 1 else "close" if at >= 0.5 else "near"

    return named


def norms(found: Exploration) -> str:
    norm, raw = part(found, "spatial", "norm") <= 1, part(found, "spatial", "raw") <= 1
    return {(1, 1): "both", (1, 0): "norm", (0, 1): "raw", (0, 0): "neither"}[norm, raw]


def ordered(found: Exploration) -> str:
    totals = {m: sum(found.comparison.scores[m, "raw"].layers) for m in ("spatial", "sort", "mean")}
    return "-".join(name for _, name in sorted((d, name) for name, d in totals.items()))


def count(found: Exploration) -> str:
    passed = [part(found, m, "norm", "decoy") < 1 for m in ("spatial", "mean", "sort")]
    return ("none", "one", "two", "three")[sum(passed)]


def summed(found: Exploration) -> str:
    low, high = sorted(part(found, m, "norm") for m in ("spatial", "sort"))
    both = part(found, "spatial+sort", "norm")
    return "outside" if not low <= both <= high else "passes" if both <= 1 else "fails"


EXPECTED: dict[str, Callable[[Exploration], str]] = {
    "features": largest,
    "spatial": untouched,
    "blank": way("spatial"),
    "translate": norms,
    "mean": way("mean"),
    "sort": ordered,
    "norm": norms,
    "stain": count,
    "untrained": way("sort"),
    "together": summed,
}

# Slider positions at which something else may be true than where the lesson starts.
ELSEWHERE: dict[str, list[dict[str, object]]] = {
    "features": [{"blur.sigma": 0, "noise.sd": 0.2}, {"blur.sigma": 0, "brightness.amount": 0.2}],
    "spatial": [{"occlusion.side": 90}, {"occlusion.side": 8}],
    "blank": [{"rotate.angle": 5}, {"rotate.angle": 180}],
    "translate": [{"translate.x": 3, "translate.y": 0}],
    "mean": [{"translate.x": 128, "translate.y": 128}],
    "sort": [{"rotate.angle": 20}, {"noise.sd": 0.3}],
    "norm": [{"invert.amount": 0.2}, {"invert.amount": 0.5}],
    "stain": [{"stain.strength": 0.3}, {"stain.strokes": 60}],
    "untrained": [{"ask.weights": "pretrained"}, {"ask.seed": 1}],
    "together": [{"translate.x": 80, "translate.y": 80}],
}


@each
def test_the_answer_is_what_the_engine_says(engine: Engine, lesson: Lesson) -> None:
    for moved in ({}, *ELSEWHERE[lesson.name]):
        data = answer(engine, {"lesson": lesson.name, "moved": moved, "number": 7})
        wanted = EXPECTED[lesson.name](explored(engine, lesson, **moved))
        assert data["choice"] == wanted, moved
        assert wanted in {choice.name for choice in lesson.choices}
        assert (data["number"], data["untouched"], data["notes"]) == (7, not moved, [])
        assert re.search(r"\d", data["because"]) and not re.search("[{}]", data["because"])
        json.dumps(data, allow_nan=False)


@pytest.mark.parametrize("name", ["features", "spatial", "blank", "translate", "mean", "untrained"])
def test_the_sliders_lead_to_other_answers(engine: Engine, name: str) -> None:
    found = {
        answer(engine, {"lesson": name, "moved": moved})["choice"]
        for moved in ({}, *ELSEWHERE[name])
    }
    assert len(found) > 1


@each
def test_every_explanation_can_be_filled_in(engine: Engine, lesson: Lesson) -> None:
    numbers = lesson.answer(explored(engine, lesson)).numbers
    for choice in lesson.choices:
        said = lesson.explained(Found(choice.name, numbers))
        assert not re.search("[{}]", said)
    with pytest.raises(ValueError, match=f"{lesson.name}: 'else' was found, which is none of"):
        lesson.explained(Found("else", numbers))


@each
def test_the_figure_shows_what_the_answer_is_about(engine: Engine, lesson: Lesson) -> None:
    data = answer(engine, {"lesson": lesson.name})
    found = explored(engine, lesson)
    if lesson.figure == "layers":
        shares = [p["share"] for p in data["layers"]["parts"]]
        assert sum(shares) == pytest.approx(1)
        score = found.comparison.scores[lesson.rows[0]]
        assert shares == pytest.approx([layer / score.total for layer in score.layers])
    elif lesson.figure == "maps":
        assert [m["layer"] for m in data["maps"]] == list(found.comparison.layers)
    else:
        assert [(r["metric"], r["norm"]) for r in data["rows"]] == list(lesson.rows)
        for row in data["rows"]:
            assert row["ratio"] == pytest.approx(part(found, row["metric"], row["norm"]))
            assert row["passed"] == (row["ratio"] <= row["limit"])
            assert len(row["ticks"]) == 8


def test_unchanged_pictures_have_no_answer(engine: Engine) -> None:
    data = answer(engine, {"lesson": "blank", "moved": {"rotate.angle": 0}})
    assert (data["choice"], data["because"]) == (None, SAME)
    data = answer(engine, {"lesson": "stain", "moved": {"stain.strength": 0}})
    assert (data["choice"], data["because"]) == (None, SAME)


@pytest.mark.parametrize(
    ("request_", "note"),
    [
        ({}, "There is no lesson 'None'"),
        ({"lesson": "x" * 500}, "There is no lesson 'xxx"),
        ({"lesson": ["blank"], "number": "7"}, "There is no lesson"),
        ({"lesson": "blank", "moved": {"rotate.angle": "much"}}, "not a number"),
        ({"lesson": "blank", "moved": {"rotate.angle": 1e9}}, "outside -180 to 180"),
        ({"lesson": "untrained", "moved": {"ask.weights": "/etc/passwd"}}, "not one of"),
    ],
)
def test_odd_requests_get_a_sentence_and_an_answer(
    engine: Engine, request_: dict, note: str
) -> None:
    data = answer(engine, request_)
    assert any(note in said for said in data["notes"]), data["notes"]
    assert data["lesson"] in BY_NAME and data["pictures"] and isinstance(data["number"], int)


@pytest.mark.parametrize("moved", [None, [], "x", {"layout.size": "256"}, {"ask.network": "vgg16"}])
def test_only_the_sliders_of_the_lesson_can_be_moved(engine: Engine, moved: object) -> None:
    data = answer(engine, {"lesson": "blank", "moved": moved})
    assert data["untouched"] and data["notes"] == []
    assert data == answer(engine, {"lesson": "blank"})


def test_a_network_without_weights_gets_a_sentence(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(scene: object, upload: object = None) -> Exploration:
        raise ValueError("The weights are not here.")

    monkeypatch.setattr(engine, "explore", refuse)
    data = answer(engine, {"lesson": "blank", "number": 3})
    assert data["failed"] and data["notes"] == ["The weights are not here."]
