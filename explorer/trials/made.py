"""Trials from the project's own pictures and perturbations: seeded, balanced, with catch trials.

Trials come in blocks of `BLOCK`: one of each kind and a catch trial, in a seeded order. In
two successive blocks the first-named change of each kind (and a catch's answer) is once on each
side. A block depends on the seed and its own number alone, so a longer series begins with the
shorter one.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from random import Random

from explorer.form import scene_of
from explorer.links import changed, write
from explorer.perturbations import PERTURBATIONS
from explorer.pictures import picture, sample_names, subject
from explorer.scene import Scene
from explorer.spec import Knob
from explorer.synthesis import FAMILIES
from explorer.trials.kinds import CATCH, KINDS, Kind
from explorer.trials.strengths import SIZE, STRENGTHS
from explorer.trials.trial import MADE, Pictures, Trial, Triplet, checked

BLOCK = len(KINDS) + 1
NEAR = 0.08
"""Two different changes of one trial differ by at most this much in level."""
APART = (0.12, 0.3)
"""Two strengths of one change differ by this much in level."""
BACKGROUNDS = ("#ffffff", "#f2efe6", "#dfe8f2", "#e9e3ef", "#d9d9d9", "#fbe9d0")
COLOURED = ("rings", "colour_stripes", "mosaic", "flower", "butterfly")
"""Families on which a change of hue is seen; most of the others are black and white."""
STRONG = 0.85
"""The level of the worse candidate of a catch trial; the better one is the reference itself."""


def trial(seed: int, count: int, index: int) -> Trial:
    """Trial `index` (from 0) of a series.

    Raises:
        ValueError: if one of the numbers is out of bounds.
    """
    checked(seed, count)
    if not 0 <= index < count:
        raise ValueError(f"The series has trials 1 to {count}; {index + 1} was asked for.")
    return _trial(seed, index)


@lru_cache(maxsize=4096)
def _trial(seed: int, index: int) -> Trial:
    triplet = _block(seed, index // BLOCK)[index % BLOCK]
    original = changed(triplet.p0)
    for perturbation in PERTURBATIONS:
        for knob in perturbation.knobs:
            original.pop(f"{perturbation.name}.{knob}", None)
    p0, p1 = triplet.p0, triplet.p1
    return Trial(
        f"{MADE}-{seed}-{index + 1}",
        triplet.kind,
        lambda: pictures(triplet),
        (f"?{write(original)}", f"?{write(changed(p0))}", f"?{write(changed(p1))}"),
        (said(p0), said(p1)),
        triplet.catch,
    )


def triplets(seed: int, count: int) -> tuple[Triplet, ...]:
    """The first `count` triplets of a seed.

    Raises:
        ValueError: if one of the numbers is out of bounds.
    """
    checked(seed, count)
    blocks = (_block(seed, number) for number in range(-(-count // BLOCK)))
    return tuple(triplet for block in blocks for triplet in block)[:count]


def pictures(triplet: Triplet) -> Pictures:
    """Reference, p0 and p1 of a triplet: float32, 3 × SIZE × SIZE each, in [0, 1]."""
    source, layout = triplet.p0.source, triplet.p0.layout
    placed = subject(source, layout, None)
    return (
        picture(placed, layout, ()),
        picture(placed, layout, triplet.p0.challenge),
        picture(placed, layout, triplet.p1.challenge),
    )


def said(scene: Scene) -> str:
    """What was done to a picture, in words: `Rotate: 12.5°`."""
    parts = []
    for step in scene.challenge:
        entry = PERTURBATIONS[step.name]
        # A seed or a colour says little about how much was changed.
        shown = [
            f"{_label(knob, name)}{step.kwargs()[name]:g}{getattr(knob, 'unit', '')}"
            for name, knob in entry.knobs.items()
            if name not in ("seed", "strokes") and isinstance(step.kwargs()[name], (int, float))
        ]
        parts.append(f"{entry.title}: {', '.join(shown)}")
    return "; ".join(parts) or "Not changed"


def _label(knob: Knob, name: str) -> str:
    # A number of degrees needs no name.
    return "" if getattr(knob, "unit", "") == "°" else f"{(knob.title or name).lower()} "


@lru_cache(maxsize=256)
def _block(seed: int, number: int) -> tuple[Triplet, ...]:
    # Text seeds are hashed with SHA-512: the same on every machine and in every Python.
    chance = Random(f"trials {seed} {number}")
    kinds: list[Kind | None] = [*KINDS, None]
    chance.shuffle(kinds)
    # The side of each kind takes turns, so that no habit of a person favours a change.
    names = [CATCH if kind is None else kind.name for kind in kinds]
    sides = [(Random(f"side {seed} {name}").randrange(2) + number) % 2 for name in names]
    made = zip(kinds, sides, strict=True)
    return tuple(
        _catch(side, chance) if kind is None else _ordinary(kind, side, chance)
        for kind, side in made
    )


def _ordinary(kind: Kind, side: int, chance: Random) -> Triplet:
    level = chance.uniform(*kind.levels)
    name = chance.choice(kind.first)
    other = chance.choice([o for o in kind.second if o != name] or [name])
    shared = _reference(kind.photographs, "hue" in (name, other), chance)
    if kind.second:
        beside = min(max(level + chance.uniform(-NEAR, NEAR), 0), 1)
        changes = [_change(name, level, chance), _change(other, beside, chance)]
    else:
        # One source of chance twice: the same direction, noise and colour, only stronger.
        again = chance.random()
        beside = level + chance.uniform(*APART)
        changes = [_change(name, at, Random(f"same {again}")) for at in (level, beside)]
    scenes = [_scene(shared, change) for change in changes]
    return Triplet(kind.name, scenes[side], scenes[1 - side])


def _catch(side: int, chance: Random) -> Triplet:
    shared = _reference(False, False, chance)
    name = chance.choice(("blur", "noise", "occlusion"))
    scenes = [_scene(shared, {}), _scene(shared, _change(name, STRONG, chance))]
    return Triplet(CATCH, scenes[side], scenes[1 - side], catch=side)


def _reference(photographs: bool, coloured: bool, chance: Random) -> dict[str, object]:
    """The values of a picture that nothing is done to."""
    shared: dict[str, object] = {"layout.size": str(SIZE)}
    if photographs and chance.random() < 0.5:
        sample = chance.choice(sample_names())
        return {**shared, "picture.kind": "sample", "picture.sample": sample, "layout.scale": 1.0}
    if coloured:
        family = FAMILIES[chance.choice(COLOURED)]
    else:
        figures = [f for f in FAMILIES if f.facts.get("kind") == "figure"]
        # Patterns fill their square: on a background they read as an object, too.
        family = chance.choice(figures if chance.random() < 0.6 else [*FAMILIES])
    shared |= {
        "picture.kind": "synthesis",
        "picture.family": family.name,
        "layout.background": chance.choice(BACKGROUNDS),
        "layout.scale": round(chance.uniform(0.55, 0.75), 2),
    }
    if "seed" in family.knobs:
        shared[f"{family.name}.seed"] = chance.randrange(1000)
    return shared


def _change(name: str, level: float, chance: Random) -> dict[str, object]:
    return {f"{name}.{knob}": v for knob, v in STRENGTHS[name](level, chance).items()}


def _scene(shared: Mapping[str, object], change: Mapping[str, object]) -> Scene:
    filled = scene_of({**shared, **change})
    if filled.notes:
        raise ValueError(f"A trial leaves the range of a knob: {filled.notes[0]}")
    return filled.scene
