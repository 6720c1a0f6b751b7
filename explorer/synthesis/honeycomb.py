"""Honeycomb."""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np

from explorer.spec import Integer, Real
from explorer.synthesis.drawing import Grid
from explorer.synthesis.registry import FAMILIES
from explorer.synthesis.shapes import band
from explorer.synthesis.tones import Ink, Paper, Shift, shift_of, two_tone

ROW = math.sqrt(3)


@FAMILIES.register("honeycomb", title="Honeycomb", kind="pattern")
def honeycomb(
    grid: Grid,
    *,
    cells: Annotated[int, Integer(8, 2, 20, help="How many cells across.")],
    wall: Annotated[float, Real(0.2, 0.02, 0.8, help="Thickness of a wall over a cell's width.")],
    ink: Ink,
    paper: Paper,
    seed: Shift,
) -> np.ndarray:
    """Six-sided cells with walls of one thickness."""
    right, down = shift_of(seed)
    scale = cells / 2
    x, y = grid.x * scale - right, grid.y * scale - down * ROW
    # The centres of cells form two rectangular lattices; the nearer centre owns the point.
    ax, ay = np.abs(x - np.rint(x)), np.abs(y - np.rint(y / ROW) * ROW)
    bx, by = 0.5 - ax, ROW / 2 - ay
    to_wall = np.maximum(_to_wall(ax, ay), _to_wall(bx, by))
    return two_tone(ink, paper, band(grid, to_wall / scale, wall / scale))


def _to_wall(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    # How far inside a hexagon of width 1 about the origin; x and y are not negative.
    return 0.5 - np.maximum(x, x * 0.5 + y * (ROW / 2))
