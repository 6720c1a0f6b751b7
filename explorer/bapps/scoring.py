"""The published scores of distances against people's judgements. Plain numpy, float64.

Zhang, Isola, Efros, Shechtman, Wang: The Unreasonable Effectiveness of Deep Features as a
Perceptual Metric, CVPR 2018, arXiv 1801.03924, sections 2.2 and 4, and the program they published.
h is the share of people who found p1 closer to the reference than p0.
"""

from __future__ import annotations

import numpy as np

Array = np.ndarray


def two_afc(d0: Array, d1: Array, h: Array) -> Array:
    """The 2AFC score of each triplet: the share of people with whom the metric agrees.

    1 − h where d0 < d1, h where d1 < d0, and one half where both are equal.

    Args:
        d0: (…, N) distances of p0 from the reference.
        d1: the same of p1.
        h: (N,), in [0, 1].

    >>> two_afc(np.array([1.0, 2.0, 3.0]), np.array([2.0, 1.0, 3.0]), np.array([0.2, 0.2, 0.2]))
    array([0.8, 0.2, 0.5])
    """
    return np.where(d0 < d1, 1 - h, np.where(d1 < d0, h, 0.5))


def human(h: Array) -> Array:
    """The score that a random person is expected to reach on each triplet: h² + (1 − h)².

    A person says p1 with probability h and then agrees with a share h of the people, else with
    1 − h: this is the published ceiling. The person is one of those counted in h.

    >>> human(np.array([0.0, 0.5, 0.8]))
    array([1.  , 0.5 , 0.68])
    """
    return h**2 + (1 - h) ** 2


def best(h: Array) -> Array:
    """The highest score that any answer can have: max(h, 1 − h), that of always the majority."""
    return np.maximum(h, 1 - h)


def accuracy(d0: Array, d1: Array, h: Array) -> Array:
    """Whether the metric chose as the majority did: 1 or 0, and one half where d0 = d1.

    Triplets on which people tie (h = 0.5) have no majority: they are NaN, and not counted.

    >>> accuracy(np.array([1.0, 1.0, 1.0]), np.array([2.0, 1.0, 2.0]), np.array([0.2, 0.8, 0.5]))
    array([1. , 0.5, nan])
    """
    chosen = np.where(d0 < d1, 0.0, np.where(d1 < d0, 1.0, 0.5))
    right = np.where(h > 0.5, chosen, 1 - chosen)
    return np.where(h == 0.5, np.nan, right)


def average_precision(distances: Array, same: Array) -> float:
    """JND: the area under precision over recall when pairs are called the same by distance.

    Pairs are taken from the nearest on. A pair that a share s of the people called the same is
    s true and 1 − s false positives. Precision is made monotone from the right, as for PASCAL VOC,
    and summed over every step of recall. Pairs of equal distance are taken together: the published
    program would take them in an order that its sort leaves open.

    Args:
        distances: (N,).
        same: (N,), the share of people who called each pair the same, in [0, 1].

    Returns:
        In [0, 1]; NaN where nobody called any pair the same.

    >>> round(average_precision(np.array([0.1, 0.2, 0.3]), np.array([1.0, 0.0, 1.0])), 4)
    0.8333
    """
    ranking = Ranking(distances, same)
    return float(ranking.precision(np.ones((1, len(same))))[0])


class Ranking:
    """Pairs sorted by one metric's distances, for its average precision under any weights."""

    def __init__(self, distances: Array, same: Array) -> None:
        """Sort once; see `average_precision`."""
        self._order = np.argsort(distances, kind="stable")
        ordered = distances[self._order]
        self._same = same[self._order]
        # Where a group of equal distances ends.
        self._ends = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True))

    def precision(self, weights: Array) -> Array:
        """(R, N), how often each pair counts → (R,), the average precision; NaN as above."""
        weights = weights[:, self._order]
        taken = np.cumsum(weights, axis=1)[:, self._ends]
        true = np.cumsum(weights * self._same, axis=1)[:, self._ends]
        precision = np.divide(true, taken, out=np.zeros_like(true), where=taken > 0)
        envelope = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]
        gained = np.diff(true, axis=1, prepend=0.0)
        found = (gained * envelope).sum(1)
        return np.divide(found, true[:, -1], out=np.full(len(found), np.nan), where=true[:, -1] > 0)
