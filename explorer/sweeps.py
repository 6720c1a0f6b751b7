"""Sweeps: one knob as a curve, two as an atlas, every metric judged at every point.

A sweep is computed coarse to fine in chunks; between chunks the caller may show what there is, or
stop. Along one knob, the places where a metric begins to fail are then narrowed down to one step
of the knob.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from explorer.engine import Engine
from explorer.form import DEFAULTS, FORM, scene_of
from explorer.images import Upload
from explorer.perturbations import PERTURBATIONS
from explorer.results import Axis, SweepPoint, rule_of
from explorer.spec import Real
from explorer.synthesis import FAMILIES

CHUNK_PIXELS = 16 * 96 * 96
MOST_POINTS = 10_000
MOST_NARROWED = 12
SPANS = ("whole", "near")


SWEEPABLE = tuple(n for n, k in FORM.items() if isinstance(k, Real) and not n.startswith("ask."))
"""The knobs that a sweep can move: all numbers that change a picture."""


def axis(name: str, points: int, span: str = "whole", around: object = None) -> Axis:
    """`points` values (fewer if the knob has fewer) over a knob's range.

    Args:
        name: one of `SWEEPABLE`.
        points: at least 2.
        span: `whole`, or `near` for the quarter of the range that is nearest to `around`.
        around: a value of the knob; its default if missing or odd.

    Raises:
        ValueError: if the knob cannot be swept, or another argument is odd.
    """
    if name not in SWEEPABLE:
        raise ValueError(f"{name!r:.60} cannot be swept; a number like rotate.angle can.")
    if not 2 <= points <= MOST_POINTS:
        raise ValueError(f"A sweep has 2 to {MOST_POINTS} points an axis; {points} was given.")
    if span not in SPANS:
        raise ValueError(f"A sweep's span is one of {', '.join(SPANS)}; {span!r:.60} was given.")
    knob = _knob(name)
    low, width = knob.low, knob.high - knob.low
    if span == "near":
        centre = float(knob.clean(knob.default if around is None else around).value)
        low = min(max(centre - width / 8, knob.low), knob.high - width / 4)
        width /= 4
    every = (low + width * i / (points - 1) for i in range(points))
    values = tuple(sorted({float(knob.clean(v).value) for v in every}))
    owner, _, last = name.partition(".")
    title = knob.title or last.replace("_", " ").capitalize()
    entry = next((r[owner] for r in (FAMILIES, PERTURBATIONS) if owner in r), None)
    if entry is not None and entry.title not in title:
        title = entry.title if len(entry.knobs) == 1 else f"{entry.title}: {title.lower()}"
    return Axis(name, title, knob.unit.strip(), values)


def _knob(name: str) -> Real:
    knob = FORM[name]
    assert isinstance(knob, Real)
    return knob


def sweepable(values: Mapping[str, object]) -> tuple[str, ...]:
    """The numbers that can move the picture that `values` describe, in order of the form."""
    given = {**DEFAULTS, **values}
    family = given["picture.family"] if given["picture.kind"] == "synthesis" else None
    owners = {name: name.partition(".")[0] for name in SWEEPABLE}
    return tuple(n for n, owner in owners.items() if owner not in FAMILIES or owner == family)


@dataclass(frozen=True)
class Part:
    """Some points of a sweep that were just computed.

    Attributes:
        points: in no order.
        share: of the whole work that is done, 0 to 1.
        stride: every `stride`-th value of each axis is known; 0 while crossings are narrowed.
        whole: whether the coarsest level is known, and with it the whole range.
    """

    points: tuple[SweepPoint, ...]
    share: float
    stride: int
    whole: bool = True


def run(
    engine: Engine,
    values: Mapping[str, object],
    axes: tuple[Axis, ...],
    upload: Upload | None = None,
) -> Iterator[Part]:
    """Sweep one or two knobs of the picture that a form describes.

    Raises:
        WeightsError: if the network's weights cannot be had.
        ValueError: if the canvas is too small for the network, there are not one or two axes, or
            one is a knob of another family than the picture's.
    """
    names = [axis.name for axis in axes]
    if len(axes) not in (1, 2) or len(set(names)) < len(names):
        raise ValueError(f"A sweep moves one knob or two different ones; {names} were given.")
    still = [name for name in names if name not in sweepable(values)]
    if still:
        raise ValueError(f"{still[0]} does not move this picture: it belongs to another family.")
    levels = _levels([len(axis.values) for axis in axes])
    total = math.prod(len(axis.values) for axis in axes)
    known: list[SweepPoint] = []
    for stride, places in levels:
        found = [tuple(a.values[i] for a, i in zip(axes, p, strict=True)) for p in places]
        for points in _judged(engine, values, names, found, upload):
            known += points
            finished = stride if len(known) == _upto(levels, stride) else 2 * stride
            whole = len(known) >= len(levels[0][1])
            yield Part(points, len(known) / total, finished, whole)
    if len(axes) == 1:
        yield from _narrowed(engine, values, axes[0], known, upload)


def _narrowed(
    engine: Engine,
    values: Mapping[str, object],
    axis: Axis,
    known: list[SweepPoint],
    upload: Upload | None,
) -> Iterator[Part]:
    """Halve the gaps in which a verdict changes until they are one step of the knob."""
    knob = _knob(axis.name)
    while True:
        known.sort(key=lambda point: point.at)
        gaps = [
            (p.at[0], q.at[0])
            for p, q in pairwise(known)
            if _passed(p) != _passed(q) and q.at[0] - p.at[0] > 1.5 * knob.step
        ]
        steps = [knob.low + knob.step * _middle(knob, gap) for gap in gaps]
        found = [(float(knob.clean(v).value),) for v in steps]
        at = {point.at for point in known}
        found = [place for place in found if place not in at][:MOST_NARROWED]
        if not found:
            return
        for points in _judged(engine, values, [axis.name], found, upload):
            known += points
            yield Part(points, 1.0, 0)


def _middle(knob: Real, gap: tuple[float, float]) -> int:
    return round(((gap[0] + gap[1]) / 2 - knob.low) / knob.step)


def _passed(point: SweepPoint) -> tuple[bool, ...]:
    return tuple(verdict.passes(point.rule) for verdict in point.verdicts)


def _judged(
    engine: Engine,
    values: Mapping[str, object],
    names: list[str],
    places: Sequence[tuple[float, ...]],
    upload: Upload | None,
) -> Iterator[tuple[SweepPoint, ...]]:
    digest = upload.sha256 if upload else None
    scenes = [
        scene_of({**values, **dict(zip(names, place, strict=True))}, digest).scene
        for place in places
    ]
    size = scenes[0].layout.size if scenes else 1
    room = max(CHUNK_PIXELS // size**2, 1)
    for i in range(0, len(scenes), room):
        some = scenes[i : i + room]
        verdicts = engine.judged(some, upload)
        yield tuple(
            SweepPoint(place, rule_of(scene), found)
            for place, scene, found in zip(places[i:], some, verdicts, strict=False)
        )


def _levels(lengths: list[int]) -> list[tuple[int, list[tuple[int, ...]]]]:
    """Strides that halve, each with the grid places that no coarser one has."""
    stride = 1
    # A curve starts from a full batch of points, an atlas from four or so values an axis.
    while stride * (16 if len(lengths) == 1 else 4) < max(lengths):
        stride *= 2
    levels = []
    coarser = 0
    while stride:
        places = [
            place
            for place in _places(lengths, stride)
            if not coarser or any(i % coarser for i in place)
        ]
        levels.append((stride, places))
        coarser, stride = stride, stride // 2
    return levels


def _places(lengths: list[int], stride: int) -> Iterable[tuple[int, ...]]:
    if len(lengths) == 1:
        return ((i,) for i in range(0, lengths[0], stride))
    return ((i, j) for j in range(0, lengths[1], stride) for i in range(0, lengths[0], stride))


def _upto(levels: list[tuple[int, list[tuple[int, ...]]]], stride: int) -> int:
    return sum(len(places) for s, places in levels if s >= stride)
