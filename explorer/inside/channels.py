"""Which channels make a layer's distance, and what they look like in both pictures.

A layer's distance is a sum over channels, so each channel contributes a part of it: the mean, over
places (`spatial`) or ranks (`sort`), of its squared differences, or the squared difference of its
means (`mean`). With channel norm the values are those of the normalised vectors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from explorer.inside.pair import Pair
from explorer.metrics import METRICS
from explorer.metrics.distance import Arranged, rank_terms

SINGLE = ("spatial", "mean", "sort")
"""The metrics whose distance is a plain sum over channels."""


def contributions(pair: Pair, metric: str, norm: str, layer: int) -> np.ndarray:
    """What each channel contributes to a layer's distance.

    Args:
        pair: the pictures.
        metric: one of `SINGLE`.
        norm: `raw` or `norm`.
        layer: counted from 0.

    Returns:
        float64 (C,), never negative; the sum is the layer's distance.
    """
    terms = rank_terms(*_arranged(pair, metric, layer), norm)[0]
    return terms.mean(1, dtype=torch.float64).cpu().numpy()


def ranked(shares: np.ndarray) -> np.ndarray:
    """(C,) contributions → the channels, that of the largest first; of equals the lower number."""
    return np.argsort(-shares, kind="stable")


def enough(shares: np.ndarray, part: float) -> int:
    """How many channels, the largest first, make at least `part` (0 to 1) of the sum.

    >>> enough(np.array([1.0, 6.0, 0.0, 3.0]), 0.6), enough(np.array([1.0, 6.0, 0.0, 3.0]), 0.61)
    (1, 2)
    """
    running = np.cumsum(np.sort(shares)[::-1])
    # What rounding leaves between a running sum and the whole must not count as a channel.
    return int(np.searchsorted(running, part * running[-1] * (1 - 1e-12))) + 1


@dataclass(frozen=True)
class Maps:
    """Feature maps of some channels, float32 (K, H, W) each.

    Attributes:
        a, b: of the two pictures.
        squared: their squared difference a place; its mean is what that channel contributes to
            the distance of `spatial`.
    """

    a: np.ndarray
    b: np.ndarray
    squared: np.ndarray


def maps(pair: Pair, norm: str, layer: int, channels: Sequence[int]) -> Maps:
    """The feature maps of some channels.

    Args:
        pair: the pictures.
        norm: `raw`, or `norm`: the vector over all channels at each place has length one, or zero.
        layer: counted from 0.
        channels: counted from 0.
    """
    a, b = (
        _chosen(arranged, norm, channels).reshape(len(channels), *pair.shape(layer)[1:])
        for arranged in _arranged(pair, "spatial", layer)
    )
    return Maps(a, b, np.square(a - b))


@dataclass(frozen=True)
class Curves:
    """One channel without its places.

    Attributes:
        a, b: float32 (P,), the sorted activations, the smallest first. Without channel norm they
            rise; with it each rank was divided by a length of its own, and they may fall, too.
        mean_a, mean_b: the channel's means, with channel norm those of the normalised vectors.
    """

    a: np.ndarray
    b: np.ndarray
    mean_a: float
    mean_b: float

    @property
    def squared(self) -> np.ndarray:
        """(P,), the squared gap a rank; its mean is the channel's part of `sort`'s distance."""
        return np.square(self.a - self.b)


def curves(pair: Pair, norm: str, layer: int, channel: int) -> Curves:
    """What `sort` and `mean` compare of one channel.

    Args:
        pair: the pictures.
        norm: `raw`, or `norm`: the vector over channels at each rank, and the one of means, is
            divided by its length; after sorting and averaging, as the metrics do.
        layer: counted from 0.
        channel: counted from 0.
    """
    a, b = (_chosen(x, norm, [channel])[0] for x in _arranged(pair, "sort", layer))
    means = (_chosen(x, norm, [channel]).item() for x in _arranged(pair, "mean", layer))
    return Curves(a, b, *means)


@dataclass(frozen=True)
class Extent:
    """What a layer's activations span over all channels and both pictures: fixed axes.

    Attributes:
        maps: the lowest activation, or zero if that is lower, and the highest.
        squared: the largest squared difference at a place.
        curves: as `maps`, of the sorted activations and the means.
        gap: the largest squared gap at a rank.
    """

    maps: tuple[float, float]
    squared: float
    curves: tuple[float, float]
    gap: float


def extent(pair: Pair, norm: str, layer: int) -> Extent:
    """The spans that hold every channel of a layer."""
    spatial, mean, ordered = (_arranged(pair, metric, layer) for metric in SINGLE)
    places, ranks, means = (
        [x.normalised if norm == "norm" else x.values for x in both]
        for both in (spatial, ordered, mean)
    )
    return Extent(
        _span(places),
        float(rank_terms(*spatial, norm).amax()),
        _span([*ranks, *means]),
        float(rank_terms(*ordered, norm).amax()),
    )


def _span(tensors: Sequence[torch.Tensor]) -> tuple[float, float]:
    low = min(float(t.amin()) for t in tensors)
    return min(low, 0.0), max(float(t.amax()) for t in tensors)


def _arranged(pair: Pair, metric: str, layer: int) -> tuple[Arranged, Arranged]:
    a, b = (f.arranged(METRICS[metric], layer) for f in (pair.features_a, pair.features_b))
    return a, b


def _chosen(arranged: Arranged, norm: str, channels: Sequence[int]) -> np.ndarray:
    """(K, P), some channels of the first picture, without normalising the others."""
    values = arranged.values[0, list(channels)]
    if norm == "norm":
        values = values * arranged.scale[0]
    return values.float().cpu().numpy()
