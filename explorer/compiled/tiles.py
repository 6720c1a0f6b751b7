"""Overlapping tiles of a map into the points where `explorer.winograd` multiplies, and back.

Maps lie channels last. A transform goes down the tile first, then across it.
"""

from __future__ import annotations

import numpy as np

from explorer.compiled import compiled


@compiled()
def read(
    maps: np.ndarray,
    matrix: np.ndarray,
    tile: int,
    counts: tuple[int, int],
    padding: tuple[int, int],
    start: int,
    stop: int,
    out: np.ndarray,
) -> None:
    """Tiles from `start` to `stop` of (N, H, W, C), in `matrix` (n, n) → (n², stop - start, C).

    A picture has `counts` tiles down and across, `tile` places apart; the first one begins at
    minus `padding`. What is outside of the map is zero.
    """
    _, height, width, channels = maps.shape
    n = len(matrix)
    half = np.empty((n, n * channels), np.float32)
    for t in range(start, stop):
        picture, place = t // (counts[0] * counts[1]), t % (counts[0] * counts[1])
        top = place // counts[1] * tile - padding[0]
        left = place % counts[1] * tile - padding[1]
        above, below = max(-top, 0), min(n, height - top)
        first, last = max(-left, 0), min(n, width - left)
        lines = maps[picture].reshape(height, width * channels)
        for i in range(n):
            line = half[i, first * channels : last * channels]
            line[:] = 0
            for k in range(above, below):
                factor = matrix[i, k]
                if factor == 0:
                    continue
                source = lines[top + k, (left + first) * channels : (left + last) * channels]
                for e in range(len(line)):
                    line[e] += factor * source[e]
        for i in range(n):
            for j in range(n):
                point = out[i * n + j, t - start]
                point[:] = 0
                for k in range(first, last):
                    factor = matrix[j, k]
                    if factor == 0:
                        continue
                    source = half[i, k * channels : (k + 1) * channels]
                    for c in range(channels):
                        point[c] += factor * source[c]


@compiled()
def write(
    points: np.ndarray,
    matrix: np.ndarray,
    bias: np.ndarray,
    lowest: float,
    counts: tuple[int, int],
    start: int,
    stop: int,
    out: np.ndarray,
) -> None:
    """(n², stop - start, C) by `matrix` (m, n) → tiles of m × m places in `out` (N, H, W, C).

    `bias` (C,) is added; nothing is left below `lowest`. Of the last tiles what is outside of the
    map is left out.
    """
    _, height, width, channels = out.shape
    m, n = matrix.shape
    half = np.empty((n, channels), np.float32)
    for t in range(start, stop):
        picture, place = t // (counts[0] * counts[1]), t % (counts[0] * counts[1])
        top, left = place // counts[1] * m, place % counts[1] * m
        for a in range(min(m, height - top)):
            for j in range(n):
                line = half[j]
                line[:] = 0
                for i in range(n):
                    factor = matrix[a, i]
                    if factor == 0:
                        continue
                    source = points[i * n + j, t - start]
                    for c in range(channels):
                        line[c] += factor * source[c]
            for b in range(min(m, width - left)):
                found = out[picture, top + a, left + b]
                found[:] = bias
                for j in range(n):
                    factor = matrix[b, j]
                    if factor == 0:
                        continue
                    source = half[j]
                    for c in range(channels):
                        found[c] += factor * source[c]
                for c in range(channels):
                    found[c] = lowest if found[c] < lowest else found[c]
