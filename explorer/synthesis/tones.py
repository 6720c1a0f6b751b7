"""Colour for families: the ink and paper knobs, palettes, and how two tones fill a square."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from explorer.spec import Colour, Integer, rgb

Ink = Annotated[str, Colour("#000000", help="Colour of the dark parts.")]
Paper = Annotated[str, Colour("#ffffff", help="Colour of the light parts.")]
Shift = Annotated[int, Integer(0, 0, 999, help="Which shift of the pattern; 0 is none.")]

PALETTES: dict[str, tuple[str, ...]] = {
    "primary": ("#ff0000", "#00ff00", "#0000ff"),
    "bright": ("#ed1c24", "#22b14c", "#0000ff", "#ffc90e", "#a349a4", "#00a2e8", "#ff7f27"),
    "rainbow": ("#5b2a9d", "#1f5fd0", "#18b7d8", "#3fc380", "#f7d038", "#f58a2c", "#e0245e"),
    "sunset": ("#2d1e5f", "#7b2d83", "#d13d6a", "#f4744a", "#fbb24c", "#fff0b3"),
    "ocean": ("#06213f", "#0b4f8a", "#1785b8", "#39c0c8", "#a5e8d8", "#f2fbee"),
    "forest": ("#14301c", "#2f6131", "#5f9440", "#a8c256", "#ead98b", "#8a5a2b"),
    "yellow": ("#ffe135", "#ffd400", "#fff06b"),
    "grey": ("#101010", "#404040", "#707070", "#a0a0a0", "#d0d0d0", "#ffffff"),
}


def two_tone(ink: str, paper: str, coverage: np.ndarray) -> np.ndarray:
    """An opaque picture: `ink` where `coverage` (n × n, in [0, 1]) is 1, `paper` where it is 0."""
    picture = np.ones((4, *coverage.shape), dtype=np.float32)
    rest = 1 - coverage
    for channel, dark, light in zip(picture[:3], rgb(ink), rgb(paper), strict=True):
        np.add(coverage * dark, rest * light, out=channel)
    return picture


def bordered(
    picture: np.ndarray, rim: str, face: str, outer: np.ndarray, inner: np.ndarray
) -> np.ndarray:
    """A shape over `picture`: coverage `outer` in colour `rim`, of which `inner` in colour `face`.

    Unlike two calls of `paint` it leaves no fringe of `rim` where the rim has no width.
    """
    dark = np.array([*rgb(rim), 1.0], dtype=np.float32).reshape(4, 1, 1)
    light = np.array([*rgb(face), 1.0], dtype=np.float32).reshape(4, 1, 1)
    return picture * (1 - outer) + (dark * (outer - inner) + light * inner)


def opaque(colours: np.ndarray) -> np.ndarray:
    """An opaque picture from RGB, 3 × n × n, held to [0, 1]."""
    picture = np.ones((4, *colours.shape[1:]), dtype=np.float32)
    np.clip(colours, 0, 1, out=picture[:3])
    return picture


def ramp(palette: str, place: np.ndarray) -> np.ndarray:
    """RGB, … × 3, at `place` (0 to 1) along a palette, blending from colour to colour."""
    stops = np.array([rgb(colour) for colour in PALETTES[palette]])
    at = np.linspace(0, 1, len(stops))
    return np.stack([np.interp(place, at, channel) for channel in stops.T], axis=-1)


def shade(colour: str, change: float) -> str:
    """`colour` moved towards white (`change` up to 1) or black (down to -1).

    >>> shade("#804020", 1), shade("#804020", 0), shade("#804020", -0.5)
    ('#ffffff', '#804020', '#402010')
    """
    target = 1.0 if change > 0 else 0.0
    mixed = [c + (target - c) * abs(change) for c in rgb(colour)]
    return "#" + "".join(f"{round(c * 255):02x}" for c in mixed)


def shift_of(seed: int) -> tuple[float, float]:
    """How far a periodic pattern is moved, in periods right and down; seed 0 leaves it."""
    if seed == 0:
        return 0.0, 0.0
    right, down = np.random.default_rng(seed).uniform(0, 1, 2).tolist()
    return right, down
