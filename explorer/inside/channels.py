"""Which channels make a layer's distance."""

from __future__ import annotations

import numpy as np

from explorer.inside.pair import Pair
from explorer.metrics import METRICS
from explorer.metrics.distance import rank_terms


def contributions(pair: Pair, metric: str, norm: str, layer: int) -> np.ndarray:
    """What each channel contributes to a layer's distance.

    Args:
        pair: the pictures.
        metric: `spatial`, `mean` or `sort`.
        norm: `raw` or `norm`.
        layer: counted from 0.

    Returns:
        float64 (C,), never negative; the sum is the layer's distance.
    """
    a, b = (f.arranged(METRICS[metric], layer) for f in (pair.features_a, pair.features_b))
    terms = rank_terms(a, b, norm)[0]
    return terms.double().mean(1).cpu().numpy()
