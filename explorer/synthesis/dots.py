"""Polka dots."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from explorer.spec import Integer, Real
from explorer.synthesis.drawing import Grid
from explorer.synthesis.registry import FAMILIES
from explorer.synthesis.shapes import norm
from explorer.synthesis.tones import Ink, Paper, Shift, shift_of, two_tone


@FAMILIES.register("dots", title="Polka dots", kind="pattern")
def dots(
    grid: Grid,
    *,
    count: Annotated[int, Integer(5, 1, 20, help="How many dots across.")],
    size: Annotated[float, Real(0.6, 0.1, 1, help="Size of a dot; at 1 neighbours touch.")],
    ink: Ink,
    paper: Paper,
    seed: Shift,
) -> np.ndarray:
    """Round dots in staggered rows."""
    right, down = shift_of(seed)
    scale = count / 2
    # With the centre of a dot at the centre of each cell and at its corners.
    x = np.abs(_wrapped(grid.x[0] * scale - right))[None, :]
    y = np.abs(_wrapped(grid.y[:, 0] * scale - down))[:, None]
    nearest = np.minimum(norm(x, y), norm(0.5 - x, 0.5 - y))
    return two_tone(ink, paper, grid.inside((nearest - size * 0.125**0.5) / scale))


def _wrapped(place: np.ndarray) -> np.ndarray:
    return place - np.rint(place)
