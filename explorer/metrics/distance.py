"""The distance itself: squared differences over channels, raw and channel-normalised, in one pass.

Every number of the page comes through `terms`: the mean of a term over its places is the layer's
distance, and the term laid out over its places is the layer's heatmap.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Arranged:
    """Rearranged features of one layer with what normalising them needs.

    Attributes:
        values: (N, C, P).
        scale: (N, 1, P), one over the L2 norm over channels; zero where that norm is zero.
    """

    values: torch.Tensor
    scale: torch.Tensor

    @classmethod
    def of(cls, values: torch.Tensor) -> Arranged:
        """Measure the norms of rearranged features."""
        # vector_norm is twenty times slower than this where channels are not contiguous.
        scale = values.square().sum(1, keepdim=True).rsqrt()
        return cls(values, scale.nan_to_num(posinf=0.0))

    def normalised(self) -> torch.Tensor:
        """(N, C, P), every vector over channels of length one, or zero."""
        return self.values * self.scale


@dataclass(frozen=True)
class Terms:
    """What each place contributes, each (N, P); a layer's distance is the mean over P."""

    raw: torch.Tensor
    norm: torch.Tensor
    weighted: torch.Tensor | None = None


def terms(a: Arranged, b: Arranged, heads: torch.Tensor | None = None) -> Terms:
    """Compare two arrangements of the same layer.

    Args:
        a, b: with equal C and P; N of either may be 1 and is then broadcast.
        heads: (C,), LPIPS's weights; then `weighted` is filled too.

    Raises:
        ValueError: if the shapes do not fit.
    """
    if a.values.shape[1:] != b.values.shape[1:]:
        raise ValueError(
            f"Features of {tuple(a.values.shape[1:])} and {tuple(b.values.shape[1:])} channels × "
            "places cannot be compared: both pictures need the same size."
        )
    if torch.is_grad_enabled() and (a.values.requires_grad or b.values.requires_grad):
        return _differentiable_terms(a, b, heads)
    # Two buffers for everything; a temporary a line would cost as much as the arithmetic. Fused
    # multiply-adds are avoided: they would make d(x, x) a rounding error instead of zero.
    buffer = torch.sub(a.values, b.values)
    raw = buffer.square_().sum(1)
    shorter, longer = (a, b) if a.values.shape[0] == 1 else (b, a)
    torch.mul(longer.values, longer.scale, out=buffer)
    buffer.sub_(shorter.normalised()).square_()
    weighted = None if heads is None else torch.einsum("ncp,c->np", buffer, heads)
    return Terms(raw, buffer.sum(1), weighted)


def _differentiable_terms(a: Arranged, b: Arranged, heads: torch.Tensor | None) -> Terms:
    squared = (a.normalised() - b.normalised()).square()
    weighted = None if heads is None else torch.einsum("ncp,c->np", squared, heads)
    return Terms((a.values - b.values).square().sum(1), squared.sum(1), weighted)


def rank_terms(a: Arranged, b: Arranged, norm: str) -> torch.Tensor:
    """(N, C, P): what each channel contributes at each place, not yet summed over channels."""
    if norm == "norm":
        return (a.normalised() - b.normalised()).square_()
    return (a.values - b.values).square_()
