"""The peak signal-to-noise ratio: the error on a logarithmic scale, in decibels."""

from __future__ import annotations

import math

import torch

from explorer.baselines.mse import mse
from explorer.baselines.record import Baseline, register


def rmse(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Two (N, C, H, W) → float64 (N,), the root of the mean squared error, in [0, 1].

    It stands for PSNR because decibels are evenly spaced on its logarithmic axis.
    """
    return mse(a, b).sqrt()


def decibels(distance: float) -> float:
    """PSNR in dB of a root mean squared error, for a peak of 1; infinite at 0."""
    return -20 * math.log10(distance) if distance > 0 else math.inf


PSNR = register(
    Baseline(
        "psnr",
        "PSNR",
        "The mean squared error in decibels below the brightest value; more is more alike.",
        rmse,
        value=decibels,
        unit="dB",
    )
)
