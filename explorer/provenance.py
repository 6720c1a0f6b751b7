"""Where the activations behind each rank stood: rank contributions laid on places.

Equal activations of a channel share the contributions of their ranks equally, so a contribution
depends only on the value of an activation. Without this rule, which of many equal places a
contribution falls on would be an accident of the sort; flat regions and zeros are full of ties.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch

from explorer.metrics.sorting import by_rows, sort_rows_with_order

SORTED_ALONE_FROM = 512


@dataclass(frozen=True)
class Ranks:
    """Which places of some channels hold equal activations; everything but the contributions.

    Attributes:
        rows: the channels.
        first: int64 (C,), how many of a channel's ranks are its zeros, which come first: one tie.
        rank: int64 (n,), the other ranks, channel by channel, upwards, as c · P + k.
        place: int64 (n,), the place of each of them.
        starts: int64 (g,), where in `place` each run of two or more equal activations begins.
        length: int64 (g,), how long it is.
    """

    rows: slice
    first: np.ndarray
    rank: np.ndarray
    place: np.ndarray
    starts: np.ndarray
    length: np.ndarray

    @property
    def nbytes(self) -> int:
        """Memory of the arrays."""
        return self.first.nbytes + 2 * self.place.nbytes + 2 * self.starts.nbytes


def ranks(ordered: torch.Tensor, places: torch.Tensor) -> tuple[Ranks, ...]:
    """Find where each rank's activation stood.

    Args:
        ordered: (C, P), each channel's activations, sorted upwards.
        places: (C, P), the same activations where they are.
    """
    channels, count = ordered.shape
    fits = channels.bit_length() + 31 + count.bit_length() <= 64
    single = ordered.device.type == "cpu" and ordered.dtype == torch.float32
    if single and fits and bool((ordered[:, 0] >= 0).all()):
        values, sources = ordered.numpy(), places.contiguous().numpy()
        found = by_rows(lambda rows: _positive(rows, values[rows], sources[rows]), channels, count)
        return tuple(found)
    order = sort_rows_with_order(places.unsqueeze(0))[1][0]
    return (_general(ordered.cpu().numpy(), order.cpu().numpy()),)


def _positive(rows: slice, ordered: np.ndarray, places: np.ndarray) -> Ranks:
    """For activations that are never negative: most are zeros, and need no sorting.

    What is above zero is sorted as uint64 that hold channel, value and place.
    """
    channels, count = ordered.shape
    bits = np.uint64(count.bit_length())
    positive = places > 0
    found, above = np.flatnonzero(positive), np.count_nonzero(positive, axis=1)
    # The sign bit is never set, so channel and value together stay in order.
    keys = places.reshape(-1).take(found).view(np.uint32).astype(np.uint64)
    keys <<= bits
    keys |= (found - np.repeat(np.arange(channels) * count, above)).view(np.uint64)
    keys |= np.repeat(np.arange(channels, dtype=np.uint64) << (bits + np.uint64(31)), above)
    if count >= SORTED_ALONE_FROM:
        # They stand channel by channel already, and short sorts are faster than one long one.
        for start, end in pairwise([0, *np.cumsum(above).tolist()]):
            keys[start:end].sort()
    else:
        keys.sort()
    place = (keys & ((np.uint64(1) << bits) - np.uint64(1))).view(np.int64)
    keys >>= bits
    rank = np.flatnonzero(ordered > 0)
    return Ranks(rows, count - above, rank, place, *_ties(keys[1:] == keys[:-1]))


def _ties(equal: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where runs of equal neighbours begin, and how long they are.

    `equal`: bool (n - 1,), whether each is equal to the one before it.
    """
    if not equal.any():
        return np.empty(0, np.int64), np.empty(0, np.int64)
    edges = np.flatnonzero(np.diff(equal, prepend=False, append=False))
    starts = edges[::2]
    return starts, edges[1::2] - starts + 1


def _general(ordered: np.ndarray, order: np.ndarray) -> Ranks:
    channels, count = ordered.shape
    equal = np.zeros(ordered.shape, dtype=bool)
    np.equal(ordered[:, 1:], ordered[:, :-1], out=equal[:, 1:])
    first = np.zeros(channels, np.int64)
    every = np.arange(ordered.size)
    ties = _ties(equal.reshape(-1)[1:])
    return Ranks(slice(0, channels), first, every, order.reshape(-1), *ties)


def laid_out(contributions: torch.Tensor, found: Sequence[Ranks]) -> np.ndarray:
    """Lay rank contributions (C, P) on the places that the ranks came from.

    Returns:
        float32 (P,), summed over channels; its mean is the sum of the contributions over P.
    """
    terms = contributions.cpu().numpy()
    channels, count = terms.shape
    parts = by_rows(
        lambda some: [_laid_out(terms[r.rows], r) for r in found[some]], len(found), terms.size
    )
    total = np.sum([laid for part in parts for laid in part], axis=0)
    return total.astype(np.float32)


def _laid_out(terms: np.ndarray, found: Ranks) -> np.ndarray:
    channels, count = terms.shape
    share = _at_zero(terms, found.first) / np.maximum(found.first, 1)
    laid = np.full(count, share.sum())
    if len(found.place):
        each = terms.reshape(-1).take(found.rank).astype(np.float64)
        if len(found.starts):
            ends = np.cumsum(found.length)
            shift = np.repeat(found.starts - ends + found.length, found.length)
            tied = np.arange(ends[-1]) + shift
            sums = np.add.reduceat(each[tied], ends - found.length)
            each[tied] = np.repeat(sums / found.length, found.length)
        # Every place got its channel's share at zero above; where it is not zero, take it back.
        each -= np.repeat(share, count - found.first)
        laid += np.bincount(found.place, each, count)
    return laid


def _at_zero(terms: np.ndarray, first: np.ndarray) -> np.ndarray:
    """The sum of the first so many of each row, float64 (C,)."""
    channels, count = terms.shape
    starts = np.arange(channels) * count
    bounds = np.stack([starts, starts + first], 1).reshape(-1)
    if bounds[-1] == terms.size:
        bounds = bounds[:-1]  # the last row is summed to its end without it
    sums = np.add.reduceat(terms.reshape(-1), bounds, dtype=np.float64)[::2]
    # Of nothing numpy gives the next value.
    return np.where(first > 0, sums, 0.0)
