"""Overlapping scales."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from explorer.spec import Integer
from explorer.synthesis.drawing import Grid
from explorer.synthesis.registry import FAMILIES
from explorer.synthesis.shapes import norm, stripes
from explorer.synthesis.tones import Ink, Paper, Shift, shift_of, two_tone


@FAMILIES.register("scales", title="Scales", kind="pattern")
def scales(
    grid: Grid,
    *,
    count: Annotated[int, Integer(4, 2, 16, help="How many scales across.")],
    arcs: Annotated[int, Integer(2, 1, 8, help="How many arcs a scale has.")],
    ink: Ink,
    paper: Paper,
    seed: Shift,
) -> np.ndarray:
    """Round scales with arcs in them, each row over the one above."""
    right, down = shift_of(seed)
    scale = count / 2
    pixel = grid.pixel * scale
    # A scale is 1 wide; a row lies 1/4 below the last and half a scale to the side.
    x = grid.x[0] * scale - right
    y = grid.y[:, 0] * scale - down
    highest = np.floor((y + pixel) * 4)
    coverage = np.zeros_like(grid.x)
    for ahead in range(3):
        row = highest + ahead
        dx = x[None, :] - 0.5 * (row % 2)[:, None]
        dx -= np.rint(dx)
        distance = norm(dx, (y - row / 4)[:, None])
        tone = stripes((0.5 - distance) * (2 * arcs), 2 * arcs * pixel)
        if ahead == 0:
            coverage = tone
        else:
            coverage += (tone - coverage) * np.clip(0.5 - (distance - 0.5) / pixel, 0, 1)
    return two_tone(ink, paper, np.clip(coverage, 0, 1))
