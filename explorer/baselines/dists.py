"""DISTS (Ding, Ma, Wang, Simoncelli 2020): SSIM's two parts of whole feature maps of VGG-16.

Unlike its neighbours it needs a network, so it is not registered: `dists` makes a baseline of one.
"""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import nn
from torch.nn import functional

from explorer.baselines.record import Baseline
from explorer.baselines.similarity import dissimilarity

SMALLEST = 16
C = 1e-6


def _unloaded(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    raise ValueError("DISTS has no weights yet: explorer.dists.load() gives the one that has.")


DISTS = Baseline(
    "dists",
    "DISTS",
    "Texture and structure of VGG-16's feature maps, weighted as people judge; 0 is identical.",
    _unloaded,
    smallest=SMALLEST,
)
"""What it is called; `dists` gives it its weights."""


def dists(
    trunk: nn.Sequential,
    alpha: torch.Tensor,
    beta: torch.Tensor,
    mean: tuple[float, float, float],
    std: tuple[float, float, float],
) -> Baseline:
    """DISTS as a baseline, in the precision and on the device of `trunk`.

    Args:
        trunk: VGG-16's convolutions, ReLUs and poolings up to relu5_3, with its weights.
        alpha: (1475,), the weights of the channels' texture, of the picture's own three first.
        beta: (1475,), the weights of the channels' structure.
        mean: channel by channel, subtracted from the picture before it enters the trunk.
        std: what it is divided by then.
    """
    like = next(trunk.parameters())
    weights = torch.stack([alpha, beta]).to(like.device, torch.float64)
    weights = weights / weights.sum()
    shift, scale = (torch.tensor(v, dtype=like.dtype).to(like).view(3, 1, 1) for v in (mean, std))

    def maps(pictures: torch.Tensor) -> list[torch.Tensor]:
        """The picture itself and what stands before each pooling and at the end."""
        found = [pictures]
        current = (pictures - shift) / scale
        for module in trunk:
            if isinstance(module, nn.MaxPool2d):
                found.append(current)
                current = l2_pooled(current)
            else:
                current = module(current)
        return [*found, current]

    @torch.inference_mode()
    def distance(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        """Two (N, 3, H, W) in [0, 1] → float64 (N,), 1 − DISTS's likeness, in [0, 2]."""
        # One picture that was expanded to many goes through the network once.
        first = a[:1] if a.stride(0) == 0 else a
        pairs = zip(maps(first.to(like)), maps(b.to(like)), strict=True)
        terms = torch.cat([texture_and_structure(x, y) for x, y in pairs], 2)
        return dissimilarity((terms * weights).sum((1, 2)).to(a.device), a, b)

    return replace(DISTS, distance=distance)


def l2_pooled(features: torch.Tensor) -> torch.Tensor:
    """(N, C, H, W) → half the size, rounded up: the root of Hann-weighted squares of 3 × 3."""
    line = torch.tensor([0.25, 0.5, 0.25], dtype=features.dtype, device=features.device)
    channels = features.shape[1]
    window = torch.outer(line, line).expand(channels, 1, 3, 3)
    squares = functional.conv2d(features.square(), window, stride=2, padding=1, groups=channels)
    return (squares + 1e-12).sqrt()


def texture_and_structure(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """(N, C, H, W) twice → float64 (N, 2, C), SSIM's likeness of means, and of the rest."""
    mean_x, mean_y = x.mean((2, 3), True), y.mean((2, 3), True)
    x, y = x - mean_x, y - mean_y
    var_x, var_y, covariance = (
        product.mean((2, 3), dtype=torch.float64) for product in (x * x, y * y, x * y)
    )
    mean_x, mean_y = (mean.double().flatten(1) for mean in (mean_x, mean_y))
    texture = (2 * mean_x * mean_y + C) / (mean_x**2 + mean_y**2 + C)
    return torch.stack([texture, (2 * covariance + C) / (var_x + var_y + C)], 1)
