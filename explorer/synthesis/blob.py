"""One plain shape with a wavy outline."""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np

from explorer.spec import Colour, Integer, Real
from explorer.synthesis.drawing import Grid, paint
from explorer.synthesis.registry import FAMILIES
from explorer.synthesis.shapes import norm


@FAMILIES.register("blob", title="Blob", kind="figure")
def blob(
    grid: Grid,
    *,
    radius: Annotated[float, Real(0.85, 0.2, 0.98, help="Farthest reach; the square is 2 wide.")],
    waviness: Annotated[float, Real(0.4, 0, 0.8, help="Depth of the dents; 0 is a disc.")],
    lobes: Annotated[int, Integer(5, 4, 12, help="Most waves around the outline.")],
    colour: Annotated[str, Colour("#000000", help="Colour of the shape.")],
    seed: Annotated[int, Integer(4, 0, 999, help="Which outline.")],
) -> np.ndarray:
    """A rounded shape in one colour whose outline swells and sinks."""
    generator = np.random.default_rng(seed)
    # Two slow waves give the gait, the chosen one the lobes; sizes sum to 1.
    orders = sorted({2, 3, lobes})
    sizes = generator.uniform(0.4, 1, len(orders))
    sizes = (sizes / sizes.sum()).tolist()
    phases = generator.uniform(0, 2 * math.pi, len(orders)).tolist()
    distance = norm(grid.x, grid.y)
    angle = np.arctan2(grid.y, grid.x)
    edge = np.full_like(angle, radius * (1 - waviness / 2))
    slope = np.zeros_like(angle)
    for order, size, phase in zip(orders, sizes, phases, strict=True):
        swell = radius * waviness / 2 * size
        wave = angle * order + phase
        edge += np.cos(wave) * swell
        slope -= np.sin(wave) * (swell * order)
    steepness = norm(1, slope / np.maximum(distance, 0.05))
    return paint(grid.empty(), colour, grid.inside((distance - edge) / steepness))
