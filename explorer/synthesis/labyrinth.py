"""A labyrinth with upright walls."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from explorer.spec import Integer, Real
from explorer.synthesis.drawing import Grid
from explorer.synthesis.registry import FAMILIES
from explorer.synthesis.shapes import boxes, laid
from explorer.synthesis.tones import Ink, Paper, two_tone


@FAMILIES.register("labyrinth", title="Labyrinth", kind="pattern")
def labyrinth(
    grid: Grid,
    *,
    cells: Annotated[int, Integer(12, 2, 28, help="How many cells across.")],
    wall: Annotated[float, Real(0.5, 0.1, 0.9, help="Thickness of a wall, of cell and wall.")],
    ink: Ink,
    paper: Paper,
    seed: Annotated[int, Integer(0, 0, 999, help="Which labyrinth.")],
) -> np.ndarray:
    """Winding passages between walls, with one way from any place to any other."""
    walls = _walls(cells, np.random.default_rng(seed))
    widths = np.where(np.arange(2 * cells + 1) % 2, 1 - wall, wall)
    shares = boxes(grid, *laid(widths))
    return two_tone(ink, paper, np.clip(shares @ walls @ shares.T, 0, 1))


def _walls(cells: int, generator: np.random.Generator) -> np.ndarray:
    # 1 for wall, 0 for passage: even places are walls and corners, odd ones cells.
    side = 2 * cells + 1
    solid = [[1.0] * side for _ in range(side)]
    draws = iter(generator.random(2 * cells * cells).tolist())
    path = [(1, 1)]
    solid[1][1] = 0.0
    while path:
        row, column = path[-1]
        ways = [
            (dr, dc)
            for dr, dc in ((0, 1), (1, 0), (0, -1), (-1, 0))
            if 0 < row + 2 * dr < side
            and 0 < column + 2 * dc < side
            and solid[row + 2 * dr][column + 2 * dc]
        ]
        if not ways:
            path.pop()
            continue
        dr, dc = ways[int(next(draws) * len(ways))]
        solid[row + dr][column + dc] = solid[row + 2 * dr][column + 2 * dc] = 0.0
        path.append((row + 2 * dr, column + 2 * dc))
    return np.array(solid, dtype=np.float32)
