"""The mean squared error: the squared L2 distance of the pixels, a value."""

import torch

from explorer.baselines.record import Baseline, register


def mse(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Two (N, C, H, W) → float64 (N,), the mean over all values of a picture, in [0, 1]."""
    return (a.double() - b.double()).square().mean((1, 2, 3))


MSE = register(
    Baseline(
        "mse",
        "MSE",
        "Mean squared difference of the pixel values (L2); 0 is identical, 1 is black and white.",
        mse,
    )
)
