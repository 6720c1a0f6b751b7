"""The distance itself: squared differences over channels, raw and channel-normalised, in one pass.

Every number of the page comes through `terms`: the mean of a term over its places is the layer's
distance, and the term laid out over its places is the layer's heatmap.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch

from explorer.cores import Job, run
from explorer.metrics import loops


@dataclass(frozen=True)
class Arranged:
    """Rearranged features of one layer with what normalising them needs.

    Attributes:
        values: (N, C, P).
        scale: (N, 1, P), one over the L2 norm over channels; zero where that norm is zero. It
            carries no gradient.
        is_sorted: whether each channel's values rise along P.
    """

    values: torch.Tensor
    scale: torch.Tensor
    is_sorted: bool = False

    @classmethod
    def of(cls, values: torch.Tensor, is_sorted: bool = False) -> Arranged:
        """Measure the norms of rearranged features."""
        found, job = cls.soon(values, is_sorted)
        run([job] if job else [])
        return found

    @classmethod
    def soon(
        cls, values: torch.Tensor, is_sorted: bool = False
    ) -> tuple[Arranged, Job[None] | None]:
        """The same; the norms are there when the job is done, if there is one."""
        lines = loops.lines(values)
        if lines is not None:
            scales = np.empty((values.shape[0], values.shape[2]), np.float32)
            found = cls(values, torch.from_numpy(scales).unsqueeze(1), is_sorted)
            found.__dict__.update(lines=lines, scales=scales)  # what is cached below
            return found, loops.scales(lines, scales, is_sorted)
        kept, values = values, values.detach()
        # Each way is several times slower than the other in the other memory layout.
        if values.stride(1) == 1:
            scale = torch.linalg.vector_norm(values, dim=1, keepdim=True).reciprocal()
        else:
            squares = torch.mul(values, values, out=_buffer(values))
            scale = squares.sum(1, keepdim=True).rsqrt()
        return cls(kept, scale.nan_to_num(posinf=0.0), is_sorted), None

    @cached_property
    def normalised(self) -> torch.Tensor:
        """(N, C, P), every vector over channels of length one, or zero; kept once made."""
        if torch.is_grad_enabled() and self.values.requires_grad:
            return unit(self.values)
        return self.values * self.scale

    @cached_property
    def lines(self) -> np.ndarray | None:
        """The values as `loops` reads them; None if they are not for it."""
        return loops.lines(self.values)

    @cached_property
    def scales(self) -> np.ndarray:
        """The scale as `loops` reads it, (N, P), on a CPU."""
        return self.scale.numpy()[:, 0]

    def repeated(self, times: int) -> Arranged:
        """The same pictures several times, one round after the other."""
        if times == 1:
            return self
        values, scale = (x.repeat(times, 1, 1) for x in (self.values, self.scale))
        return Arranged(values, scale, self.is_sorted)

    def of_pictures(self, chosen: slice | Sequence[int]) -> Arranged:
        """Some of the N pictures."""
        return Arranged(self.values[chosen], self.scale[chosen], self.is_sorted)

    @property
    def is_normalised(self) -> bool:
        """Whether `normalised` is there already."""
        return "normalised" in self.__dict__


@dataclass(frozen=True)
class Terms:
    """What each place contributes; a layer's distance is the mean over P.

    Attributes:
        stacked: (2, N, P), raw and normalised; (3, N, P) if LPIPS's weights were given.
    """

    stacked: torch.Tensor

    @classmethod
    def of(cls, *each: torch.Tensor) -> Terms:
        """Of raw, normalised and perhaps weighted terms, each (N, P)."""
        return cls(torch.stack(each))

    @property
    def raw(self) -> torch.Tensor:
        """(N, P), without channel norm."""
        return self.stacked[0]

    @property
    def norm(self) -> torch.Tensor:
        """(N, P), with channel norm."""
        return self.stacked[1]

    @property
    def weighted(self) -> torch.Tensor | None:
        """(N, P), with channel norm and LPIPS's weights, if there were any."""
        return self.stacked[2] if len(self.stacked) > 2 else None


def terms(a: Arranged, b: Arranged, heads: torch.Tensor | None = None) -> Terms:
    """Compare two arrangements of the same layer.

    Args:
        a: if `b` has several times as many pictures, these are taken again and again, in order.
        b: with the C and P of `a`; it may have fewer pictures, too.
        heads: (C,), LPIPS's weights; then `weighted` is filled too.

    Raises:
        ValueError: if the shapes or numbers of pictures do not fit.
    """
    found, job = terms_soon(a, b, heads)
    run([job] if job else [])
    return found


def terms_soon(
    a: Arranged, b: Arranged, heads: torch.Tensor | None = None
) -> tuple[Terms, Job[None] | None]:
    """Like `terms`; they are there when the job is done, if there is one."""
    (n, *layer_a), (m, *layer_b) = a.values.shape, b.values.shape
    if layer_a != layer_b:
        raise ValueError(
            f"Features of {tuple(layer_a)} and {tuple(layer_b)} channels × "
            "places cannot be compared: both pictures need the same size."
        )
    few, many = min(n, m), max(n, m)
    if many % max(few, 1):
        raise ValueError(f"{n} pictures cannot be compared with {m}.")
    if torch.is_grad_enabled() and (a.values.requires_grad or b.values.requires_grad):
        return _differentiable_terms(a, b, heads), None
    x, y = a.lines, b.lines
    if x is not None and y is not None and x.ndim == y.ndim:
        weights = None if heads is None else heads.detach().numpy()
        sums, job = loops.sums(x, y, a.scales, b.scales, weights, a.is_sorted and b.is_sorted)
        return Terms(torch.from_numpy(sums)), job
    # Fused multiply-adds are avoided: they would make d(x, x) a rounding error instead of zero.
    a, b = (x.repeated(many // max(len(x.values), 1)) if len(x.values) > 1 else x for x in (a, b))
    fewer, larger = (a, b) if len(a.values) == 1 else (b, a)
    buffer = torch.sub(a.values, b.values, out=_buffer(larger.values))
    raw = _summed_squares(buffer)
    if larger.is_normalised:
        torch.sub(larger.normalised, fewer.normalised, out=buffer)
    else:
        torch.mul(larger.values, larger.scale, out=buffer)
        buffer.sub_(fewer.normalised)
    if heads is None:
        return Terms.of(raw, _summed_squares(buffer)), None
    buffer.square_()
    return Terms.of(raw, buffer.sum(1), torch.einsum("ncp,c->np", buffer, heads)), None


def _summed_squares(buffer: torch.Tensor) -> torch.Tensor:
    """(N, C, P) → (N, P), the squares summed over channels; `buffer` may be overwritten."""
    if buffer.stride(1) == 1:
        return torch.linalg.vector_norm(buffer, dim=1).square_()
    return buffer.square_().sum(1)


_REUSED_UP_TO = 1 << 23


class _PerThread(threading.local):
    def __init__(self) -> None:
        self.buffers: dict[torch.dtype, torch.Tensor] = {}


_reused = _PerThread()


def _buffer(like: torch.Tensor) -> torch.Tensor:
    """Memory laid out as `like` for one calculation, used again by the next of this thread.

    New memory has to be mapped by the system page by page, which takes longer than the arithmetic.
    """
    if like.numel() > _REUSED_UP_TO or like.device.type != "cpu" or not _is_dense(like):
        return torch.empty_like(like)
    kept = _reused.buffers
    if like.dtype not in kept or kept[like.dtype].numel() < like.numel():
        with torch.inference_mode(False):
            kept[like.dtype] = torch.empty(like.numel(), dtype=like.dtype)
    return kept[like.dtype].as_strided(like.shape, like.stride())


def _is_dense(tensor: torch.Tensor) -> bool:
    reach = sum((n - 1) * s for n, s in zip(tensor.shape, tensor.stride(), strict=True))
    return reach + 1 == tensor.numel()


def _differentiable_terms(a: Arranged, b: Arranged, heads: torch.Tensor | None) -> Terms:
    # Both through `unit`, also where only one needs a gradient: else d(x, x) would not be zero.
    x, y = unit(a.values), unit(b.values)
    weighted = [] if heads is None else [contributions(x, y, heads)]
    return Terms.of(contributions(a.values, b.values), contributions(x, y), *weighted)


def unit(values: torch.Tensor) -> torch.Tensor:
    """Every vector over channels at length one, or zero where it is zero: what learns from norms.

    The same numbers as `Arranged.normalised`, slower, with a gradient that is finite everywhere: a
    vector of zeros has none, and neither has one whose squares are too small for its type (in
    float32, with no value above 1e-19).

    Args:
        values: (N, C, P).
    """
    # The largest value cancels out of the result, so it needs no gradient; without it the cube in
    # the slope of 1/√x would overflow from lengths of 1e-13 downwards.
    largest = values.detach().abs().amax(1, keepdim=True)
    is_zero = largest <= torch.finfo(values.dtype).tiny ** 0.5
    scaled = values / largest.masked_fill(is_zero, 1)
    squares = scaled.square().sum(1, keepdim=True)
    return scaled * squares.masked_fill(is_zero, torch.inf).rsqrt()


def contributions(
    a: torch.Tensor, b: torch.Tensor, heads: torch.Tensor | None = None
) -> torch.Tensor:
    """What each place contributes, differentiable.

    Args:
        a: (N, C, P), normalised by `unit` where the distance is.
        b: the same of the other pictures.
        heads: (C,), the weight of each channel; all one without.

    Returns:
        (N, P); a layer's distance is the mean over P.
    """
    squared = (a - b).square()
    return squared.sum(1) if heads is None else torch.einsum("ncp,c->np", squared, heads)


def rank_terms(a: Arranged, b: Arranged, norm: str) -> torch.Tensor:
    """(N, C, P): what each channel contributes at each place, not yet summed over channels."""
    if norm == "norm":
        return (a.normalised - b.normalised).square_()
    return (a.values - b.values).square_()
