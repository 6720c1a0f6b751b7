"""The definitions, written as plainly as they can be, sharing no code with the engine.

Float64, one layer at a time, loops where loops are clearest. This is what the fast code is held to.
"""

from __future__ import annotations

import numpy as np


def rearranged(features: np.ndarray, kind: str) -> np.ndarray:
    """(C, H, W) → (C, P), for one of the three rearrangements."""
    flat = features.reshape(features.shape[0], -1).astype(np.float64)
    if kind == "spatial":
        return flat
    if kind == "mean":
        return flat.mean(axis=1, keepdims=True)
    return np.sort(flat, axis=1, kind="stable")


def normalised(values: np.ndarray) -> np.ndarray:
    """(C, P), each column of length one; a zero column stays zero."""
    result = np.zeros_like(values)
    for k in range(values.shape[1]):
        length = np.sqrt((values[:, k] ** 2).sum())
        if length > 0:
            result[:, k] = values[:, k] / length
    return result


def layer_distance(a: np.ndarray, b: np.ndarray, kind: str, norm: bool) -> float:
    """The distance of one layer between feature maps (C, H, W)."""
    x, y = rearranged(a, kind), rearranged(b, kind)
    if norm:
        x, y = normalised(x), normalised(y)
    return float(((x - y) ** 2).sum(axis=0).mean())
