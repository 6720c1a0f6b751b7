"""Gaussian noise."""

from __future__ import annotations

from typing import Annotated

import torch

from explorer.perturbations.registry import PERTURBATIONS
from explorer.spec import Integer, Real


@PERTURBATIONS.register("noise", title="Noise", stage="filter", neutral={"sd": 0.0}, paper=False)
def noise(
    image: torch.Tensor,
    *,
    sd: Annotated[
        float,
        Real(0.0, 0, 0.5, 0.01, title="Standard deviation", help="White less black is 1."),
    ],
    seed: Annotated[int, Integer(0, 0, 999, help="Which noise.")],
) -> torch.Tensor:
    """Adds Gaussian noise, independent in every pixel and channel.

    clamp(x + sd · n, 0, 1) with n standard normal; n depends on the seed and the picture's size
    only, so a larger sd is the same noise, stronger.
    """
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(image.shape, generator=generator).mul_(sd).add_(image).clamp_(0, 1)
