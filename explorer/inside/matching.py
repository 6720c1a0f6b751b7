"""Which place `sort` compares with which: one match a channel, ties included.

Sort compares rank k of one picture with rank k of the other. Where activations are equal, ranks do
not say which place is meant, and networks make many equal activations: zeros above all. The rule:

1. As many places as can stay where they are do so: of places that could be matched with
   themselves, but not all at once, the first in reading order.
2. The others of equal activation are taken in reading order (row by row) in both pictures.

So equal pictures and equal uniform regions stand still, the rule is the same in both directions,
and every match joins the values of one rank.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.cores import by_rows
from explorer.inside.pair import Pair
from explorer.metrics.sorting import sort_rows_with_order


@dataclass(frozen=True)
class Matching:
    """Where `sort` found the partner of each place, channel by channel.

    Attributes:
        there: unsigned (C, P), the place in the second picture for each place in the first.
        rank: unsigned (C, P), the rank, from 0 upwards, at which the two were compared.
    """

    there: np.ndarray
    rank: np.ndarray

    @property
    def nbytes(self) -> int:
        """Memory of the arrays."""
        return self.there.nbytes + self.rank.nbytes


def matching(pair: Pair, layer: int) -> Matching:
    """Match the places of a layer's feature maps as `sort` does."""
    both = []
    for features in (pair.features_a, pair.features_b):
        sort = sort_rows_with_order(features.maps[layer][:1].flatten(2))
        both.append(tuple(x[0].cpu().numpy() for x in sort))
    (upwards_a, order_a), (upwards_b, order_b) = both
    return matched(upwards_a, order_a, upwards_b, order_b)


def matched(
    upwards_a: np.ndarray, order_a: np.ndarray, upwards_b: np.ndarray, order_b: np.ndarray
) -> Matching:
    """Match sorted activations, each (C, P), that came from the places `order_a`, `order_b`."""
    count = upwards_a.shape[1]
    small = np.min_scalar_type(max(count - 1, 0))
    there, rank = (np.empty(upwards_a.shape, small) for _ in range(2))

    def work(rows: slice) -> None:
        tied = _tied(upwards_a[rows]), _tied(upwards_b[rows])
        there[rows], rank[rows] = _rows(tied, (order_a[rows], order_b[rows]))

    by_rows(work, *upwards_a.shape)
    return Matching(there, rank)


def _tied(upwards: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The first rank of the tie to which each rank belongs, and the one after its last.

    Both are flat; ranks are counted through all rows, so that no tie crosses from row to row.
    """
    starts = np.flatnonzero(changes(upwards))
    length = np.diff(starts, append=upwards.size)
    small = np.int32 if upwards.size < 2**31 else np.int64
    return np.repeat(starts.astype(small), length), np.repeat(
        (starts + length).astype(small), length
    )


def changes(upwards: np.ndarray) -> np.ndarray:
    """(C, P) → bool (C, P), whether an activation differs from the one of the rank below."""
    new = np.ones(upwards.shape, dtype=bool)
    np.not_equal(upwards[:, 1:], upwards[:, :-1], out=new[:, 1:])
    return new


def _rows(
    tied: tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]],
    orders: tuple[np.ndarray, np.ndarray],
) -> tuple[np.ndarray, np.ndarray]:
    rows, count = orders[0].shape
    size = rows * count
    first_of_row = (np.arange(rows) * count)[:, None]
    # Places, too, are counted through all rows from here on.
    order_a, order_b = ((o + first_of_row).reshape(-1) for o in orders)
    low, high = _common(tied, (order_a, order_b))

    # A place can stay if its tie in one picture and its tie in the other have ranks in common.
    able = np.flatnonzero(low < high)
    bits = size.bit_length()
    keys = (low[able].astype(np.int64) << bits) | able
    keys.sort()
    able, first = keys & ((1 << bits) - 1), keys >> bits
    runs = np.flatnonzero(np.diff(first, prepend=-1))
    nth = np.arange(len(able)) - np.repeat(runs, np.diff(runs, append=len(able)))
    fits = nth < (high - low)[able]
    staying, kept = able[fits], (first + nth)[fits]

    stays, taken = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
    stays[staying] = True
    taken[kept] = True
    # The others fill the ranks left over. Both orders go upwards, so each lands in its own tie.
    left_a, left_b = (o[~stays[o]] for o in (order_a, order_b))
    there, rank = np.arange(size), np.empty(size, np.int64)
    there[left_a] = left_b
    rank[left_a] = np.flatnonzero(~taken)
    rank[staying] = kept
    shape = (rows, count)
    return there.reshape(shape) - first_of_row, rank.reshape(shape) - first_of_row


def _common(
    tied: tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]],
    orders: tuple[np.ndarray, np.ndarray],
) -> tuple[np.ndarray, np.ndarray]:
    """At each place, the ranks that its ties in both pictures share: from low to before high."""
    (start_a, end_a), (start_b, end_b) = tied
    low, high, other = (np.empty_like(start_a) for _ in range(3))
    low[orders[0]], high[orders[0]] = start_a, end_a
    other[orders[1]] = start_b
    np.maximum(low, other, out=low)
    other[orders[1]] = end_b
    np.minimum(high, other, out=high)
    return low, high
