"""Sums over channels in one pass over memory, for float32 features on CPUs without gradients.

The same numbers as `distance` gives with torch, which defines them and serves everything else, up
to the order in which channels are added. Features lie in memory place by place (channels last), or
channel by channel (sorted rows); each way has its loop.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from explorer.compiled import compiled
from explorer.cores import Job

BLOCK = 256
"""So many places of a channel are summed at once: the sums stay in the fastest cache."""
ROWS = 16
"""So many channels are turned at a time: that many floats share a line of the cache."""
_NO_HEADS = np.empty(0, np.float32)


def lines(values: torch.Tensor) -> np.ndarray | None:
    """(N, C, P) as the loops read it, without copying: (N · P, C), or (N, C, P) as it lies.

    None if it is not for the loops.
    """
    if values.device.type != "cpu" or values.dtype != torch.float32 or not values.numel():
        return None
    values = values.detach()
    if _is_by_place(values):
        return values.transpose(1, 2).reshape(-1, values.shape[1]).numpy()
    return values.numpy() if values.is_contiguous() else None


def _is_by_place(values: torch.Tensor) -> bool:
    return values.transpose(1, 2).is_contiguous()


def _blocks(values: np.ndarray) -> tuple[int, int]:
    """How many blocks there are in (N, C, P), and how many values in one."""
    count, channels, places = values.shape
    return count * -(-places // BLOCK), channels * BLOCK


def scales(values: np.ndarray, out: np.ndarray) -> Job[None]:
    """One over the L2 norm over channels; zero where that norm is zero.

    Args:
        values: `lines` of (N, C, P).
        out: (N, P), filled by the job.
    """
    if values.ndim == 2:
        flat = out.reshape(-1)
        return Job(
            lambda some: _scales_by_place(values, some.start, some.stop, flat), *values.shape
        )
    return Job(
        lambda some: _scales_by_channel(values, some.start, some.stop, out), *_blocks(values)
    )


def sums(
    a: np.ndarray,
    b: np.ndarray,
    scale_a: np.ndarray,
    scale_b: np.ndarray,
    heads: np.ndarray | None,
) -> tuple[list[np.ndarray], Job[None]]:
    """Squared differences summed over channels: raw, normalised, and normalised and weighted.

    Args:
        a: `lines` of (N, C, P); if `b` has several times as many pictures, these are taken again
            and again, in order.
        b: the same, lying in the same way; it may have fewer, too.
        scale_a: (N, P), from `scales`.
        scale_b: the same of `b`.
        heads: (C,), what weighs the third sum; None without.

    Returns:
        Two sums, with heads three, each (N, P); they are filled when the job is done.
    """
    larger, of_larger = (a, scale_a) if len(scale_a) > len(scale_b) else (b, scale_b)
    found = [np.empty(of_larger.shape, np.float32) for _ in range(2 if heads is None else 3)]
    weights = _NO_HEADS if heads is None else heads
    raw, norm, weighted = (*found, found[-1])[:3]
    if a.ndim == 2:
        flat = [v.reshape(-1) for v in (scale_a, scale_b, raw, norm, weighted)]
        return found, Job(
            lambda some: _sums_by_place(a, b, weights, some.start, some.stop, *flat),
            *larger.shape,
        )
    rest = (scale_a, scale_b, raw, norm, weighted)
    return found, Job(
        lambda some: _sums_by_channel(a, b, weights, some.start, some.stop, *rest),
        *_blocks(larger),
    )


def means(values: np.ndarray, count: int) -> tuple[np.ndarray, Job[None]]:
    """Means over places.

    Args:
        values: `lines` of (N, C, P).
        count: N.

    Returns:
        (N, C), which is filled when the job is done.
    """
    if values.ndim == 2:
        places = values.reshape(count, -1, values.shape[1])
        found = np.empty((count, values.shape[1]), np.float32)
        flat = found.reshape(-1)
        return found, Job(
            lambda some: _means(places, some.start, some.stop, flat), len(flat), places.shape[1]
        )
    rows = values.reshape(-1, values.shape[2])
    found = np.empty(values.shape[:2], np.float32)
    flat = found.reshape(-1)

    def work(some: slice) -> None:
        flat[some] = np.add.reduce(rows[some], axis=1, dtype=np.float64) / rows.shape[1]

    return found, Job(work, *rows.shape)


def turner(values: torch.Tensor, out: np.ndarray) -> Callable[[slice], None]:
    """What copies (N, C, P) channel by channel into some rows of `out`, (N · C, P)."""
    source = values.detach()
    if source.dtype == torch.float32 and _is_by_place(source):
        places = source.transpose(1, 2).numpy()
        return lambda some: _turn(places, some.start, some.stop, out)
    rows = source.reshape(out.shape).numpy()

    def copy(some: slice) -> None:
        out[some] = rows[some]

    return copy


@compiled(reorder=True)
def _scales_by_place(values: np.ndarray, start: int, stop: int, out: np.ndarray) -> None:
    """(N · P, C) → (N · P,), for places from `start` to `stop`."""
    for p in range(start, stop):
        row = values[p]
        square = np.float32(0)
        for c in range(len(row)):
            square += row[c] * row[c]
        out[p] = np.float32(1) / np.sqrt(square) if square > 0 else np.float32(0)


@compiled(reorder=True)
def _sums_by_place(
    a: np.ndarray,
    b: np.ndarray,
    heads: np.ndarray,
    start: int,
    stop: int,
    scale_a: np.ndarray,
    scale_b: np.ndarray,
    raw: np.ndarray,
    norm: np.ndarray,
    weighted: np.ndarray,
) -> None:
    """(N · P, C), twice → three of (N · P,), for places from `start` to `stop`."""
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
            weighted[p] = by_heads
        else:
            for c in range(len(x)):
                difference = x[c] - y[c]
                plain += difference * difference
                difference = x[c] * s - y[c] * t
                of_length_one += difference * difference
        raw[p] = plain
        norm[p] = of_length_one


@compiled()
def _scales_by_channel(values: np.ndarray, start: int, stop: int, out: np.ndarray) -> None:
    """(N, C, P) → (N, P), for blocks of places from `start` to `stop`."""
    _, channels, places = values.shape
    blocks = -(-places // BLOCK)
    squares = np.empty(BLOCK, np.float32)
    for block in range(start, stop):
        n, low = block // blocks, block % blocks * BLOCK
        high = min(low + BLOCK, places)
        squares[:] = 0
        for c in range(channels):
            row = values[n, c, low:high]
            for p in range(len(row)):
                squares[p] += row[p] * row[p]
        for p in range(high - low):
            square = squares[p]
            out[n, low + p] = np.float32(1) / np.sqrt(square) if square > 0 else np.float32(0)


@compiled()
def _sums_by_channel(
    a: np.ndarray,
    b: np.ndarray,
    heads: np.ndarray,
    start: int,
    stop: int,
    scale_a: np.ndarray,
    scale_b: np.ndarray,
    raw: np.ndarray,
    norm: np.ndarray,
    weighted: np.ndarray,
) -> None:
    """(N, C, P), twice → three of (N, P), for blocks of places from `start` to `stop`."""
    _, channels, places = a.shape
    blocks = -(-places // BLOCK)
    found = np.empty((3, BLOCK), np.float32)
    plain, of_length_one, by_heads = found[0], found[1], found[2]
    for block in range(start, stop):
        n, low = block // blocks, block % blocks * BLOCK
        high = min(low + BLOCK, places)
        n_a, n_b = n % len(a), n % len(b)
        s, t = scale_a[n_a, low:high], scale_b[n_b, low:high]
        found[:] = 0
        for c in range(channels):
            x, y = a[n_a, c, low:high], b[n_b, c, low:high]
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
        raw[n, low:high] = plain[: high - low]
        norm[n, low:high] = of_length_one[: high - low]
        if len(heads):
            weighted[n, low:high] = by_heads[: high - low]


@compiled()
def _means(values: np.ndarray, start: int, stop: int, out: np.ndarray) -> None:
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
        out[row : row + width] = total / places
        row += width


@compiled()
def _turn(source: np.ndarray, start: int, stop: int, out: np.ndarray) -> None:
    """(N, P, C) → (N · C, P), for rows of the result from `start` to `stop`."""
    _, places, channels = source.shape
    row = start
    while row < stop:
        # As many channels and places as share lines of the cache are turned at a time.
        n, c = row // channels, row % channels
        width = min(ROWS, channels - c, stop - row)
        for low in range(0, places, 16):
            high = min(low + 16, places)
            block = source[n, low:high, c : c + width]
            for i in range(width):
                found = out[row + i, low:high]
                for p in range(len(found)):
                    found[p] = block[p, i]
        row += width
