"""A butterfly."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from explorer.spec import Colour, Integer, Real
from explorer.synthesis.drawing import Grid, paint
from explorer.synthesis.registry import FAMILIES
from explorer.synthesis.shapes import Area, crop, disc, taper
from explorer.synthesis.tones import shade


@FAMILIES.register("butterfly", title="Butterfly", kind="figure")
def butterfly(
    grid: Grid,
    *,
    spread: Annotated[float, Real(1, 0.3, 1, help="How far the wings are open.")],
    spots: Annotated[int, Integer(4, 0, 6, help="How many spots a wing has.")],
    colour: Annotated[str, Colour("#f58a1f", help="Colour of the wings.")],
    edge: Annotated[str, Colour("#2a1a3a", help="Colour of the edges and the body.")],
    seed: Annotated[int, Integer(5, 0, 999, help="Which shape of wing.")],
) -> np.ndarray:
    """A butterfly from above, its wings alike on both sides."""
    generator = np.random.default_rng(seed)
    upper_r, lower_r = generator.uniform(0.3, 0.38), generator.uniform(0.22, 0.32)
    upper = (0.95 - upper_r, -0.86 + upper_r + generator.uniform(0, 0.15), upper_r)
    lower = (generator.uniform(0.7, 0.82) - lower_r, 0.86 - lower_r, lower_r)
    picture = grid.empty()
    for root, tip, tone in (
        ((0.06, 0.05, 0.1), lower, shade(colour, -0.22)),
        ((0.06, -0.05, 0.14), upper, colour),
    ):
        area, half = _half(
            grid, spread, min(root[1], tip[1]) - tip[2], max(root[1], tip[1]) + tip[2]
        )
        wing = taper(half, root, tip)
        part = paint(picture[area], edge, half.inside(wing))
        picture[area] = paint(part, tone, half.inside(wing + 0.09))
    for i in range(spots):
        cx, cy, room = upper if i % 2 == 0 else lower
        out, share = ((1.06, 0.38), (0.72, 0.26), (0.5, 0.17))[i // 2]
        area, half = _half(grid, spread, cy * out - room * share, cy * out + room * share)
        spot = disc(half, cx * out, cy * out, room * share)
        picture[area] = paint(picture[area], shade(colour, 0.75), half.inside(spot))
    area, half = _half(grid, 1, -0.95, 0.65, 0.3)
    body = taper(half, (0, -0.42, 0.075), (0, 0.55, 0.04))
    feeler = taper(half, (0.02, -0.45, 0.014), (0.24, -0.88, 0.022))
    picture[area] = paint(picture[area], edge, half.inside(np.minimum(body, feeler)))
    return picture


def _half(
    grid: Grid, spread: float, top: float, bottom: float, reach: float = 1.0
) -> tuple[Area, Grid]:
    # A part of the picture on which right is like left; closing the wings narrows them.
    area, part = crop(grid, -reach * spread, top, reach * spread, bottom)
    return area, Grid(np.abs(part.x) / spread, part.y, part.pixel / spread**0.5)
