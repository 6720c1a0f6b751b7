"""Which place of one picture a metric compared with which place of the other, and what that cost.

An arrow leads from a place of the first picture to the place of the second whose activation it was
compared with, in one channel. It carries its part of the layer's distance: the squared difference
of the two values, normalised where the distance is, over the number of places. All arrows of a
layer together carry the layer's distance.

With channel norm, what a rank contributes depends on all channels at that rank. Where an
activation is tied with its like, its rank is an accident, so arrows that join equal activations to
equal activations carry equally: the mean of their ranks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explorer.inside.matching import Matching, changes
from explorer.inside.pair import Pair
from explorer.metrics import METRICS
from explorer.metrics.distance import rank_terms

COMPARES = ("sort", "spatial")
"""The metrics whose values stand at places: `mean` has none left."""


@dataclass(frozen=True)
class Flow:
    """Every arrow of a layer.

    Attributes:
        metric: `sort` or `spatial`.
        norm: `raw` or `norm`.
        height, width: of the feature maps; place p is row p // width, column p % width.
        there: (C, P), the place in the second picture for each place in the first.
        rank: (C, P), the rank at which the two were compared; None for `spatial`.
        carried: float32 (C, P), each arrow's part of the layer's distance.
    """

    metric: str
    norm: str
    height: int
    width: int
    there: np.ndarray
    rank: np.ndarray | None
    carried: np.ndarray

    @property
    def nbytes(self) -> int:
        """Memory of what is not shared with the matching."""
        return self.carried.nbytes

    def channel(self, channel: int) -> Flow:
        """The arrows of one channel alone."""
        only = slice(channel, channel + 1)
        rank = None if self.rank is None else self.rank[only]
        there, carried = self.there[only], self.carried[only]
        return Flow(self.metric, self.norm, self.height, self.width, there, rank, carried)


@dataclass(frozen=True)
class Arrow:
    """One match, with all that its part of the distance was made from.

    Attributes:
        channel, here, there: which channel; the place in the first and in the second picture.
        carried: its part of the layer's distance.
        activations: of the two places, as the network gave them.
        compared: the two values whose squared difference it is; over several ranks, their means.
        ranks: the first and last of the ranks whose mean it carries; None for `spatial`.
    """

    channel: int
    here: int
    there: int
    carried: float
    activations: tuple[float, float]
    compared: tuple[float, float]
    ranks: tuple[int, int] | None


def flow(pair: Pair, metric: str, norm: str, layer: int, matching: Matching | None) -> Flow:
    """Every arrow of a layer.

    Args:
        pair: the pictures.
        metric: `sort` or `spatial`.
        norm: `raw` or `norm`.
        layer: counted from 0.
        matching: of that layer; `sort` needs it.

    Raises:
        ValueError: if the metric forgets places, or `sort` has no matching.
    """
    if metric not in COMPARES:
        raise ValueError(f"{metric} compares no places; choose {' or '.join(COMPARES)}.")
    channels, height, width = pair.shape(layer)
    count = height * width
    a, b = (f.arranged(METRICS[metric], layer) for f in (pair.features_a, pair.features_b))
    terms = (rank_terms(a, b, norm)[0] / count).float().cpu().contiguous().numpy()
    if metric == "spatial":
        there = np.broadcast_to(np.arange(count), (channels, count))
        return Flow(metric, norm, height, width, there, None, terms)
    if matching is None:
        raise ValueError("sort matches ranks: the flow needs the matching of the layer.")
    if norm == "norm":
        new = [changes(x.values[0].cpu().numpy()) for x in (a, b)]
        terms = _shared(terms, new[0] | new[1])
    carried = np.take_along_axis(terms, matching.rank, axis=1)
    return Flow(metric, norm, height, width, matching.there, matching.rank, carried)


def _shared(terms: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Ranks that join equal values to equal values get the mean of their terms.

    Args:
        terms: (C, P), by rank.
        new: bool (C, P), whether a rank joins other values than the rank below.
    """
    starts = np.flatnonzero(new)
    length = np.diff(starts, append=terms.size)
    sums = np.add.reduceat(terms.reshape(-1), starts, dtype=np.float64)
    return np.repeat((sums / length).astype(np.float32), length).reshape(terms.shape)


def strongest_place(flow: Flow) -> int:
    """The place of the first picture that carries most; the middle one if none carries anything."""
    total = flow.carried.sum(0, dtype=np.float64)
    if not total.any():
        return flow.height // 2 * flow.width + flow.width // 2
    return int(total.argmax())


def strongest_channels(pair: Pair, flow: Flow, layer: int, place: int, count: int) -> list[int]:
    """The channels that carry most at a place; of equal ones, the most active first."""
    activations = pair.features_a.maps[layer][0].flatten(1)[:, place].cpu().numpy()
    return np.lexsort((-activations, -flow.carried[:, place]))[:count].tolist()


def arrows(
    pair: Pair, flow: Flow, layer: int, place: int, channels: Sequence[int]
) -> tuple[Arrow, ...]:
    """The arrows that leave a place of the first picture in some channels."""
    both = (pair.features_a, pair.features_b)
    maps = [f.maps[layer][0].flatten(1) for f in both]
    arranged = [f.arranged(METRICS[flow.metric], layer) for f in both]
    scales = [x.scale[0, 0].double().cpu().numpy() for x in arranged]
    result = []
    for channel in channels:
        there = int(flow.there[channel, place])
        values = tuple(float(m[channel, p]) for m, p in zip(maps, (place, there), strict=True))
        first, last = place, place
        if flow.rank is not None:
            upwards = [x.values[0, channel].cpu().numpy() for x in arranged]
            first, last = _ties(upwards, int(flow.rank[channel, place]))
        compared = values
        if flow.norm == "norm":
            compared = tuple(
                v * float(s[first : last + 1].mean()) for v, s in zip(values, scales, strict=True)
            )
        ranks = None if flow.rank is None else (first, last)
        carried = float(flow.carried[channel, place])
        result.append(
            Arrow(channel, place, there, carried, values, compared, ranks)  # type: ignore[arg-type]
        )
    return tuple(result)


def _ties(upwards: Sequence[np.ndarray], rank: int) -> tuple[int, int]:
    """The first and the last rank at which both have the values that they have at `rank`."""
    first = max(int(np.searchsorted(u, u[rank], "left")) for u in upwards)
    last = min(int(np.searchsorted(u, u[rank], "right")) for u in upwards) - 1
    return first, last
