"""Scattered squiggles."""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np

from explorer.spec import Choice, Integer, Real
from explorer.synthesis.drawing import Grid, paint
from explorer.synthesis.registry import FAMILIES
from explorer.synthesis.shapes import norm, turned, window
from explorer.synthesis.tones import PALETTES


@FAMILIES.register("confetti", title="Confetti", kind="figure")
def confetti(
    grid: Grid,
    *,
    count: Annotated[int, Integer(60, 1, 150, help="How many pieces.")],
    length: Annotated[
        float, Real(0.26, 0.05, 0.5, help="Length of a piece; the square is 2 wide.")
    ],
    curl: Annotated[float, Real(0.5, 0, 1, help="How much a piece is bent.")],
    palette: Annotated[str, Choice("bright", tuple(PALETTES), help="Which colours.")],
    seed: Annotated[int, Integer(0, 0, 999, help="Where they lie.")],
) -> np.ndarray:
    """Short bent strokes of paint, strewn about."""
    generator = np.random.default_rng(seed)
    colours = PALETTES[palette]
    picture = grid.empty()
    half = length * 0.5
    reach = 1 - half
    # One row of draws a piece, so that more pieces leave the first ones where they are.
    for i, (u, v, w, bend, stretch) in enumerate(generator.uniform(size=(count, 5)).tolist()):
        area, local = window(grid, (2 * u - 1) * reach, (2 * v - 1) * reach, half)
        local = turned(local, w * 2 * math.pi)
        stroke = _stroke(local, 0.35 + 0.45 * stretch, curl * (2 * bend - 1))
        colour = colours[i % len(colours)]
        picture[area] = paint(picture[area], colour, local.inside(stroke))
    return picture


def _stroke(grid: Grid, length: float, bend: float) -> np.ndarray:
    # A rounded line along x, bent into an S or a hook.
    along = np.clip(grid.x, -length, length)
    angle = along * (3 / length)
    course = np.sin(angle) * (0.3 * bend)
    slope = np.cos(angle) * (0.9 * bend / length)
    across = (grid.y - course) / norm(1, slope)
    return norm(grid.x - along, across) - 0.16
