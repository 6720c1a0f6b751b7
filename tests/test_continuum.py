"""The continuum of a scene: pieces, forwards, and verdicts that Explore's agree with."""

from __future__ import annotations

from dataclasses import replace

import pytest

from explorer.continuum import FORGIVEN, continuum, steps_for
from explorer.engine import Engine
from explorer.form import scene_of
from explorer.inside.locality import MODES
from explorer.inside.windowed import Continuum
from explorer.perturbations import PERTURBATIONS
from explorer.results import NORMS
from explorer.scene import Layout, Scene
from tests.few import FEW

SMALL = {"layout.size": "64", "translate.x": 9, "ask.weights": "random"}
UNIFORM = {"picture.family": "squares", "squares.ink": "#ffffff", "squares.paper": "#ffffff"}


def scene(**changes: object) -> Scene:
    filled = scene_of({**SMALL, **{k.replace("__", "."): v for k, v in changes.items()}})
    assert not filled.notes
    return filled.scene


def found(
    engine: Engine, asked: Scene, seconds: float = 60, swapped: bool = False, tiles: int = 4
) -> Continuum:
    with engine.locked():
        pair = engine.pair(asked)
        return continuum(engine, asked, None, pair.swap() if swapped else pair, tiles, seconds)


def test_pieces_come_until_all_is_there_and_then_no_network_runs() -> None:
    engine = Engine(device="cpu")
    asked = scene()
    engine.explore(asked)
    extractor = engine.extractor("alexnet", asked.question.weights)[0]
    before = extractor.forwards
    now = found(engine, asked, seconds=0)
    # The pair and what it is held against are there from Explore: one piece, no forward.
    assert extractor.forwards == before and now.left == now.count - 1
    left = [now.left]
    while left[-1]:
        now = found(engine, asked, seconds=0)
        assert bool(now.doing) is bool(now.left)
        left.append(now.left)
    assert left == list(range(left[0], -1, -1))
    # One forward for the shuffle and each of the paper's challenges.
    assert extractor.forwards == before + 1 + len(FORGIVEN)
    again = found(engine, asked, seconds=0)
    assert extractor.forwards == before + 1 + len(FORGIVEN)
    assert again.left == 0
    assert [c.points for c in again.challenges] == [c.points for c in now.challenges]


def test_the_pair_comes_before_the_other_challenges_and_coarse_before_fine() -> None:
    engine = Engine(device="cpu")
    now = found(engine, scene(), seconds=0)
    while len(now.challenges[0].points) < 2 or len(now.decoy) < 2:
        now = found(engine, scene(), seconds=0)
        assert not any(c.points for c in now.challenges[1:])
    ends = {now.windows[0], now.windows[-1]}
    assert set(now.challenges[0].points) == set(now.decoy) == ends


@pytest.mark.parametrize("network", FEW)
def test_both_ends_are_explores_verdicts(network: str, engine: Engine) -> None:
    asked = scene(ask__network=network, ask__seed=4)
    done = found(engine, asked)
    for challenge in done.challenges:
        if challenge.minded:
            continue
        step = replace(asked, challenge=challenge.steps)
        right = {(v.metric, v.norm): v for v in engine.explore(step).verdicts}
        for mode in MODES:
            for norm in NORMS:
                for window, metric in ((done.windows[0], "spatial"), (done.windows[-1], mode)):
                    mine = done.verdict(challenge, window, mode, norm)
                    theirs = right[metric, norm]
                    assert mine is not None
                    assert mine.distance == pytest.approx(theirs.distance, rel=1e-6)
                    # References went through the network in one batch there as here.
                    for name, distance in theirs.references.items():
                        assert mine.references[name] == pytest.approx(distance, rel=1e-6)
                    assert mine.decoy == pytest.approx(theirs.decoy, rel=1e-6)
                    rule = challenge.rule
                    assert mine.passes(rule) == theirs.passes(rule)


def test_swapped_pictures_are_judged_from_the_perturbed_one(engine: Engine) -> None:
    asked = scene()
    there, back = found(engine, asked), found(engine, asked, swapped=True)
    assert [c.name for c in back.challenges] == ["pair", "shuffle"]
    for window in there.windows:
        for key, score in there.challenges[0].points[window].items():
            other = back.challenges[0].points[window][key]
            assert other.layers == pytest.approx(score.layers, rel=1e-5)
    moved = engine.rendered(asked)
    right = engine.compare_images(moved, engine.rendered(replace(asked, challenge=())), "alexnet")
    assert right.scores.keys() >= {("sort", "norm")}
    whole = back.windows[-1]
    blank = back.references["white"][whole]["sort", "norm"].total
    assert blank != pytest.approx(there.references["white"][whole]["sort", "norm"].total, rel=1e-9)


def test_an_unchanged_picture_and_a_uniform_one(engine: Engine) -> None:
    same = found(engine, scene(translate__x=0))
    assert same.challenges[0].steps == ()
    for mode in MODES:
        assert all(same.passed(same.challenges[0], mode, "norm").values())
        assert all(s.total == 0 for p in same.challenges[0].points.values() for s in p.values())
    plain = found(engine, scene(**{k.replace(".", "__"): v for k, v in UNIFORM.items()}))
    for challenge in plain.challenges:
        for window in plain.windows:
            for score in challenge.points[window].values():
                assert all(layer >= 0 for layer in score.layers)
    # Tiles of one colour may change places: it is the same picture.
    shuffle = next(c for c in plain.challenges if c.minded)
    assert all(s.total == 0 for p in shuffle.points.values() for s in p.values())


def test_other_tiles_are_another_shuffle_and_keep_the_rest(engine: Engine) -> None:
    four, two = found(engine, scene()), found(engine, scene(), tiles=2)
    for a, b in zip(four.challenges, two.challenges, strict=True):
        assert (a.points == b.points) is not a.minded, a.name


@pytest.mark.parametrize("size", [64, 96, 224, 256])
@pytest.mark.parametrize("scale", [0.1, 0.45, 1.0])
@pytest.mark.parametrize("place", [-128, -20, 0, 20, 128])
def test_the_papers_challenges_fit_the_canvas(size: int, scale: float, place: int) -> None:
    steps = steps_for(Layout(size=size, scale=scale, x=place, y=-place))
    assert tuple(steps) == FORGIVEN
    for name, step in steps.items():
        values, notes = PERTURBATIONS[name].clean(step.kwargs())
        assert not notes and values == step.kwargs()
        assert not PERTURBATIONS[name].is_neutral(values)
    x = steps["translate"].kwargs()["x"]
    assert size / 16 - 1 <= abs(x) <= size / 4
    assert (x > 0) == (place <= 0)
