"""Where the activations behind each rank stood: rank contributions laid on places.

Equal activations of a channel share the contributions of their ranks equally, so a contribution
depends only on the value of an activation. Without this rule, which of many equal places a
contribution falls on would be an accident of the sort; flat regions and zeros are full of ties.

Places that are equal in every channel are one column here: a flat background is sorted once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch

from explorer.metrics.sorting import by_rows, sort_rows, sort_rows_with_order

MANY = 512
"""Of so many places equal ones are looked for; of so many columns each channel is sorted alone."""
FLAT_FROM = 1 / 32
"""The share of all places that must be equal to become one column."""


@dataclass(frozen=True)
class Ranks:
    """What of some channels is tied with what; everything but the contributions.

    A slot is an activation of a column: slot u of channel c is c · (U + 1) + u. Slots 1 to U are
    the columns; slot 0 stands for whatever is zero in its channel. Ties are in the order of their
    ranks; rank k of channel c is c · P + k.

    Attributes:
        rows: the channels, C of them.
        column: int64 (P,), the column of each place, from 1 to U.
        slot: int64 (n,), slot 0 of each channel, and all that are not zero, in order of rank.
        tie: int64 (n,), the tie to which each of them belongs.
        zeros: int64 (C,), the tie of each channel's zeros; it may be empty.
        starts: int64 (t,), the first rank of each tie.
        several: int64 (s,), the ties of two or more ranks.
        size: int64 (s,), how many ranks they have.
        bounds: int64, the first rank of each of those, and the one after its last, if there is one.
    """

    rows: slice
    column: np.ndarray
    slot: np.ndarray
    tie: np.ndarray
    zeros: np.ndarray
    starts: np.ndarray
    several: np.ndarray
    size: np.ndarray
    bounds: np.ndarray

    @property
    def nbytes(self) -> int:
        """Memory of the arrays."""
        return sum(a.nbytes for a in vars(self).values() if isinstance(a, np.ndarray))


def ranks(places: torch.Tensor) -> tuple[torch.Tensor, tuple[Ranks, ...]]:
    """Sort each channel, and find where each rank's activation stood.

    Args:
        places: (C, P), activations where they are.

    Returns:
        (C, P), each channel sorted upwards, and its ranks.
    """
    channels, count = places.shape
    # So much fits into the keys of `_positive`; it is more than memory holds.
    fits = channels.bit_length() + 31 + (channels * (count + 1)).bit_length() <= 61
    if places.device.type != "cpu" or places.dtype != torch.float32 or not fits:
        return _general(places)
    by_place = places.t().numpy()
    column = np.arange(1, count + 1)
    weight = np.minimum(np.arange(count + 1), 1)
    if count >= MANY:
        column, first, weight = _columns(by_place)
        by_place = by_place.take(first, 0)
    slots = np.zeros((channels, len(weight)), np.float32)
    slots[:, 1:] = by_place.T
    if not slots.min() >= 0:
        return _general(places)
    parts = by_rows(lambda some: _positive(some, column, weight, slots[some], count), *slots.shape)
    values = [torch.from_numpy(ordered) for ordered, _ in parts]
    return values[0] if len(values) == 1 else torch.cat(values), tuple(r for _, r in parts)


def _columns(by_place: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Which places are equal in every channel, as far as many of them are.

    Args:
        by_place: (P, C).

    Returns:
        The column of each place, (P,), from 1; the first place of each column, (U,); and how many
        places each column has, (U + 1,), the first being of no column.
    """
    count = len(by_place)
    same = np.arange(count)
    # Equal places have equal sums; whether the others are equal, too, is looked up.
    with np.errstate(over="ignore", invalid="ignore"):
        sums = by_place.sum(1)
    upwards = np.sort(sums)
    edges = np.concatenate([[0], np.flatnonzero(upwards[1:] != upwards[:-1]) + 1, [count]])
    enough = edges[1:] - edges[:-1] >= count * FLAT_FROM
    for value in upwards[edges[:-1][enough]]:
        members = np.flatnonzero(sums == value)
        equal = (by_place.take(members, 0) == by_place[members[0]]).all(1)
        same[members[equal]] = members[0]
    is_first = same == np.arange(count)
    first = np.flatnonzero(is_first)
    column = np.cumsum(is_first)[same]
    return column, first, np.bincount(column, minlength=len(first) + 1)


def _positive(
    rows: slice, column: np.ndarray, weight: np.ndarray, slots: np.ndarray, count: int
) -> tuple[np.ndarray, Ranks]:
    """For activations that are never negative: many are zeros, and need no sorting.

    What is above zero is sorted as whole numbers that hold channel, value and slot. Read as
    float64 they stand in the same order, and are sorted faster where processors do not compare
    several 64-bit integers at once.

    Args:
        rows: the channels.
        column: the column of each place, (P,).
        weight: how many places each column has, (U + 1,).
        slots: (C, U + 1), the activations.
        count: how many places there are.

    Returns:
        float32 (C, P), each channel sorted upwards, and its ranks.
    """
    channels, width = slots.shape
    slot_bits = np.uint64(slots.size.bit_length())
    taken = slots > 0
    taken[:, 0] = True
    slot = np.flatnonzero(taken)
    leading = np.arange(channels) * width
    edges = np.searchsorted(slot, np.append(leading, slots.size))
    each = np.diff(edges)
    keys = slots.reshape(-1).view(np.uint32).take(slot).astype(np.uint64)
    keys <<= slot_bits
    keys |= slot.view(np.uint64)
    # The bit on top keeps every key a normal number of float64.
    number = np.arange(channels, dtype=np.uint64) << (slot_bits + np.uint64(31))
    keys |= np.repeat(number | np.uint64(1 << 61), each)
    floats = keys.view(np.float64)
    if width >= MANY:
        # They stand channel by channel already, and short sorts are faster than one long one.
        for start, end in pairwise(edges.tolist()):
            floats[start:end].sort()
    else:
        floats.sort()
    slot = (keys & np.uint64((1 << int(slot_bits)) - 1)).view(np.int64)
    weights = weight.take(slot - np.repeat(leading, each))
    zeros = edges[:-1]
    weights[zeros] = count - np.add.reduceat(weights, zeros)
    keys >>= slot_bits
    new = np.ones(len(keys), dtype=bool)
    np.not_equal(keys[1:], keys[:-1], out=new[1:])
    found = _ranked(rows, column, slot, weights, zeros, new)
    values = (keys & np.uint64(0x7FFFFFFF)).astype(np.uint32).view(np.float32)
    return np.repeat(values, weights).reshape(channels, count), found


def _general(places: torch.Tensor) -> tuple[torch.Tensor, tuple[Ranks, ...]]:
    channels, count = places.shape
    ordered = sort_rows(places.unsqueeze(0))[0]
    values, order = (x[0].cpu().numpy() for x in sort_rows_with_order(places.unsqueeze(0)))
    slot = np.zeros((channels, count + 1), np.int64)
    slot[:, 1:] = order + 1
    slot += np.arange(channels)[:, None] * (count + 1)
    # No activation is in slot 0 here, and it is tied with none.
    weights = np.ones(slot.shape, np.int64)
    weights[:, 0] = 0
    new = np.ones(slot.shape, dtype=bool)
    np.not_equal(values[:, 1:], values[:, :-1], out=new[:, 2:])
    zeros = np.arange(channels) * (count + 1)
    column = np.arange(1, count + 1)
    each = (slot.reshape(-1), weights.reshape(-1), zeros, new.reshape(-1))
    return ordered, (_ranked(slice(0, channels), column, *each),)


def _ranked(
    rows: slice,
    column: np.ndarray,
    slot: np.ndarray,
    weight: np.ndarray,
    zeros: np.ndarray,
    new: np.ndarray,
) -> Ranks:
    """Count through the ranks of slots in order.

    Args:
        rows: of the result.
        column: of the result.
        slot: of the result.
        weight: int64 (n,), how many places each slot stands for.
        zeros: int64 (C,), where each channel begins.
        new: bool (n,), whether each is of another tie than the one before it.
    """
    ends = np.cumsum(weight)
    tie = np.cumsum(new) - 1
    first = np.flatnonzero(new)
    starts = (ends - weight).take(first)
    ends = np.append(starts[1:], ends[-1])
    size = ends - starts
    several = np.flatnonzero(size > 1)
    bounds = np.stack([starts[several], ends[several]], 1).reshape(-1)
    if len(bounds) and bounds[-1] == ends[-1]:
        bounds = bounds[:-1]
    return Ranks(rows, column, slot, tie, tie[zeros], starts, several, size[several], bounds)


def laid_out(contributions: torch.Tensor, found: Sequence[Ranks]) -> np.ndarray:
    """Lay rank contributions (C, P) on the places that the ranks came from.

    Returns:
        float32 (P,), summed over channels; its mean is the sum of the contributions over P.
    """
    terms = contributions.contiguous().cpu().numpy()
    parts = by_rows(
        lambda some: [_laid_out(terms[r.rows], r) for r in found[some]], len(found), terms.size
    )
    total = np.stack([laid for part in parts for laid in part]).sum(0, dtype=np.float64)
    return total[found[0].column].astype(np.float32)


def _laid_out(terms: np.ndarray, found: Ranks) -> np.ndarray:
    """(C, P) → (U + 1,), what each column gets from these channels."""
    flat = terms.reshape(-1)
    each = flat.take(found.starts)
    if len(found.several):
        # Between the ties that are wanted stand sums that are not.
        sums = np.add.reduceat(flat, found.bounds)
        each[found.several] = sums[::2] / found.size
    laid = np.empty((len(terms), found.column.max() + 1), terms.dtype)
    laid[:] = each[found.zeros][:, None]
    laid.reshape(-1)[found.slot] = each.take(found.tie)
    return laid.sum(0)
