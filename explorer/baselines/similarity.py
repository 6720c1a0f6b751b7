"""What SSIM and MS-SSIM share: their window, and how a likeness becomes a distance."""

from __future__ import annotations

from functools import lru_cache

import torch

SIDE = 11
SIGMA = 1.5
K = (0.01, 0.03)


@lru_cache(maxsize=4)
def window(device: torch.device) -> torch.Tensor:
    """One side of the Gaussian window of Wang et al. (2004): float64 (3, 1, 1, 11), sum 1.

    The library's own is rounded to single precision, which shows in the seventh digit.
    """
    with torch.inference_mode(False):
        line = torch.signal.windows.gaussian(SIDE, std=SIGMA, dtype=torch.float64)
        return (line / line.sum()).to(device).expand(3, 1, 1, SIDE)


def dissimilarity(likeness: torch.Tensor, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """1 − likeness, (N,): at least 0, and exactly 0 for identical pictures.

    Rounding may leave either side of 0: no order of summation is promised on any device.
    """
    same = (a == b).flatten(1).all(1)
    return (1 - likeness).clamp_min(0).masked_fill(same, 0)


def similarity(distance: float) -> float:
    """The likeness again."""
    return 1 - distance
