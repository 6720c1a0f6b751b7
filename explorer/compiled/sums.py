"""Scales, squared differences summed over channels, means over places; and turning features.

Features lie in memory place by place (channels last), or channel by channel (sorted rows). Every
function does a share of its rows, from `start` to `stop`.
"""

from __future__ import annotations

import numpy as np

from explorer.compiled import compiled

BLOCK = 256
"""So many places of a channel are summed at once: the sums stay in the fastest cache."""
ROWS, PLACES = 32, 16
"""So many channels of so many places are turned at a time: 16 floats share a line of the cache, two
lines are fetched together, and more lines, a power of two apart, would push one another out."""


@compiled(reorder=True)
def scales_by_place(values: np.ndarray, start: int, stop: int, out: np.ndarray) -> None:
    """(N · P, C) → (N · P,), for places from `start` to `stop`."""
    for p in range(start, stop):
        row = values[p]
        square = np.float32(0)
        for c in range(len(row)):
            square += row[c] * row[c]
        out[p] = np.float32(1) / np.sqrt(square) if square > 0 else np.float32(0)


@compiled(reorder=True)
def sums_by_place(
    a: np.ndarray,
    b: np.ndarray,
    heads: np.ndarray,
    start: int,
    stop: int,
    scale_a: np.ndarray,
    scale_b: np.ndarray,
    out: np.ndarray,
) -> None:
    """(N · P, C), twice → (2, N · P), with heads (3, N · P), for places from `start` to `stop`."""
    for p in range(start, stop):
        p_a, p_b = p % len(a), p % len(b)
        x, y, s, t = a[p_a], b[p_b], scale_a[p_a], scale_b[p_b]
        plain, of_length_one, by_heads = np.float32(0), np.float32(0), np.float32(0)
        if len(heads):
            for c in range(len(x)):
                difference = x[c] - y[c]
                plain += difference * difference
                difference = x[c] * s - y[c] * t
                difference *= difference
                of_length_one += difference
                by_heads += difference * heads[c]
            out[2, p] = by_heads
        else:
            for c in range(len(x)):
                difference = x[c] - y[c]
                plain += difference * difference
                difference = x[c] * s - y[c] * t
                of_length_one += difference * difference
        out[0, p] = plain
        out[1, p] = of_length_one


@compiled()
def scales_by_channel(
    values: np.ndarray, start: int, stop: int, is_sorted: bool, out: np.ndarray
) -> None:
    """(N, C, P) → (N, P), for blocks of places from `start` to `stop`.

    `is_sorted`: channels are, so that what begins and ends with zero is zero, and left out.
    """
    _, channels, places = values.shape
    blocks = -(-places // BLOCK)
    squares = np.empty(BLOCK, np.float32)
    for block in range(start, stop):
        n, low = block // blocks, block % blocks * BLOCK
        high = min(low + BLOCK, places)
        for p in range(BLOCK):
            squares[p] = 0
        for c in range(channels):
            row = values[n, c, low:high]
            if is_sorted and row[0] == 0 and row[len(row) - 1] == 0:
                continue
            for p in range(len(row)):
                squares[p] += row[p] * row[p]
        for p in range(high - low):
            square = squares[p]
            out[n, low + p] = np.float32(1) / np.sqrt(square) if square > 0 else np.float32(0)


@compiled()
def sums_by_channel(
    a: np.ndarray,
    b: np.ndarray,
    heads: np.ndarray,
    start: int,
    stop: int,
    is_sorted: bool,
    scale_a: np.ndarray,
    scale_b: np.ndarray,
    out: np.ndarray,
) -> None:
    """(N, C, P), twice → (2, N, P), with heads (3, N, P), for blocks of places.

    `is_sorted`: as above, of both.
    """
    _, channels, places = a.shape
    blocks = -(-places // BLOCK)
    found = np.empty((3, BLOCK), np.float32)
    plain, of_length_one, by_heads = found[0], found[1], found[2]
    for block in range(start, stop):
        n, low = block // blocks, block % blocks * BLOCK
        high = min(low + BLOCK, places)
        n_a, n_b = n % len(a), n % len(b)
        s, t = scale_a[n_a, low:high], scale_b[n_b, low:high]
        for p in range(BLOCK):
            plain[p], of_length_one[p], by_heads[p] = 0, 0, 0
        for c in range(channels):
            x, y = a[n_a, c, low:high], b[n_b, c, low:high]
            last = len(x) - 1
            if is_sorted and x[0] == 0 and x[last] == 0 and y[0] == 0 and y[last] == 0:
                continue
            if len(heads):
                for p in range(len(x)):
                    difference = x[p] - y[p]
                    plain[p] += difference * difference
                    difference = x[p] * s[p] - y[p] * t[p]
                    difference *= difference
                    of_length_one[p] += difference
                    by_heads[p] += difference * heads[c]
            else:
                for p in range(len(x)):
                    difference = x[p] - y[p]
                    plain[p] += difference * difference
                    difference = x[p] * s[p] - y[p] * t[p]
                    of_length_one[p] += difference * difference
        for p in range(high - low):
            out[0, n, low + p] = plain[p]
            out[1, n, low + p] = of_length_one[p]
            if len(heads):
                out[2, n, low + p] = by_heads[p]


@compiled()
def means_by_channel(values: np.ndarray, start: int, stop: int, out: np.ndarray) -> None:
    """(N, P, C) → (N · C,), for rows of the result from `start` to `stop`."""
    _, places, channels = values.shape
    row = start
    while row < stop:
        n, c = row // channels, row % channels
        width = min(channels - c, stop - row)
        total = np.zeros(width)
        for p in range(places):
            line = values[n, p, c : c + width]
            for i in range(width):
                total[i] += line[i]
        for i in range(width):
            out[row + i] = total[i] / places
        row += width


@compiled()
def turn(source: np.ndarray, start: int, stop: int, out: np.ndarray) -> None:
    """(N, P, C) → (N · C, P), for rows of the result from `start` to `stop`."""
    _, places, channels = source.shape
    row = start
    while row < stop:
        n, c = row // channels, row % channels
        width = min(ROWS, channels - c, stop - row)
        for low in range(0, places, PLACES):
            high = min(low + PLACES, places)
            block = source[n, low:high, c : c + width]
            for i in range(width):
                found = out[row + i, low:high]
                for p in range(len(found)):
                    found[p] = block[p, i]
        row += width
