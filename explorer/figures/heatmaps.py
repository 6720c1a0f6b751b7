"""Heatmaps as numbers: 16-bit values with their scale, coloured in the browser."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from explorer.figures.theme import number
from explorer.results import Exploration, LayerMap

SHOWN_SIDE = 112
"""Larger maps are shown as block means of at most this side; a block mean keeps the mean."""

HELP = {
    "spatial": "Each place's squared difference over channels. The mean of a map is the distance "
    "of its layer.",
    "lpips": "As spatial with channel norm, channels weighted by LPIPS. The mean of a map is the "
    "distance of its layer.",
    "sort": "Sort compares ranks, not places. Each rank's difference is laid where its activation "
    "came from: above in the original, below in the perturbed picture. Equal activations "
    "share equally. The mean of either map is the distance of its layer.",
    "mean": "Mean has no places left to show: each cell is a channel, in order, row by row. The "
    "mean of the cells is the distance of the layer.",
}


def figure(exploration: Exploration) -> dict[str, Any]:
    """Plain data: rows of maps (one row, or two for `sort`), each with a cell a layer."""
    shown = exploration.maps[0].metric
    rows: dict[str, list[dict[str, Any]]] = {}
    for item in exploration.maps:
        rows.setdefault(item.over, []).append(_cell(item))
    asked = exploration.scene.question.heatmap
    note = "" if asked == shown else f"{asked} is not defined for this network: showing {shown}."
    return {
        "key": exploration.scene.digest(),
        "metric": shown,
        "norm": exploration.maps[0].norm,
        "kind": exploration.maps[0].kind,
        "help": HELP[shown],
        "note": note,
        "rows": [{"over": over, "cells": cells} for over, cells in rows.items()],
    }


def _cell(item: LayerMap) -> dict[str, Any]:
    values = reduced(item.values)
    peak = float(values.max(initial=0.0))
    scaled = np.round(values * (65535 / peak)) if peak > 0 else np.zeros_like(values)
    return {
        "layer": item.layer,
        "height": values.shape[0],
        "width": values.shape[1],
        "fullHeight": item.values.shape[0],
        "fullWidth": item.values.shape[1],
        "peak": peak,
        "peakLabel": number(peak),
        "distance": number(item.distance),
        "data": base64.b64encode(scaled.astype("<u2").tobytes()).decode(),
    }


def reduced(values: np.ndarray, side: int = SHOWN_SIDE) -> np.ndarray:
    """Block means of `values` with at most `side` rows and columns, where blocks fit exactly.

    An odd remainder keeps full resolution: a mean that does not fit would change the distance.
    """
    height, width = values.shape
    while max(height, width) > side and height % 2 == 0 and width % 2 == 0:
        values = values.reshape(height // 2, 2, width // 2, 2).mean((1, 3), dtype=np.float32)
        height, width = values.shape
    return values
