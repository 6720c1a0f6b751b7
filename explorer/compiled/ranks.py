"""Sorting channels together with their places, and laying out what ranks contribute.

Every function does a share of the channels, from `start` to `stop`.
"""

from __future__ import annotations

import sys

import numpy as np

from explorer.compiled import compiled

BUCKETS = 2
"""Buckets for each value to sort: in most there is then one value or none."""
INFINITE = np.uint32(0x7F800000)
"""The bits of infinity; those of what is no number, or negative, or minus zero, are larger."""
HIGH = 1 if sys.byteorder == "little" else 0
"""Which half of a key is the value."""
PATIENCE = 8
"""So many steps a value may take to its place; if they need more, they are merged instead."""


@compiled()
def sort(values: np.ndarray, start: int, stop: int, zeros: np.ndarray, place: np.ndarray) -> bool:
    """Sort the channels from `start` to `stop` of `values`, (C, P), and fill the rest of `Ranks`.

    Activations after a ReLU: many are zeros, and need no sorting. The others are dealt out into
    buckets by their value, and then only have to change places with their neighbours.

    Returns:
        False, with some channels unsorted, if a value is negative, infinite or not a number.
    """
    count = values.shape[1]
    bits = values.view(np.uint32)
    keys, spare = np.empty(count + 1, np.int64), np.empty(count + 1, np.int64)
    halves = spare.view(np.float32)
    into, ends = np.empty(count + 1, np.int32), np.empty(BUCKETS * count + 2, np.int32)
    for c in range(start, stop):
        # Floats above zero stand in the order of their bits. A key is a value's bits and its place;
        # where there is a zero it is overwritten by the next.
        row = bits[c]
        above, largest = 0, np.uint32(0)
        for p in range(count):
            largest = max(largest, row[p])
            spare[above] = np.int64(row[p]) << 32 | p
            above += int(row[p] > 0)
        if largest >= INFINITE:
            return False
        # Small values are many: the bucket is that of the root, which spreads them out.
        top = np.float32(0)
        for i in range(above):
            top = max(top, halves[2 * i + HIGH])
        buckets = BUCKETS * above
        scale = np.float32(0.9999 * buckets) / np.sqrt(top) if top > 1e-30 else np.float32(0)
        for bucket in range(buckets + 1):
            ends[bucket] = 0
        for i in range(above):
            into[i] = np.int32(np.sqrt(halves[2 * i + HIGH]) * scale)
        for i in range(above):
            ends[into[i] + 1] += 1
        before = 0
        for bucket in range(buckets + 1):
            before += ends[bucket]
            ends[bucket] = before
        for i in range(above):
            keys[ends[into[i]]] = spare[i]
            ends[into[i]] += 1
        if not _insert(keys, above):
            _merge(keys, spare, above)
        zeros[c] = count - above
        for p in range(count - above):
            row[p] = 0
        places = place[c]
        for i in range(above):
            row[count - above + i] = np.uint32(keys[i] >> 32)
            places[count - above + i] = np.uint32(keys[i])
    return True


@compiled()
def _insert(keys: np.ndarray, count: int) -> bool:
    """Sort the first `count` keys, which are nearly in order; whether there was patience enough."""
    patience = PATIENCE * count + 64
    for i in range(1, count):
        key, k = keys[i], i
        while k > 0 and keys[k - 1] > key:
            keys[k] = keys[k - 1]
            k -= 1
        keys[k] = key
        patience -= i - k
        if patience < 0:
            return False
    return True


@compiled()
def _merge(keys: np.ndarray, spare: np.ndarray, count: int) -> None:
    """Sort the first `count` keys by merging runs of 1, 2, 4 … of them."""
    source, target = keys, spare
    width = 1
    while width < count:
        for start in range(0, count, 2 * width):
            middle, end = min(start + width, count), min(start + 2 * width, count)
            i, k = start, middle
            for place in range(start, end):
                if k >= end or (i < middle and source[i] <= source[k]):
                    target[place] = source[i]
                    i += 1
                else:
                    target[place] = source[k]
                    k += 1
        source, target = target, source
        width *= 2
    for place in range(count):
        keys[place] = source[place]


@compiled(reorder=True)
def lay(
    terms: np.ndarray,
    values: np.ndarray,
    zeros: np.ndarray,
    place: np.ndarray,
    start: int,
    stop: int,
) -> np.ndarray:
    """What each place gets from the channels from `start` to `stop`, float64 (P,)."""
    total = np.zeros(terms.shape[1])
    everywhere = 0.0
    for c in range(start, stop):
        everywhere += _lay_channel(terms[c], values[c], zeros[c], place[c], total)
    for p in range(len(total)):
        total[p] += everywhere
    return total


@compiled(reorder=True)
def lay_both(
    a: np.ndarray,
    b: np.ndarray,
    scale_a: np.ndarray,
    scale_b: np.ndarray,
    zeros_a: np.ndarray,
    zeros_b: np.ndarray,
    place_a: np.ndarray,
    place_b: np.ndarray,
    start: int,
    stop: int,
) -> np.ndarray:
    """The same for the places of both, float64 (2, P), with terms that are made on the way."""
    count = a.shape[1]
    total = np.zeros((2, count))
    everywhere_a, everywhere_b = 0.0, 0.0
    terms = np.empty(count, np.float32)
    for c in range(start, stop):
        x, y = a[c], b[c]
        first = min(zeros_a[c], zeros_b[c])
        for rank in range(first):
            terms[rank] = 0
        for rank in range(first, count):
            difference = x[rank] * scale_a[rank] - y[rank] * scale_b[rank]
            terms[rank] = difference * difference
        everywhere_a += _lay_channel(terms, x, zeros_a[c], place_a[c], total[0])
        everywhere_b += _lay_channel(terms, y, zeros_b[c], place_b[c], total[1])
    for p in range(count):
        total[0, p] += everywhere_a
        total[1, p] += everywhere_b
    return total


@compiled(reorder=True)
def _lay_channel(
    terms: np.ndarray, values: np.ndarray, zeros: int, place: np.ndarray, total: np.ndarray
) -> float:
    """Add to `total`, (P,), what places get beyond a zero; what a zero gets is returned."""
    of_a_zero = 0.0
    for rank in range(zeros):
        of_a_zero += terms[rank]
    if zeros:
        of_a_zero /= zeros
    rank = zeros
    while rank < len(terms):
        shared, end = np.float64(terms[rank]), rank + 1
        if end == len(terms) or values[end] != values[rank]:
            total[place[rank]] += shared - of_a_zero
            rank = end
            continue
        while end < len(terms) and values[end] == values[rank]:
            shared += terms[end]
            end += 1
        shared = shared / (end - rank) - of_a_zero
        while rank < end:
            total[place[rank]] += shared
            rank += 1
    return of_a_zero
