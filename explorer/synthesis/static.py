"""Random cells, like a television without a station."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from explorer.spec import Integer, Real, Toggle
from explorer.synthesis.drawing import Grid
from explorer.synthesis.registry import FAMILIES
from explorer.synthesis.shapes import boxes, laid
from explorer.synthesis.tones import opaque


@FAMILIES.register("static", title="Static", kind="pattern")
def static(
    grid: Grid,
    *,
    cells: Annotated[int, Integer(48, 2, 128, help="How many cells across.")],
    colourful: Annotated[bool, Toggle(True, help="Draw red, green and blue independently.")],
    contrast: Annotated[float, Real(1, 0.05, 1, help="Range of brightness about middle grey.")],
    seed: Annotated[int, Integer(0, 0, 999, help="Which draw.")],
) -> np.ndarray:
    """Small squares, each in a random tone or colour."""
    generator = np.random.default_rng(seed)
    draws = generator.random((3 if colourful else 1, cells, cells), dtype=np.float32)
    tones = (draws - 0.5) * contrast + 0.5
    shares = boxes(grid, *laid(np.ones(cells)))
    return opaque(np.broadcast_to(shares @ tones @ shares.T, (3, *grid.x.shape)))
