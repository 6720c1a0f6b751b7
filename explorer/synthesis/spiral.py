"""A sunburst with a twist."""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np

from explorer.spec import Integer, Real
from explorer.synthesis.drawing import Grid
from explorer.synthesis.registry import FAMILIES
from explorer.synthesis.shapes import norm, stripes
from explorer.synthesis.tones import Ink, Paper, two_tone


@FAMILIES.register("spiral", title="Spiral", kind="pattern")
def spiral(
    grid: Grid,
    *,
    rays: Annotated[int, Integer(18, 1, 48, help="How many rays.")],
    twist: Annotated[
        float, Real(0.15, -1, 1, unit=" turns", help="How far a ray turns on its way out.")
    ],
    ink: Ink,
    paper: Paper,
    seed: Annotated[int, Integer(0, 0, 999, help="Which way the first ray points; 0 is right.")],
) -> np.ndarray:
    """Rays from the centre that curve as they go outwards."""
    start = np.random.default_rng(seed).uniform() if seed else 0.0
    radius = np.maximum(norm(grid.x, grid.y), 1e-3)
    turns = np.arctan2(grid.y, grid.x) * (0.5 / math.pi)
    # Towards the centre rays are finer than pixels, and `stripes` makes them an even tone.
    width = norm(0.5 / math.pi / radius, twist) * (rays * grid.pixel)
    return two_tone(ink, paper, stripes((turns - radius * twist - start) * rays, width))
