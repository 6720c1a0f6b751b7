"""Smaller maps with the same mean."""

from __future__ import annotations

import math

import numpy as np


def shrunk(maps: np.ndarray, side: int) -> np.ndarray:
    """Maps of at most `side` rows and columns; each cell is the mean of the area that it covers.

    Every cell covers the same area, a cell at a border of places takes them in part: so the mean
    of a map stays what it was.

    Args:
        maps: float (..., H, W).
        side: at least 1.

    Returns:
        The maps themselves where they fit.

    >>> shrunk(np.array([[0.0, 3.0, 6.0]]), 2)
    array([[1., 5.]])
    """
    height, width = maps.shape[-2:]
    if max(height, width) <= side:
        return maps
    rows, columns = (_areas(n, math.ceil(n / math.ceil(n / side))) for n in (height, width))
    return np.asarray(rows @ maps @ columns.T, dtype=maps.dtype)


def _areas(length: int, cells: int) -> np.ndarray:
    """(cells, length): how much each of `length` places weighs in each cell; rows sum to one."""
    edges = np.arange(cells + 1) * (length / cells)
    places = np.arange(length)
    ends = np.minimum(edges[1:, None], places + 1)
    overlap = np.clip(ends - np.maximum(edges[:-1, None], places), 0, None)
    weights: np.ndarray = overlap / overlap.sum(1, keepdims=True)
    return weights
