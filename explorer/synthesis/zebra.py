"""Zebra stripes."""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np

from explorer.spec import Integer, Real
from explorer.synthesis.drawing import Grid
from explorer.synthesis.registry import FAMILIES
from explorer.synthesis.shapes import norm, stripes
from explorer.synthesis.tones import Ink, Paper, two_tone


@FAMILIES.register("zebra", title="Zebra", kind="pattern")
def zebra(
    grid: Grid,
    *,
    count: Annotated[int, Integer(8, 2, 24, help="How many stripes across, about.")],
    bend: Annotated[float, Real(0.5, 0, 1, help="How much they bend; 0 is straight.")],
    ink: Ink,
    paper: Paper,
    seed: Annotated[int, Integer(3, 0, 999, help="Which course the stripes take.")],
) -> np.ndarray:
    """Stripes that flow, swell and thin out like those of a zebra."""
    generator = np.random.default_rng(seed)
    lean = generator.uniform(-0.5, 0.5)
    cosine, sine = math.cos(lean), math.sin(lean)
    course = grid.x * cosine + grid.y * sine
    slope_x, slope_y = np.full_like(course, cosine), np.full_like(course, sine)
    for i, size in enumerate((0.5, 0.28, 0.16)):
        # Slower waves are larger, so the stripes bend without breaking up.
        pace = 1.6 + 1.3 * i
        way = generator.uniform(0, 2 * math.pi)
        kx, ky = pace * math.cos(way), pace * math.sin(way)
        wave = grid.x * kx + (grid.y * ky + generator.uniform(0, 2 * math.pi))
        course += np.sin(wave) * (bend * size)
        tilt = np.cos(wave) * (bend * size)
        slope_x += tilt * kx
        slope_y += tilt * ky
    way = generator.uniform(0, 2 * math.pi)
    swell = np.sin(grid.x * (3 * math.cos(way)) + grid.y * (3 * math.sin(way)) + 5 * way)
    density = count / 2
    width = norm(slope_x, slope_y) * (density * grid.pixel)
    return two_tone(ink, paper, stripes(course * density, width, 0.5 + swell * (0.3 * bend)))
