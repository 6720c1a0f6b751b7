"""Coloured discs with dark rims."""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np

from explorer.spec import Integer, Real
from explorer.synthesis.drawing import Grid
from explorer.synthesis.registry import FAMILIES
from explorer.synthesis.shapes import disc, window
from explorer.synthesis.tones import bordered

COLOURS = ("#ff0000", "#0000ff", "#00ff00", "#ffc90e", "#a349a4", "#00a2e8", "#ff7f27", "#7f7f7f")


@FAMILIES.register("rings", title="Rings", kind="figure")
def rings(
    grid: Grid,
    *,
    count: Annotated[int, Integer(3, 1, 8, help="How many discs.")],
    radius: Annotated[float, Real(0.34, 0.1, 0.6, help="Radius of a disc; the square is 2 wide.")],
    rim: Annotated[float, Real(0.09, 0, 0.3, help="Width of the black rim.")],
    seed: Annotated[int, Integer(1, 0, 999, help="Which arrangement.")],
) -> np.ndarray:
    """Filled discs in bright colours with a black rim, scattered without touching the edge."""
    generator = np.random.default_rng(seed)
    picture = grid.empty()
    # A lone disc has some room to move about in; several keep apart.
    reach = 1 - radius
    turn = generator.uniform(0, 2 * math.pi)
    for i in range(count):
        # Spread over a circle, so that few discs overlap whatever the seed.
        angle = turn + 2 * math.pi * i / count + generator.uniform(-0.3, 0.3)
        out = reach * (generator.uniform(0, 0.4) if count == 1 else generator.uniform(0.75, 1))
        area, local = window(grid, out * math.cos(angle), out * math.sin(angle), radius)
        outer = disc(local, 0, 0, 1)
        inner = np.minimum(local.inside(outer + rim / radius), local.inside(outer))
        colour = COLOURS[i % len(COLOURS)]
        picture[area] = bordered(picture[area], "#000000", colour, local.inside(outer), inner)
    return picture
