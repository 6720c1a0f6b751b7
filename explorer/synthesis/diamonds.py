"""Nested diamonds."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from explorer.spec import Integer
from explorer.synthesis.drawing import Grid
from explorer.synthesis.registry import FAMILIES
from explorer.synthesis.shapes import stripes
from explorer.synthesis.tones import Ink, Paper, Shift, shift_of, two_tone


@FAMILIES.register("diamonds", title="Diamonds", kind="pattern")
def diamonds(
    grid: Grid,
    *,
    tiles: Annotated[int, Integer(4, 1, 12, help="How many tiles across.")],
    nesting: Annotated[int, Integer(2, 1, 6, help="How many bands of ink a tile has.")],
    ink: Ink,
    paper: Paper,
    seed: Shift,
) -> np.ndarray:
    """Diamonds one in another, repeated like tiles."""
    right, down = shift_of(seed)
    scale = tiles / 2
    x, y = grid.x[0] * scale - right - scale % 1, grid.y[:, 0] * scale - down - scale % 1
    from_centre = np.abs(x - np.rint(x))[None, :] + np.abs(y - np.rint(y))[:, None]
    # Half a period more than whole ones: tile centres are ink, the diamonds between them paper.
    phase = from_centre * (nesting + 0.5)
    return two_tone(ink, paper, stripes(phase, 2**0.5 * (nesting + 0.5) * scale * grid.pixel))
