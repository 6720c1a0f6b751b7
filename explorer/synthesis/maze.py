"""A diagonal maze."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from explorer.spec import Integer
from explorer.synthesis.drawing import Grid
from explorer.synthesis.registry import FAMILIES
from explorer.synthesis.shapes import stripes
from explorer.synthesis.tones import Ink, Paper, two_tone


@FAMILIES.register("maze", title="Maze", kind="pattern")
def maze(
    grid: Grid,
    *,
    cells: Annotated[int, Integer(6, 2, 20, help="How many places to turn there are, across.")],
    lanes: Annotated[int, Integer(2, 1, 4, help="How many parallel lines cross a cell.")],
    ink: Ink,
    paper: Paper,
    seed: Annotated[int, Integer(0, 0, 999, help="Where the lines turn.")],
) -> np.ndarray:
    """Parallel diagonal lines that turn by a right angle at random places."""
    ways = np.random.default_rng(seed).integers(0, 2, (cells, cells)).astype(np.float32) * 2 - 1
    scale = cells / 2
    x, y = (grid.x + 1) * scale, (grid.y + 1) * scale
    way = ways[y[:, 0].astype(np.intp)][:, x[0].astype(np.intp)]
    # Stripes are even and have whole period in a cell: both ways agree on its border.
    phase = (x + y * way) * lanes
    return two_tone(ink, paper, stripes(phase, 2**0.5 * lanes * scale * grid.pixel))
