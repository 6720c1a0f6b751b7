"""Channels of a layer, as the page draws them."""

from __future__ import annotations

from typing import Any

import numpy as np

from explorer.figures.theme import number

SHOWN = 8


def figure(metric: str, shares: np.ndarray, distance: float) -> dict[str, Any]:
    """Plain data: the channels that contribute most, those first.

    Args:
        metric: whose distance it is.
        shares: (C,), what each channel contributes.
        distance: of the layer, their sum.
    """
    first = np.argsort(-shares, kind="stable")[:SHOWN]
    rows = [
        {"channel": int(c), "contribution": number(float(shares[c])), "share": _share(c, shares)}
        for c in first
    ]
    return {"metric": metric, "distance": number(distance), "count": len(shares), "rows": rows}


def _share(channel: int, shares: np.ndarray) -> float:
    total = float(shares.sum())
    return float(shares[channel]) / total if total > 0 else 0.0
