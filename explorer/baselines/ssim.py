"""SSIM (Wang, Bovik, Sheikh, Simoncelli 2004): luminance, contrast and structure in windows."""

import pytorch_msssim
import torch

from explorer.baselines.record import Baseline, register
from explorer.baselines.similarity import SIDE, K, dissimilarity, similarity, window


def ssim(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Two (N, 3, H, W) in [0, 1] → float64 (N,), 1 − SSIM, in [0, 2].

    As published: Gaussian window of 11 × 11 (σ 1.5) wherever it fits whole, K 0.01 and 0.03,
    without downsampling; the mean over positions and over the channels R, G and B.
    """
    a, b = a.double(), b.double()
    likeness = pytorch_msssim.ssim(
        a, b, data_range=1, size_average=False, win=window(a.device), K=K
    )
    return dissimilarity(likeness, a, b)


SSIM = register(
    Baseline(
        "ssim",
        "SSIM",
        "Luminance, contrast and structure in windows of 11 pixels; 1 is identical.",
        ssim,
        value=similarity,
        smallest=SIDE,
    )
)
