"""Gaussian blur."""

from __future__ import annotations

import math
from typing import Annotated

import torch

from explorer.perturbations.registry import PERTURBATIONS
from explorer.spec import Real

REACH = 4
"""The kernel is cut off at this many sigmas."""


@PERTURBATIONS.register("blur", title="Blur", stage="filter", neutral={"sigma": 0.0}, paper=False)
def blur(
    image: torch.Tensor,
    *,
    sigma: Annotated[
        float, Real(0.0, 0, 8, 0.1, " px", help="Standard deviation of the Gaussian kernel.")
    ],
) -> torch.Tensor:
    """Blurs the picture with a Gaussian kernel.

    Weights exp(−t² / 2σ²) at whole pixels |t| ≤ 4σ, normalised to 1, along columns and rows; the
    picture is mirrored at its borders, the border pixel not repeated.
    """
    rows, columns = image.shape[1:]
    down, across = _smoothing(rows, sigma), _smoothing(columns, sigma)
    return (down @ (image @ across.T)).clamp(0, 1)


def _smoothing(length: int, sigma: float) -> torch.Tensor:
    """The blur of a line of `length` pixels as a matrix, length × length.

    At these sizes two matrix products take less time than two convolutions with wide kernels,
    and as long at every sigma.
    """
    reach = max(1, math.ceil(REACH * sigma))
    taps = torch.arange(-reach, reach + 1)
    weights = torch.exp(-0.5 * (taps / sigma).double() ** 2)
    weights = weights / weights.sum()
    # Mirrored positions: a walk to and fro over 0 … length − 1, with period 2 (length − 1).
    period = max(2 * (length - 1), 1)
    position = (torch.arange(length).unsqueeze(1) + taps).remainder(period)
    position = torch.minimum(position, period - position)
    matrix = torch.zeros(length, length, dtype=torch.float64)
    matrix.scatter_add_(1, position, weights.expand(length, -1))
    return matrix.float()
