"""SSIM and MS-SSIM as they were published, in plain float64 numpy: one channel at a time."""

from __future__ import annotations

import numpy as np

WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
C1, C2 = 0.01**2, 0.03**2


def window() -> np.ndarray:
    """11 × 11, σ 1.5, of sum one."""
    y, x = np.mgrid[-5:6, -5:6]
    weights = np.exp(-(x**2 + y**2) / (2 * 1.5**2))
    return weights / weights.sum()


def averaged(channel: np.ndarray) -> np.ndarray:
    """(H, W) → (H − 10, W − 10), the weighted mean of every window that fits whole."""
    patches = np.lib.stride_tricks.sliding_window_view(channel, (11, 11))
    return np.einsum("hwyx,yx->hw", patches, window())


def parts(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Luminance, and contrast with structure, at every position."""
    mean_a, mean_b = averaged(a), averaged(b)
    variances = averaged(a**2) - mean_a**2 + averaged(b**2) - mean_b**2
    covariance = averaged(a * b) - mean_a * mean_b
    luminance = (2 * mean_a * mean_b + C1) / (mean_a**2 + mean_b**2 + C1)
    return luminance, (2 * covariance + C2) / (variances + C2)


def halved(channel: np.ndarray) -> np.ndarray:
    """Means of 2 × 2 values; an odd side ends in its last value twice."""
    even = np.pad(channel, [(0, side % 2) for side in channel.shape], mode="edge")
    return (even[::2, ::2] + even[1::2, ::2] + even[::2, 1::2] + even[1::2, 1::2]) / 4


def ssim(a: np.ndarray, b: np.ndarray) -> float:
    """The mean over the channels of (C, H, W) pictures."""
    return float(np.mean([np.prod(parts(x, y), axis=0).mean() for x, y in zip(a, b, strict=True)]))


def ms_ssim(a: np.ndarray, b: np.ndarray) -> float:
    """The mean over the channels of (C, H, W) pictures."""
    return float(np.mean([_ms_ssim(x, y) for x, y in zip(a, b, strict=True)]))


def _ms_ssim(a: np.ndarray, b: np.ndarray) -> float:
    product = 1.0
    for scale, weight in enumerate(WEIGHTS):
        luminance, structure = parts(a, b)
        last = scale == len(WEIGHTS) - 1
        part = (luminance * structure if last else structure).mean()
        product *= max(part, 0.0) ** weight
        a, b = halved(a), halved(b)
    return product
