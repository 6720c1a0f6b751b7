"""The arrows of a layer taken together: how far and where to, place by place.

Lengths are counted in widths and heights of the picture, so that 1 is from edge to edge.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.cores import by_rows
from explorer.inside.provenance import Flow


@dataclass(frozen=True)
class Field:
    """What leaves each place, and where to.

    Attributes:
        carried: float64 (H, W), what all arrows from a place carry; the sum is the distance.
        moment: float64 (2, H, W), the sum of what each arrow carries times how far it goes to the
            right and downwards. Divided by `carried`, the weighted mean displacement.
        travelled: the mean length of all arrows, weighted by what they carry, in picture sides; 0
            if they carry nothing.
    """

    carried: np.ndarray
    moment: np.ndarray
    travelled: float


def field(flow: Flow) -> Field:
    """Sum the arrows of a layer, or of one of its channels, at each place that they leave."""
    count = flow.height * flow.width
    shape = (flow.height, flow.width)
    if flow.metric == "spatial":
        return Field(_summed(flow.carried).reshape(shape), np.zeros((2, *shape)), 0.0)
    at = _centres(flow.height, flow.width)

    def work(rows: slice) -> tuple[np.ndarray, float]:
        carried, there = flow.carried[rows], flow.there[rows]
        along = [centre[there] - centre for centre in at]
        sums = [_summed(carried), *(_summed(carried * d) for d in along)]
        length = float((carried * np.hypot(*along)).sum(dtype=np.float64))
        return np.stack(sums), length

    parts = by_rows(work, *flow.carried.shape)
    total = sum((sums for sums, _ in parts), np.zeros((3, count)))
    carried = total[0].sum()
    travelled = sum(length for _, length in parts) / carried if carried > 0 else 0.0
    return Field(total[0].reshape(shape), total[1:].reshape(2, *shape), travelled)


def sample(flow: Flow, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Some arrows that stand for all, each for an equal part of the distance.

    The arrows are laid end to end, place by place, each as long as what it carries; then the line
    is cut into `count` equal parts, and the arrow in the middle of each is taken.

    Returns:
        Their channels, places, and places in the second picture, each (count,); empty if the
        arrows carry nothing.
    """
    if flow.height * flow.width == 0 or not flow.carried.any():
        return (np.zeros(0, np.int64),) * 3
    # First the place, then the channel within it: no copy of all arrows in another order.
    places = _summed(flow.carried)
    ends = np.cumsum(places)
    marks = (np.arange(count) + 0.5) * (ends[-1] / count)
    here = np.searchsorted(ends, marks, "right").clip(max=len(ends) - 1)
    within = np.cumsum(flow.carried[:, here], axis=0, dtype=np.float64)
    left = marks - (ends[here] - places[here])
    channel = (within <= left).sum(0)
    # Rounding may lead past the last arrow that carries anything.
    last = len(within) - 1 - (flow.carried[:, here] > 0)[::-1].argmax(0)
    channel = np.minimum(channel, last)
    return channel, here, flow.there[channel, here].astype(np.int64)


def _summed(values: np.ndarray) -> np.ndarray:
    """(C, P) → float64 (P,), summed over channels."""
    return values.sum(0, dtype=np.float64)


def _centres(height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Where the middle of each place is, across and down, float32 (P,), in picture sides."""
    down, across = np.mgrid[:height, :width].reshape(2, -1)
    x, y = (across + 0.5) / max(width, 1), (down + 0.5) / max(height, 1)
    return x.astype(np.float32), y.astype(np.float32)
