"""MS-SSIM (Wang, Simoncelli, Bovik 2003): SSIM's parts at five scales, multiplied."""

import pytorch_msssim
import torch

from explorer.baselines.record import Baseline, register
from explorer.baselines.similarity import SIDE, K, dissimilarity, similarity, window

WEIGHTS = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]
SMALLEST = (SIDE - 1) * 2 ** (len(WEIGHTS) - 1) + 1


def ms_ssim(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Two (N, 3, H, W) in [0, 1] → float64 (N,), 1 − MS-SSIM, in [0, 1].

    Contrast and structure at each of five scales, luminance at the coarsest, each raised to its
    published weight; a negative part counts as 0; a channel at a time, then their mean. Where a
    side is no multiple of 16, the library sets a row of zeros before an odd side that it halves,
    in both pictures, which is within 0.02 of the published definition.
    """
    a, b = a.double(), b.double()
    likeness = pytorch_msssim.ms_ssim(
        a, b, data_range=1, size_average=False, win=window(a.device), weights=WEIGHTS, K=K
    )
    return dissimilarity(likeness, a, b)


MS_SSIM = register(
    Baseline(
        "ms-ssim",
        "MS-SSIM",
        "SSIM's parts at five scales, each half as fine as the last, multiplied; 1 is identical.",
        ms_ssim,
        value=similarity,
        smallest=SMALLEST,
    )
)
