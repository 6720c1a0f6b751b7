"""Sorting channels together with their places, and laying out what ranks contribute.

To sort with places: `key` every value, sort the keys, `place` what they stand for. Every function
does a share of the channels, from `start` to `stop`.
"""

from __future__ import annotations

import numpy as np

from explorer.compiled import compiled

INFINITE = np.uint32(0x7F800000)
"""The bits of infinity; those of what is no number, or negative, or minus zero, are larger."""
TOLD_APART = 27
"""Of a float32 23 bits tell values of one octave apart, and four more 16 octaves: keys tell no
more, for what is smaller is rare."""
PATIENCE = 8
"""So many steps a value may take to its place; if they need more, they are merged instead."""


def bits_of_places(count: int) -> int:
    """How many bits of a key number one of `count` places."""
    return max((count - 1).bit_length(), 1)


@compiled()
def key(values: np.ndarray, start: int, stop: int, bits: int, out: np.ndarray) -> bool:
    """Give each activation of `values`, (C, P), after a ReLU a key that fits 32 bits.

    Its last bits are the place, the others as many of the value's own as there is room for: floats
    above zero stand in the order of their bits. A zero, which needs no place, gets the key zero.

    `bits` are those of P, `out` is uint32 (C, P), to be filled.

    Returns:
        False, with some keys missing, if a value is negative, infinite or not a number.
    """
    room = 32 - bits
    shift = max(TOLD_APART - room, 0)
    span = np.uint32(min(((1 << room) - 2) << shift, 0x7F800000))
    for c in range(start, stop):
        row, keys = values[c].view(np.uint32), out[c]
        largest = np.uint32(0)
        for p in range(len(row)):
            largest = max(largest, row[p])
        if largest >= INFINITE:
            return False
        # All in 32 bits, so that as many as possible are worked on at once.
        least = np.uint32(largest - span) if largest > span else np.uint32(0)
        for p in range(len(row)):
            first = np.uint32(np.uint32(max(row[p], least) - least) >> np.uint32(shift))
            above = np.uint32(np.uint32(first + np.uint32(1)) << np.uint32(bits))
            keys[p] = np.uint32(above | np.uint32(p)) if row[p] > 0 else np.uint32(0)
    return True


@compiled()
def place(
    values: np.ndarray,
    start: int,
    stop: int,
    bits: int,
    keys: np.ndarray,
    zeros: np.ndarray,
    places: np.ndarray,
) -> None:
    """Put the values in the place of their sorted keys, and fill the rest of `Ranks`.

    `values` and `bits` are those of `key`; `keys` is sorted, and overwritten by the bits of the
    values. Those whose keys differ only in their places are not in order before.
    """
    count = values.shape[1]
    mask = np.uint32((1 << bits) - 1)
    for c in range(start, stop):
        # Bits of floats above zero are compared: that is faster, and their order is the same.
        row, ordered, stood = values[c].view(np.int32), keys[c].view(np.int32), places[c]
        first = 0
        for k in range(count):
            first += int(ordered[k] == 0)
        zeros[c] = first
        largest = np.int32(0)
        patience = PATIENCE * count
        for k in range(first, count):
            p = keys[c, k] & mask
            value, i = row[p], k
            if value < largest:
                while patience > 0 and i > first and ordered[i - 1] > value:
                    ordered[i], stood[i] = ordered[i - 1], stood[i - 1]
                    i -= 1
                    patience -= 1
            else:
                largest = value
            ordered[i], stood[i] = value, p
        if patience <= 0:
            _merge(ordered[first:], stood[first:])


@compiled()
def _merge(ordered: np.ndarray, stood: np.ndarray) -> None:
    """Sort values together with their places by merging runs of 1, 2, 4 … of them."""
    count = len(ordered)
    source, target = np.empty(count, np.int64), np.empty(count, np.int64)
    for k in range(count):
        source[k] = np.int64(ordered[k]) << 32 | np.int64(stood[k])
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
    for k in range(count):
        ordered[k], stood[k] = source[k] >> 32, source[k] & 0xFFFFFFFF


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
