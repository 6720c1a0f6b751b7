"""A grid of squares."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from explorer.spec import Integer, Real
from explorer.synthesis.drawing import Grid
from explorer.synthesis.registry import FAMILIES
from explorer.synthesis.shapes import boxes
from explorer.synthesis.tones import Ink, Paper, two_tone


@FAMILIES.register("squares", title="Squares", kind="pattern")
def squares(
    grid: Grid,
    *,
    count: Annotated[int, Integer(3, 1, 16, help="How many squares across.")],
    size: Annotated[float, Real(0.62, 0.1, 0.95, help="Side of a square, in its cell.")],
    ink: Ink,
    paper: Paper,
    seed: Annotated[int, Integer(0, 0, 999, help="Which sizes they have; 0 makes them equal.")],
) -> np.ndarray:
    """Separate squares of one tone in rows and columns on the other tone."""
    sizes = np.full((count, count), size)
    if seed:
        sizes *= np.random.default_rng(seed).uniform(0.35, 1, sizes.shape)
    middles = (np.arange(count) * 2 + 1) / count - 1
    rows, columns = (m.ravel() for m in np.meshgrid(middles, middles, indexing="ij"))
    reach = sizes.ravel() / count
    # One column a square in each: the product sums the squares, which do not overlap.
    down = boxes(grid, rows - reach, rows + reach)
    across = boxes(grid, columns - reach, columns + reach)
    return two_tone(ink, paper, np.minimum(down @ across.T, 1))
