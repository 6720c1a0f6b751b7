"""A chessboard."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from explorer.spec import Integer, Real
from explorer.synthesis.drawing import Grid
from explorer.synthesis.registry import FAMILIES
from explorer.synthesis.shapes import stripes
from explorer.synthesis.tones import Ink, Paper, Shift, shift_of, two_tone


@FAMILIES.register("chessboard", title="Chessboard", kind="pattern")
def chessboard(
    grid: Grid,
    *,
    squares: Annotated[int, Integer(8, 2, 32, help="How many squares across.")],
    stretch: Annotated[float, Real(1, 0.25, 4, help="Height of a square over its width.")],
    ink: Ink,
    paper: Paper,
    seed: Shift,
) -> np.ndarray:
    """Squares that alternate between two tones, the top left one light."""
    right, down = shift_of(seed)
    across, along = squares / 4, squares / stretch / 4
    # Stripes are centred on whole numbers: a quarter period more and they start at the edge.
    columns = stripes((grid.x[0] + 1) * across - 0.25 - right, across * grid.pixel)
    rows = stripes((grid.y[:, 0] + 1) * along - 0.25 - down, along * grid.pixel)
    return two_tone(ink, paper, np.outer(1 - rows, columns) + np.outer(rows, 1 - columns))
