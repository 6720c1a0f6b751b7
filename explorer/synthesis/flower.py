"""A flower on its stem."""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np

from explorer.spec import Colour, Integer, Real
from explorer.synthesis.drawing import Grid, paint
from explorer.synthesis.registry import FAMILIES
from explorer.synthesis.shapes import crop, disc, norm, taper, turned, window
from explorer.synthesis.tones import shade

HEAD = 0.66


@FAMILIES.register("flower", title="Flower", kind="figure")
def flower(
    grid: Grid,
    *,
    petals: Annotated[int, Integer(8, 3, 16, help="How many petals.")],
    fullness: Annotated[float, Real(0.9, 0.4, 1.3, help="Width of a petal; at 1 they touch.")],
    colour: Annotated[str, Colour("#e24a8d", help="Colour of the petals.")],
    centre: Annotated[str, Colour("#ffc90e", help="Colour of the middle.")],
    seed: Annotated[int, Integer(1, 0, 999, help="How the stem leans and the flower is turned.")],
) -> np.ndarray:
    """One flower with a stem and a leaf."""
    generator = np.random.default_rng(seed)
    lean = generator.uniform(0.08, 0.3) * (1 if generator.uniform() < 0.5 else -1)
    picture = grid.empty()
    area, below = crop(grid, -0.8, -0.2, 0.8, 0.96)
    picture[area] = _stem(below, picture[area], lean)
    area, local = window(grid, lean, HEAD - 1 + 0.02, HEAD)
    local = turned(local, generator.uniform(0, 2 * math.pi))
    part = picture[area]
    angle = np.arctan2(local.y, local.x) * (petals / (2 * math.pi))
    radius = norm(local.x, local.y)
    for layer, tone in ((0.5, shade(colour, -0.35)), (0.0, colour)):
        folded = _folded(local, angle + layer, radius, petals)
        whole, vein = _petal(folded, petals, fullness)
        part = paint(part, tone, local.inside(whole))
        part = paint(part, shade(tone, 0.3), local.inside(vein))
    picture[area] = part
    area, local = window(grid, lean, HEAD - 1 + 0.02, 0.29 * HEAD)
    part = paint(picture[area], shade(centre, -0.3), local.inside(disc(local, 0, 0, 1)))
    picture[area] = paint(part, centre, local.inside(disc(local, 0, 0, 0.83)))
    return picture


def _stem(grid: Grid, picture: np.ndarray, lean: float) -> np.ndarray:
    # From the foot at the bottom to the head, leaning over as it rises; a leaf to the other side.
    rise = (0.96 - grid.y) * (1 / 1.3)
    bent = (grid.x - rise * rise * lean) / norm(1, rise * (2 * lean / 1.3))
    stem = np.maximum(np.abs(bent) - 0.045, np.maximum(grid.y - 0.96, -0.2 - grid.y))
    side = -1 if lean > 0 else 1
    leaf = np.maximum(disc(grid, side * 0.42, 0.29, 0.5), disc(grid, side * 0.17, 0.93, 0.5))
    picture = paint(picture, "#4aa83a", grid.inside(leaf))
    return paint(picture, "#2f7d32", grid.inside(stem))


def _folded(grid: Grid, sectors: np.ndarray, radius: np.ndarray, count: int) -> Grid:
    # Every sector about the centre laid over the one that points along x.
    angle = (sectors - np.rint(sectors)) * (2 * math.pi / count)
    return Grid(radius * np.cos(angle), radius * np.sin(angle), grid.pixel)


def _petal(grid: Grid, count: int, fullness: float) -> tuple[np.ndarray, np.ndarray]:
    # A petal along x with its tip at 1, and its vein.
    sine = math.sin(math.pi / count)
    # A few very full petals are held to half the radius, or they would swallow the centre.
    tip = min(fullness * sine / (1 + sine), 0.5)
    whole = taper(grid, (0, 0, 0.05), (1 - tip, 0, tip))
    vein = taper(grid, (0.2, 0, 0.01), (0.78, 0, 0.035))
    return whole, vein
