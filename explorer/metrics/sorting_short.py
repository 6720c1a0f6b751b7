"""Sorting many very short rows that lie side by side in memory: all rows at once, step by step.

Small pictures leave a few places a channel in the deep layers. A call of a sort for each such row
costs more than the sorting. A sorting network compares the same two places of every row, so each
of its steps is one pass over contiguous memory, and nothing has to be turned around first.
"""

from __future__ import annotations

from functools import cache

import numpy as np

LONGEST = 12
"""Rows up to here; the steps of longer ones cost more than a sort for each row does."""


@cache
def comparators(count: int) -> tuple[tuple[int, int], ...]:
    """The pairs of places to compare and exchange, in order, that sort any `count` values.

    Batcher's merge exchange, for any count: D. E. Knuth, The Art of Computer Programming, vol. 3,
    2nd ed., section 5.2.2, algorithm M.

    >>> comparators(3)
    ((0, 2), (0, 1), (1, 2))
    """
    found = []
    top = 1 << max(count - 1, 1).bit_length() - 1
    stride = top
    while stride:
        first, offset, distance = 0, stride, top
        while True:
            for i in range(count - offset):
                if i & stride == first:
                    found.append((i, i + offset))
            if distance == stride:
                break
            offset, distance, first = distance - stride, distance // 2, stride
        stride //= 2
    return tuple(found)


def sort_places(values: np.ndarray) -> np.ndarray:
    """(N, P, C), float32 → a new array of that shape, sorted upwards along P; P ≤ `LONGEST`.

    Values that are not negative are compared by their bits, like `sorting` does; others, and NaN,
    by numpy's sort.
    """
    count, places, channels = values.shape
    bits = values.view(np.int32)
    ordered = np.empty_like(bits)
    if values.size == 0 or bits.min() < 0:
        return np.sort(values, axis=1)
    columns = [bits[:, place].copy() for place in range(places)]
    spare = np.empty((count, channels), np.int32)
    for low, high in comparators(places):
        np.minimum(columns[low], columns[high], out=spare)
        np.maximum(columns[low], columns[high], out=columns[high])
        columns[low], spare = spare, columns[low]
    for place, column in enumerate(columns):
        ordered[:, place] = column
    return ordered.view(np.float32)
