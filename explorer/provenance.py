"""Where the activations behind each rank stood: rank contributions laid on places.

Equal activations of a channel share the contributions of their ranks equally, so a contribution
depends only on the value of an activation. Without this rule, which of many equal places a
contribution falls on would be an accident of the sort; flat regions and zeros are full of ties.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from explorer.compiled import compiled
from explorer.cores import Job, run
from explorer.metrics.loops import turner
from explorer.metrics.sorting import sort_rows, sort_rows_with_order

BUCKETS = 2
"""Buckets for each value to sort: in most there is then one value or none."""
INFINITE = np.uint32(0x7F800000)
"""The bits of infinity; those of what is no number, or negative, or minus zero, are larger."""
HIGH = 1 if sys.byteorder == "little" else 0
"""Which half of a key is the value."""
PATIENCE = 8
"""So many steps a value may take to its place; if they need more, they are merged instead."""


@dataclass(frozen=True)
class Ranks:
    """Which place each rank of a channel came from.

    Attributes:
        values: (C, P), each channel sorted upwards.
        zeros: int64 (C,), so many ranks at a channel's beginning are zeros, with no place of their
            own here: the places that no other rank came from.
        place: uint16 or uint32 (C, P), the place of each later rank.
    """

    values: np.ndarray
    zeros: np.ndarray
    place: np.ndarray


def ranks(layers: Sequence[torch.Tensor]) -> list[tuple[torch.Tensor, Ranks]]:
    """Sort each channel of each layer, and find where each rank's activation stood.

    Args:
        layers: each (C, P), activations where they are.

    Returns:
        For each layer (C, P), each channel sorted upwards, and its ranks.
    """
    found = [_ranks_soon(places) for places in layers]
    done = iter(run([job for _, job in found if job]))
    return [
        made if job is None or all(next(done)) else _general(places)
        for places, (made, job) in zip(layers, found, strict=True)
    ]


def _ranks_soon(places: torch.Tensor) -> tuple[tuple[torch.Tensor, Ranks], Job[bool] | None]:
    """What is filled when the job is done; it tells of each part whether it could be sorted so."""
    if places.device.type != "cpu" or places.dtype != torch.float32:
        return _general(places), None
    values = torch.empty(places.shape)
    rows, place = values.numpy(), np.empty(places.shape, _unsigned(places.shape[1]))
    zeros = np.empty(len(rows), np.int64)
    turn = turner(places.unsqueeze(0), rows)

    def work(some: slice) -> bool:
        turn(some)
        return _sort(rows, some.start, some.stop, zeros, place)

    return (values, Ranks(rows, zeros, place)), Job(work, *rows.shape)


def _general(places: torch.Tensor) -> tuple[torch.Tensor, Ranks]:
    """For other devices and types, and where activations may be negative: none is left out."""
    ordered = sort_rows(places.unsqueeze(0))[0]
    values, order = (x[0].cpu().numpy() for x in sort_rows_with_order(places.unsqueeze(0)))
    return ordered, Ranks(
        values, np.zeros(len(values), np.int64), order.astype(_unsigned(places.shape[1]))
    )


def _unsigned(count: int) -> type[np.unsignedinteger[Any]]:
    """The smaller type that can number so many places: most of the time goes into reading them."""
    return np.uint16 if count <= 1 << 16 else np.uint32


@compiled()
def _sort(values: np.ndarray, start: int, stop: int, zeros: np.ndarray, place: np.ndarray) -> bool:
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
        ends[: buckets + 1] = 0
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
        row[: count - above] = 0
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
    keys[:count] = source[:count]


def laid_out(contributions: torch.Tensor, found: Ranks) -> np.ndarray:
    """Lay rank contributions (C, P) on the places that the ranks came from.

    Returns:
        float32 (P,), summed over channels; its mean is the sum of the contributions over P.
    """
    terms = contributions.detach().contiguous().cpu().numpy()

    def work(some: slice) -> np.ndarray:
        return _lay(terms, found.values, found.zeros, found.place, some.start, some.stop)

    return together(run([Job(work, *terms.shape)])[0])


def both_laid_out_soon(
    a: Ranks, b: Ranks, scale_a: torch.Tensor, scale_b: torch.Tensor
) -> Job[np.ndarray]:
    """Lay the contributions of two pictures' ranks on the places of both.

    Args:
        a: of one picture.
        b: of another of the same size.
        scale_a: (1, 1, P), what each rank's values are multiplied with before they are compared.
        scale_b: the same of `b`.

    Returns:
        What gives float64 (2, P) for some of the channels, to be added up by `together`: over the
        places of `a`, and over those of `b`.
    """
    s, t = (x.detach()[0, 0].numpy() for x in (scale_a, scale_b))
    both = (a.values, b.values, s, t, a.zeros, b.zeros, a.place, b.place)
    return Job(lambda some: _lay_both(*both, some.start, some.stop), *a.values.shape)


def together(parts: Sequence[np.ndarray]) -> np.ndarray:
    """float64, what some channels give each → float32, what all do."""
    return np.sum(parts, axis=0).astype(np.float32)


@compiled(reorder=True)
def _lay(
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
    return total + everywhere


@compiled(reorder=True)
def _lay_both(
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
        terms[:first] = 0
        for rank in range(first, count):
            difference = x[rank] * scale_a[rank] - y[rank] * scale_b[rank]
            terms[rank] = difference * difference
        everywhere_a += _lay_channel(terms, x, zeros_a[c], place_a[c], total[0])
        everywhere_b += _lay_channel(terms, y, zeros_b[c], place_b[c], total[1])
    total[0] += everywhere_a
    total[1] += everywhere_b
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
