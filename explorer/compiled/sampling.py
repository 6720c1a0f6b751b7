"""A subject looked up where each pixel of a canvas came from."""

from __future__ import annotations

import numpy as np

from explorer.compiled import compiled


@compiled()
def sample(
    blocks: np.ndarray,
    start: int,
    stop: int,
    down: tuple[int, int],
    across: tuple[int, int],
    origin: tuple[float, float],
    step: tuple[float, float],
    out: np.ndarray,
) -> None:
    """(n, m, 4) → (4, size, size), bilinear, for rows from `start` to `stop`.

    `blocks` has a transparent border, which lies around it without end. Only rows in `down` and
    columns in `across` reach it; others are transparent. The first pixel came from column and row
    `origin` of the blocks, the next in its row from `step` further, the next row turned by 90°.
    """
    rows, columns, colours = blocks.shape
    for r in range(start, stop):
        for k in range(colours):
            for c in range(out.shape[2]):
                out[k, r, c] = 0
        if r < down[0] or r >= down[1]:
            continue
        for c in range(across[0], across[1]):
            x = origin[0] + c * step[0] - r * step[1]
            y = origin[1] + c * step[1] + r * step[0]
            x, y = min(max(x, 0.0), columns - 1.0), min(max(y, 0.0), rows - 1.0)
            i, j = min(int(x), columns - 2), min(int(y), rows - 2)
            right, low = np.float32(x - i), np.float32(y - j)
            left, high = np.float32(1) - right, np.float32(1) - low
            for k in range(4):
                above = left * blocks[j, i, k] + right * blocks[j, i + 1, k]
                below = left * blocks[j + 1, i, k] + right * blocks[j + 1, i + 1, k]
                out[k, r, c] = high * above + low * below
