"""Sums over channels in one pass over memory, for float32 features on CPUs without gradients.

The same numbers as `distance` gives with torch, which defines them and serves everything else, up
to the order in which channels are added. Features lie in memory place by place (channels last), or
channel by channel (sorted rows); each way has its loop.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from explorer.compiled import sums as kernels
from explorer.cores import Job

_NO_HEADS = np.empty(0, np.float32)


def lines(values: torch.Tensor) -> np.ndarray | None:
    """(N, C, P) as the loops read it, without copying: (N · P, C), or (N, C, P) as it lies.

    None if it is not for the loops.
    """
    if values.device.type != "cpu" or values.dtype != torch.float32 or not values.numel():
        return None
    array = values.detach().numpy()
    by_place = array.transpose(0, 2, 1)
    if by_place.flags.c_contiguous:
        return by_place.reshape(-1, array.shape[1])
    return array if array.flags.c_contiguous else None


def _blocks(values: np.ndarray) -> tuple[int, int]:
    """How many blocks there are in (N, C, P), and how many values in one."""
    count, channels, places = values.shape
    return count * -(-places // kernels.BLOCK), channels * kernels.BLOCK


def scales(values: np.ndarray, out: np.ndarray, is_sorted: bool = False) -> Job[None]:
    """One over the L2 norm over channels; zero where that norm is zero.

    Args:
        values: `lines` of (N, C, P).
        out: (N, P), filled by the job.
        is_sorted: each channel is, upwards: then runs of zeros are left out.
    """
    if values.ndim == 2:
        flat = out.reshape(-1)
        return Job(
            lambda some: kernels.scales_by_place(values, some.start, some.stop, flat), *values.shape
        )
    return Job(
        lambda some: kernels.scales_by_channel(values, some.start, some.stop, is_sorted, out),
        *_blocks(values),
    )


def sums(
    a: np.ndarray,
    b: np.ndarray,
    scale_a: np.ndarray,
    scale_b: np.ndarray,
    heads: np.ndarray | None,
    is_sorted: bool = False,
) -> tuple[np.ndarray, Job[None]]:
    """Squared differences summed over channels: raw, normalised, and normalised and weighted.

    Args:
        a: `lines` of (N, C, P); if `b` has several times as many pictures, these are taken again
            and again, in order.
        b: the same, lying in the same way; it may have fewer, too.
        scale_a: (N, P), from `scales`.
        scale_b: the same of `b`.
        heads: (C,), what weighs the third sum; None without.
        is_sorted: each channel of both is, upwards: then runs of zeros are left out.

    Returns:
        Two sums, with heads three, each (N, P); they are filled when the job is done.
    """
    larger, of_larger = (a, scale_a) if len(scale_a) > len(scale_b) else (b, scale_b)
    found = np.empty((2 if heads is None else 3, *of_larger.shape), np.float32)
    weights = _NO_HEADS if heads is None else heads
    if a.ndim == 2:
        s, t, flat = scale_a.reshape(-1), scale_b.reshape(-1), found.reshape(len(found), -1)
        return found, Job(
            lambda some: kernels.sums_by_place(a, b, weights, some.start, some.stop, s, t, flat),
            *larger.shape,
        )
    return found, Job(
        lambda some: kernels.sums_by_channel(
            a, b, weights, some.start, some.stop, is_sorted, scale_a, scale_b, found
        ),
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
            lambda some: kernels.means_by_channel(places, some.start, some.stop, flat),
            len(flat),
            places.shape[1],
        )
    rows = values.reshape(-1, values.shape[2])
    found = np.empty(values.shape[:2], np.float32)
    flat = found.reshape(-1)

    def work(some: slice) -> None:
        flat[some] = np.add.reduce(rows[some], axis=1, dtype=np.float64) / rows.shape[1]

    return found, Job(work, *rows.shape)


def turner(values: torch.Tensor, out: np.ndarray) -> Callable[[slice], None]:
    """What copies (N, C, P) channel by channel into some rows of `out`, (N · C, P)."""
    source = values.detach().numpy()
    places = source.transpose(0, 2, 1)
    if source.dtype == np.float32 and places.flags.c_contiguous:
        return lambda some: kernels.turn(places, some.start, some.stop, out)
    rows = source.reshape(out.shape)

    def copy(some: slice) -> None:
        out[some] = rows[some]

    return copy
