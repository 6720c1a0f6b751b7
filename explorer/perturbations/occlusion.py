"""Occlusion by one square."""

from __future__ import annotations

from typing import Annotated

import torch

from explorer.perturbations.registry import PERTURBATIONS
from explorer.spec import Colour, Integer, rgb


@PERTURBATIONS.register(
    "occlusion", title="Occlusion", stage="filter", neutral={"side": 0}, paper=False
)
def occlusion(
    image: torch.Tensor,
    *,
    side: Annotated[int, Integer(0, 0, 100, 1, " %", help="Side, in percent of the picture's.")],
    x: Annotated[
        int, Integer(0, -100, 100, 1, " %", "Place x", "−100 is the left edge, 100 the right.")
    ],
    y: Annotated[
        int, Integer(0, -100, 100, 1, " %", "Place y", "−100 is the top edge, 100 the bottom.")
    ],
    colour: Annotated[str, Colour("#808080", help="The colour of the square.")],
) -> torch.Tensor:
    """Hides a part of the picture behind a plain square.

    Whole pixels: each side is side % of the picture's, rounded, and the square's first row and
    column lie at (1 + place / 100) / 2 of the room that it leaves.
    """
    top, bottom = _span(image.shape[1], side, y)
    left, right = _span(image.shape[2], side, x)
    hidden = image.clone()
    hidden[:, top:bottom, left:right] = torch.tensor(rgb(colour)).view(3, 1, 1)
    return hidden


def _span(length: int, side: int, place: int) -> tuple[int, int]:
    extent = round(length * side / 100)
    first = round((length - extent) * (100 + place) / 200)
    return first, first + extent
