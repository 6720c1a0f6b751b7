"""Sweeps: every knob, coarse to fine, the same verdicts as one by one."""

from __future__ import annotations

import math

import pytest
import torch

from explorer import sweeps
from explorer.engine import Engine
from explorer.extractor import Extractor
from explorer.form import DEFAULTS, FORM, scene_of
from explorer.results import Sweep, SweepPoint

SMALL = {"layout.size": "64", "layout.scale": 0.5}


def swept(engine: Engine, values: dict[str, object], *axes: object) -> list[SweepPoint]:
    return [point for part in sweeps.run(engine, values, axes) for point in part.points]


@pytest.mark.parametrize("name", sweeps.SWEEPABLE)
@pytest.mark.parametrize("span", sweeps.SPANS)
def test_an_axis_lies_in_its_knobs_range(name: str, span: str) -> None:
    knob = FORM[name]
    axis = sweeps.axis(name, 9, span, around=knob.high)
    assert 2 <= len(axis.values) <= 9 and list(axis.values) == sorted(set(axis.values))
    assert all(knob.clean(v).value == v and knob.clean(v).note is None for v in axis.values)
    width = knob.high - knob.low
    assert axis.values[-1] == knob.high
    if span == "whole":
        assert axis.values[0] == knob.low
    else:
        assert axis.values[0] >= knob.high - width / 4 - knob.step
    assert axis.title[0].isupper()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("ask.seed", 9), "cannot be swept"),
        (("stain.colour", 9), "cannot be swept"),
        (("nothing", 9), "cannot be swept"),
        (("rotate.angle", 1), "2 to"),
        (("rotate.angle", 10**7), "2 to"),
        (("rotate.angle", 9, "wide"), "span"),
    ],
)
def test_an_odd_axis_gets_a_sentence(arguments: tuple, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        sweeps.axis(*arguments)


def test_only_the_knobs_that_can_move_the_picture_are_offered() -> None:
    rings = sweeps.sweepable({"picture.family": "rings"})
    assert "rings.radius" in rings and "rotate.angle" in rings and "layout.scale" in rings
    assert not any(name.startswith("maze.") for name in rings)
    photograph = sweeps.sweepable({"picture.kind": "sample"})
    assert "rotate.angle" in photograph and not any(n.startswith("rings.") for n in photograph)


@pytest.mark.parametrize(
    ("knob", "changes"),
    [
        ("rotate.angle", {}),
        ("stain.strength", {}),
        ("blur.sigma", {"stain.strength": 1}),
        ("rings.radius", {"picture.family": "rings", "rotate.angle": 30}),
        ("layout.scale", {"picture.kind": "sample", "picture.sample": "cat", "invert.amount": 1}),
    ],
)
def test_every_point_is_what_explore_says_there(engine: Engine, knob: str, changes: dict) -> None:
    values = {**SMALL, **changes}
    axis = sweeps.axis(knob, 4)
    points = {p.at: p for p in swept(engine, values, axis)}
    assert {(v,) for v in axis.values} <= set(points)
    for (value,), point in points.items():
        alone = engine.explore(scene_of({**values, knob: value}).scene).verdicts
        for mine, one in zip(point.verdicts, alone, strict=True):
            assert (mine.metric, mine.norm) == (one.metric, one.norm)
            assert mine.distance == pytest.approx(one.distance, rel=1e-4, abs=1e-9)
            assert mine.references == pytest.approx(one.references, rel=1e-4)
            assert mine.decoy == pytest.approx(one.decoy, rel=1e-4)


def test_where_nothing_is_changed_the_distance_is_exactly_zero(engine: Engine) -> None:
    points = swept(engine, SMALL, sweeps.axis("translate.x", 5))
    (still,) = [p for p in points if p.at == (0.0,)]
    assert still.rule == "none" and all(v.distance == 0 for v in still.verdicts)
    assert all(v.distance > 0 for p in points if p is not still for v in p.verdicts)


@pytest.mark.parametrize(("points", "other"), [(17, None), (10, None), (9, 9), (5, 12)])
def test_coarse_to_fine_each_point_once(engine: Engine, points: int, other: int | None) -> None:
    axes = [sweeps.axis("translate.x", points)]
    if other:
        axes.append(sweeps.axis("rotate.angle", other))
    every = math.prod(len(axis.values) for axis in axes)
    known: set[tuple[float, ...]] = set()
    share, stride = 0.0, 10**6
    for part in sweeps.run(engine, SMALL, tuple(axes)):
        fresh = {p.at for p in part.points}
        assert len(fresh) == len(part.points) and not fresh & known
        known |= fresh
        if part.stride == 0:
            assert len(axes) == 1 and share == 1
            continue
        assert part.share == pytest.approx(len(known) / every) and part.stride <= stride
        share, stride = part.share, part.stride
        if part.whole:
            for axis, place in zip(axes, range(len(axes)), strict=True):
                assert set(axis.values[:: part.stride]) <= {at[place] for at in known}
    assert share == 1 and stride == 1


def test_a_crossing_is_narrowed_down_to_one_step_of_the_knob(engine: Engine) -> None:
    values = {**SMALL, "layout.scale": 0.4, "layout.x": -12, "layout.y": -12}
    points = sorted(swept(engine, values, sweeps.axis("translate.x", 9)), key=lambda p: p.at)
    sweep = Sweep(engine.receipt(scene_of(values).scene), (), tuple(points))
    crossed = 0
    for index in range(len(points[0].verdicts)):
        for first, _ in sweep.failing(index):
            before = [p for p in points if p.at[0] < first]
            if before:
                crossed += 1
                assert first - before[-1].at[0] <= 1.5
                assert before[-1].verdicts[index].passes(before[-1].rule)
    assert crossed, "no metric begins to fail here: the test needs another picture"


def test_stopping_between_chunks_stops_the_work() -> None:
    engine = Engine(device="cpu")
    running = sweeps.run(engine, {"layout.size": "96"}, (sweeps.axis("rotate.angle", 129),))
    next(running)
    before = engine.extractor("alexnet")[0].forwards
    running.close()
    assert engine.extractor("alexnet")[0].forwards == before


@pytest.mark.parametrize(
    "names", [[], ["rotate.angle"] * 2, ["rotate.angle", "blur.sigma", "noise.sd"]]
)
def test_one_knob_or_two_different_ones(engine: Engine, names: list[str]) -> None:
    with pytest.raises(ValueError, match="one knob or two"):
        next(sweeps.run(engine, DEFAULTS, tuple(sweeps.axis(n, 3) for n in names)))


def test_a_knob_of_another_family_is_refused(engine: Engine) -> None:
    axes = (sweeps.axis("rotate.angle", 3), sweeps.axis("maze.seed", 3))
    with pytest.raises(ValueError, match="maze.seed does not move this picture"):
        next(sweeps.run(engine, {"picture.family": "rings"}, axes))
    with pytest.raises(ValueError, match="rings.radius does not move"):
        next(sweeps.run(engine, {"picture.kind": "sample"}, (sweeps.axis("rings.radius", 3),)))


def test_a_batch_is_halved_while_the_device_has_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine(device="cpu")
    plain = swept(engine, SMALL, sweeps.axis("rotate.angle", 7))
    whole = Extractor.__call__
    sizes = []

    def narrow(self: Extractor, images: torch.Tensor):
        sizes.append(len(images))
        if len(images) > 2:
            raise torch.cuda.OutOfMemoryError("no room")
        return whole(self, images)

    tight = Engine(device="cpu")
    monkeypatch.setattr(tight.extractor("alexnet")[0].__class__, "__call__", narrow)
    found = swept(tight, SMALL, sweeps.axis("rotate.angle", 7))
    assert max(sizes) > 2 and min(sizes) <= 2
    for mine, one in zip(found, plain, strict=True):
        assert mine.at == one.at
        got, expected = ([v.distance for v in p.verdicts] for p in (mine, one))
        assert got == pytest.approx(expected, rel=1e-4, abs=1e-9)
