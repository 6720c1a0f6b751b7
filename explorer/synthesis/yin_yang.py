"""The yin-yang sign."""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np

from explorer.spec import Integer, Real
from explorer.synthesis.drawing import Grid
from explorer.synthesis.registry import FAMILIES
from explorer.synthesis.shapes import disc, turned
from explorer.synthesis.tones import Ink, Paper, bordered


@FAMILIES.register("yin_yang", title="Yin-yang", kind="figure")
def yin_yang(
    grid: Grid,
    *,
    rim: Annotated[float, Real(0.03, 0, 0.2, help="Width of the outline; the square is 2 wide.")],
    eye: Annotated[float, Real(0.13, 0, 0.4, help="Radius of the two small discs.")],
    ink: Ink,
    paper: Paper,
    seed: Annotated[int, Integer(0, 0, 999, help="Which way it is turned; 0 is upright.")],
) -> np.ndarray:
    """A disc halved by an S-shaped line, with a small disc of the other tone in either half."""
    turn = np.random.default_rng(seed).uniform(0, 2 * math.pi) if seed else 0.0
    grid = turned(grid, turn)
    edge = disc(grid, 0, 0, 0.98)
    half = (0.98 - rim) / 2
    upper, lower = disc(grid, 0, -half, half), disc(grid, 0, half, half)
    # The dark half is on the left: it keeps the lower lobe and gives the upper one away.
    dark = np.maximum(np.minimum(grid.x, lower), -upper)
    small = eye * half / 0.475
    dark = np.maximum(np.minimum(dark, disc(grid, 0, -half, small)), -disc(grid, 0, half, small))
    light = grid.inside(-dark) * grid.inside(edge + rim)
    return bordered(grid.empty(), ink, paper, grid.inside(edge), light)
