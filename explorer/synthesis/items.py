"""A few everyday things, as icons."""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np

from explorer.spec import Choice, Integer, Real
from explorer.synthesis.drawing import Grid
from explorer.synthesis.icons import ICONS
from explorer.synthesis.registry import FAMILIES
from explorer.synthesis.shapes import window


@FAMILIES.register("items", title="Items", kind="figure")
def items(
    grid: Grid,
    *,
    thing: Annotated[str, Choice("mixed", ("mixed", *ICONS), help="What to show.")],
    count: Annotated[int, Integer(3, 1, 8, help="How many things.")],
    layout: Annotated[
        str, Choice("column", ("column", "row", "circle"), help="How they are placed.")
    ],
    size: Annotated[float, Real(0.9, 0.3, 1, help="Size of a thing in the room that it has.")],
    seed: Annotated[int, Integer(0, 0, 999, help="Which things, in which order and how placed.")],
) -> np.ndarray:
    """Drawings of fruit and small objects, side by side."""
    generator = np.random.default_rng(seed)
    names = tuple(ICONS)
    order = generator.permutation(len(names)).tolist() if seed else range(len(names))
    chosen = [names[i] for i in order] if thing == "mixed" else [thing]
    picture = grid.empty()
    for i, (x, y, room) in enumerate(_places(count, layout, generator.uniform() if seed else 0.0)):
        half = room * size
        # Whatever room is left over, a thing may stand anywhere in it.
        slack = (room - half) if seed else 0.0
        dx, dy = generator.uniform(-slack, slack, 2).tolist()
        area, local = window(grid, x + dx, y + dy, half)
        picture[area] = ICONS[chosen[i % len(chosen)]](local, picture[area])
    return picture


def _places(count: int, layout: str, turn: float) -> list[tuple[float, float, float]]:
    # Centre and half-width of the room for each thing; all inside the square.
    if count == 1:
        return [(0.0, 0.0, 1.0)]
    if layout == "circle":
        sine = math.sin(math.pi / count)
        room = sine / (1 + sine)
        angles = [2 * math.pi * ((i + turn) / count - 0.25) for i in range(count)]
        return [((1 - room) * math.cos(a), (1 - room) * math.sin(a), room) for a in angles]
    line = [(2 * i + 1) / count - 1 for i in range(count)]
    if layout == "row":
        return [(place, 0.0, 1 / count) for place in line]
    return [(0.0, place, 1 / count) for place in line]
