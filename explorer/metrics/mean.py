"""Features compared by the mean of each channel."""

import torch

from explorer.metrics.record import Metric, register


def mean(features: torch.Tensor) -> torch.Tensor:
    """(N, C, H, W) → (N, C, 1), the spatial mean of each channel."""
    return features.mean((2, 3)).unsqueeze(2)


MEAN = register(
    Metric.single("mean", mean, help="Compares each channel's mean; positions are forgotten.")
)
