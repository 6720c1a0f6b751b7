"""Features compared position by position, as perceptual losses and LPIPS do."""

import torch

from explorer.metrics.record import Metric, register


def spatial(features: torch.Tensor) -> torch.Tensor:
    """(N, C, H, W) → (N, C, H·W), as they are. A view."""
    return features.flatten(2)


SPATIAL = register(
    Metric.single(
        "spatial", spatial, help="Compares features where they are, position by position."
    )
)
