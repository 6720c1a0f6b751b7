"""Sorting the rows of feature maps fast, with and without the permutation.

On the CPU numpy's SIMD sort is an order of magnitude faster than torch's. The permutation comes
from the same sort: a float32's bits, made monotonic, and its position share one uint64, so equal
activations keep the order of their positions (row by row). On other devices torch sorts.
"""

from __future__ import annotations

import sys

import numpy as np
import torch

from explorer.cores import Job, by_rows, run
from explorer.metrics.loops import turner
from explorer.metrics.sorting_short import LONGEST, sort_places

_LOW, _HIGH = (0, 1) if sys.byteorder == "little" else (1, 0)


def sort_rows(values: torch.Tensor) -> torch.Tensor:
    """(N, C, P) → the same shape, each row sorted upwards. A new tensor.

    It is contiguous, unless short rows lie channels last: then it lies so, too.
    """
    if values.device.type != "cpu":
        return values.sort(dim=-1).values
    if values.requires_grad:
        # Laid out as below, so that sums over it round alike, and d(x, x) is zero.
        return values.contiguous().sort(dim=-1).values
    ordered, job = sort_rows_soon(values)
    run([job])
    return ordered


def sort_rows_soon(values: torch.Tensor) -> tuple[torch.Tensor, Job[None]]:
    """Like `sort_rows` on a CPU, without gradients; they are sorted when the job is done."""
    shape = values.shape
    if is_short(values):
        source = values.detach().transpose(1, 2).numpy()
        short = np.empty(source.shape, source.dtype)

        def sort_short(some: slice) -> None:
            short[some] = sort_places(source[some])

        ordered = torch.from_numpy(short).transpose(1, 2)
        return ordered, Job(sort_short, shape[0], shape[1] * shape[2])
    # A new tensor: the caller's own memory must stay as it is.
    ordered = torch.empty(shape, dtype=values.dtype)
    rows = ordered.view(shape[0] * shape[1], shape[2]).numpy()
    turn = turner(values, rows)

    def sort_some(some: slice) -> None:
        turn(some)
        _sort_in_place(rows[some])

    return ordered, Job(sort_some, *rows.shape)


def is_short(values: torch.Tensor) -> bool:
    """Whether `sort_rows` leaves rows (N, C, P) channels last."""
    if torch.is_grad_enabled():
        return False  # the other picture may need a gradient, and then lies contiguous
    # A map of 1 × 1 lies both ways, and needs no sorting.
    fits = 1 < values.shape[2] <= LONGEST and values.dtype == torch.float32
    return fits and values.transpose(1, 2).is_contiguous()


def _sort_in_place(rows: np.ndarray) -> None:
    if rows.dtype != np.float32 or rows.size == 0:
        rows.sort(axis=-1)
        return
    # Floats that are not negative stand in the order of their bits, and whole numbers, which have
    # no NaN to look for, sort faster. A sign bit would come first: then the floats are sorted.
    bits = rows.view(np.int32)
    bits.sort(axis=-1)
    if bits[:, 0].min() < 0:
        rows.sort(axis=-1)


def sort_rows_with_order(values: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Like `sort_rows`, and the position (N, C, P), int64, each value came from. Stable."""
    if values.device.type != "cpu" or values.dtype != torch.float32:
        ordered = values.sort(dim=-1, stable=True)
        return ordered.values, ordered.indices
    shape = values.shape
    source = values.contiguous().numpy().reshape(-1, shape[-1])
    ordered_values = np.empty(source.shape, np.float32)
    order = np.empty(source.shape, np.int64)

    def work(rows: slice) -> None:
        # Adding zero turns -0.0 into 0.0, so that both kinds of zero tie.
        bits = (source[rows] + np.float32(0)).view(np.uint32)
        signed = bool((bits >> 31).any())
        if signed:
            bits = bits ^ np.where(bits >> 31, np.uint32(0xFFFFFFFF), np.uint32(0x80000000))
        halves = np.empty((*bits.shape, 2), np.uint32)
        halves[..., _HIGH] = bits
        halves[..., _LOW] = np.arange(shape[-1], dtype=np.uint32)
        halves.view(np.uint64)[..., 0].sort(axis=-1)
        bits = halves[..., _HIGH]
        if signed:
            bits = bits ^ np.where(bits >> 31, np.uint32(0x80000000), np.uint32(0xFFFFFFFF))
        ordered_values[rows] = np.ascontiguousarray(bits).view(np.float32)
        order[rows] = halves[..., _LOW]

    by_rows(work, *source.shape)
    return torch.from_numpy(ordered_values).view(shape), torch.from_numpy(order).view(shape)
