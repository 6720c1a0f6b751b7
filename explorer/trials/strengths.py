"""How strongly a picture is changed: one scale from mild (0) to strong (1) for every perturbation.

A level says how much a person sees of a change, roughly: at equal levels no perturbation of the
table is plainly worse than another. Lengths are for the canvas of `SIZE` pixels.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from explorer.spec import Value

SIZE = 128
"""Side of the canvas of every triplet that is made here, in pixels."""
INKS = ("#22b14c", "#a349a4", "#00a2e8", "#ff7f27", "#671b1b", "#c8bfe7")

Strength = Callable[[float, Random], dict[str, Value]]
"""A level in [0, 1] and a source of chance → the perturbation's knobs, by their names."""


def _between(low: float, high: float, level: float) -> float:
    return low + (high - low) * level


def _either(low: float, high: float, level: float, chance: Random) -> float:
    return chance.choice((-1, 1)) * _between(low, high, level)


def _translate(level: float, chance: Random) -> dict[str, Value]:
    far = _between(4, 24, level)
    # Straight or diagonal: the distance is the level's either way.
    x, y = chance.choice(((1.0, 0.0), (0.0, 1.0), (0.7071, 0.7071), (-0.7071, 0.7071)))
    sign = chance.choice((-1, 1))
    return {"x": round(sign * far * x), "y": round(sign * far * y)}


def _contrast(level: float, chance: Random) -> dict[str, Value]:
    ends = chance.choice(((0.8, 0.3), (1.25, 2.2)))
    return {"factor": round(_between(*ends, level), 2)}


def _stain(level: float, chance: Random) -> dict[str, Value]:
    return {
        "strength": round(_between(0.25, 1, level), 2),
        "colour": chance.choice(INKS),
        "strokes": round(_between(6, 24, level)),
        "seed": chance.randrange(1000),
    }


def _occlusion(level: float, chance: Random) -> dict[str, Value]:
    x, y = (chance.randrange(-60, 61) for _ in range(2))
    return {"side": round(_between(12, 36, level)), "x": x, "y": y}


STRENGTHS: dict[str, Strength] = {
    "rotate": lambda level, chance: {"angle": round(_either(4, 40, level, chance), 1)},
    "translate": _translate,
    "stain": _stain,
    "invert": lambda level, chance: {"amount": round(_between(0.8, 1, level), 2)},
    "brightness": lambda level, chance: {"amount": round(_either(0.08, 0.35, level, chance), 2)},
    "contrast": _contrast,
    "hue": lambda level, chance: {"degrees": round(_either(15, 110, level, chance))},
    "blur": lambda level, chance: {"sigma": round(_between(0.6, 3.5, level), 1)},
    "noise": lambda level, chance: {
        "sd": round(_between(0.04, 0.25, level), 2),
        "seed": chance.randrange(1000),
    },
    "jpeg": lambda level, chance: {"compression": round(_between(75, 97, level))},
    "occlusion": _occlusion,
}
"""Every perturbation of the project, in the order in which they compose."""
