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
        above: bool (C, P), the ranks that are treated one by one; the others are one tie a channel.
        place: int64 (n,), the place of each such rank, channel by channel, upwards.
        starts: int64 (g,), where in `place` each run of equal activations begins.
        length: int64 (g,), how long it is.
        channel: int64 (g,), its channel, counted from the first of `rows`.
    """

    rows: slice
    above: np.ndarray
    place: np.ndarray
    starts: np.ndarray
    length: np.ndarray
    channel: np.ndarray

    @property
    def nbytes(self) -> int:
        """Memory of the arrays."""
        return self.above.nbytes + self.place.nbytes + 3 * self.starts.nbytes


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
    count = ordered.shape[1]
    bits = np.uint64(count.bit_length())
    mask = places > 0
    found = np.flatnonzero(mask)
    # The sign bit is never set, so channel and value together stay in order.
    keys = (found // count).astype(np.uint64)
    place = (found - keys.view(np.int64) * count).view(np.uint64)
    keys <<= np.uint64(31)
    keys |= places.reshape(-1)[found].view(np.uint32)
    keys <<= bits
    keys |= place
    if count >= SORTED_ALONE_FROM:
        # They stand channel by channel already, and short sorts are faster than one long one.
        bounds = np.concatenate([[0], np.cumsum(np.count_nonzero(mask, axis=1))]).tolist()
        for first, last in pairwise(bounds):
            keys[first:last].sort()
    else:
        keys.sort()
    place = (keys & ((np.uint64(1) << bits) - np.uint64(1))).view(np.int64)
    keys >>= bits
    starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]])[: len(keys)])
    length = np.diff(starts, append=len(keys))
    channel = (keys[starts] >> np.uint64(31)).view(np.int64)
    return Ranks(rows, ordered > 0, place, starts, length, channel)


def _general(ordered: np.ndarray, order: np.ndarray) -> Ranks:
    channels, count = ordered.shape
    new = np.ones(ordered.shape, dtype=bool)
    np.not_equal(ordered[:, 1:], ordered[:, :-1], out=new[:, 1:])
    starts = np.flatnonzero(new)
    length = np.diff(starts, append=ordered.size)
    every = np.ones(ordered.shape, dtype=bool)
    return Ranks(slice(0, channels), every, order.reshape(-1), starts, length, starts // count)


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
    count = terms.shape[1]
    zeros = count - found.above.sum(1)
    at_zero = np.where(found.above, np.float32(0), terms).sum(1, dtype=np.float64)
    share = np.divide(at_zero, zeros, out=np.zeros(len(terms)), where=zeros > 0)
    laid = np.full(count, share.sum())
    if len(found.place):
        sums = np.add.reduceat(terms[found.above], found.starts, dtype=np.float64)
        # Every place got its channel's share at zero above; where it is not zero, take it back.
        mean = sums / found.length - share[found.channel]
        laid += np.bincount(found.place, np.repeat(mean, found.length), count)
    return laid
