"""Where the activations behind each rank stood: rank contributions laid on places.

Equal activations of a channel share the contributions of their ranks equally, so a contribution
depends only on the value of an activation. Without this rule, which of many equal places a
contribution falls on would be an accident of the sort; flat regions and zeros are full of ties.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from explorer.compiled import ranks as kernels
from explorer.cores import Job, run
from explorer.metrics.loops import turner
from explorer.metrics.sorting import sort_rows, sort_rows_with_order


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


@dataclass(frozen=True)
class Ranking:
    """Ranks that are being found, of one layer.

    Attributes:
        places: (C, P), activations where they are.
        ordered: (C, P), each channel sorted upwards; filled when the job is done.
        found: the ranks, likewise.
        job: tells of each share of the channels whether it could be sorted so; None if all is done.
    """

    places: torch.Tensor
    ordered: torch.Tensor
    found: Ranks
    job: Job[bool] | None = None

    def ranks(self, done: Sequence[bool] = ()) -> tuple[torch.Tensor, Ranks]:
        """(C, P), each channel sorted upwards, and the ranks; `done`: what the job gave."""
        ranking = self if all(done) else _general(self.places)
        return ranking.ordered, ranking.found


def ranks(places: torch.Tensor) -> tuple[torch.Tensor, Ranks]:
    """Sort each channel of a layer, (C, P), and find where each rank's activation stood."""
    soon = ranks_soon(places)
    return soon.ranks(run([soon.job])[0] if soon.job else ())


def ranks_soon(places: torch.Tensor) -> Ranking:
    """The same; the ranks are there when the job is done, if there is one."""
    if places.device.type != "cpu" or places.dtype != torch.float32:
        return _general(places)
    ordered = torch.empty(places.shape)
    rows, place = ordered.numpy(), np.empty(places.shape, _unsigned(places.shape[1]))
    keys, zeros = rows.view(np.uint32), np.empty(len(rows), np.int64)
    turned = np.empty(rows.shape, np.float32)
    turn = turner(places.unsqueeze(0), turned)
    bits = kernels.bits_of_places(rows.shape[1])

    def work(some: slice) -> bool:
        turn(some)
        if not kernels.key(turned, some.start, some.stop, bits, keys):
            return False
        keys[some].sort(axis=-1)
        kernels.place(turned, some.start, some.stop, bits, keys, zeros, place)
        return True

    return Ranking(places, ordered, Ranks(rows, zeros, place), Job(work, *rows.shape))


def _general(places: torch.Tensor) -> Ranking:
    """For other devices and types, and where activations may be negative: none is left out."""
    ordered = sort_rows(places.unsqueeze(0))[0]
    values, order = (x[0].cpu().numpy() for x in sort_rows_with_order(places.unsqueeze(0)))
    place = order.astype(_unsigned(places.shape[1]))
    return Ranking(places, ordered, Ranks(values, np.zeros(len(values), np.int64), place))


def _unsigned(count: int) -> type[np.unsignedinteger[Any]]:
    """The smaller type that can number so many places: most of the time goes into reading them."""
    return np.uint16 if count <= 1 << 16 else np.uint32


def laid_out(contributions: torch.Tensor, found: Ranks) -> np.ndarray:
    """Lay rank contributions (C, P) on the places that the ranks came from.

    Returns:
        float32 (P,), summed over channels; its mean is the sum of the contributions over P.
    """
    terms = contributions.detach().contiguous().cpu().numpy()

    def work(some: slice) -> np.ndarray:
        return kernels.lay(terms, found.values, found.zeros, found.place, some.start, some.stop)

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
    return Job(lambda some: kernels.lay_both(*both, some.start, some.stop), *a.values.shape)


def together(parts: Sequence[np.ndarray]) -> np.ndarray:
    """float64, what some channels give each → float32, what all do."""
    return np.sum(parts, axis=0).astype(np.float32)
