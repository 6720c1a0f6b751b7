"""The paper's cases (and a few for contrast), as positions of the sliders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from explorer.spec import Value


@dataclass(frozen=True)
class Preset:
    """Form values that differ from the defaults."""

    name: str
    title: str
    values: Mapping[str, Value]


MAROON = "#671b1b"

PRESETS: tuple[Preset, ...] = (
    Preset(
        "translated-rings",
        "Translate: rings",
        {
            "picture.family": "rings",
            "layout.scale": 0.45,
            "layout.x": -56,
            "layout.y": -56,
            "translate.x": 90,
            "translate.y": 70,
        },
    ),
    Preset(
        "rotated-photo",
        "Rotate: photograph",
        {
            "picture.kind": "sample",
            "picture.sample": "cat",
            "layout.background": MAROON,
            "layout.scale": 0.78,
            "rotate.angle": 67.5,
        },
    ),
    Preset(
        "inverted-blob",
        "Invert: blob",
        {"picture.family": "blob", "layout.scale": 1.0, "invert.amount": 1.0},
    ),
    Preset(
        "stained-rings",
        "Stain: rings",
        {"stain.strength": 1.0, "stain.colour": "#3f48cc", "stain.strokes": 0},
    ),
    Preset(
        "strokes-yin-yang",
        "Stain with strokes: yin-yang",
        {"picture.family": "yin_yang", "stain.strength": 1.0, "stain.strokes": 30},
    ),
    Preset(
        "noisy-photo",
        "Noise: photograph",
        {
            "picture.kind": "sample",
            "picture.sample": "astronaut",
            "layout.scale": 1.0,
            "noise.sd": 0.15,
        },
    ),
)

OPENING = PRESETS[0]
"""What the page opens on."""
