"""The receipt: what made the numbers, on one line."""

from __future__ import annotations

from typing import Any

from explorer.figures.theme import number
from explorer.metrics import METRICS
from explorer.results import Exploration


def figure(exploration: Exploration) -> dict[str, Any]:
    """Plain data: the line to copy, and the times of the last update in milliseconds."""
    times = {name: round(1000 * seconds, 1) for name, seconds in exploration.timings.items()}
    return {
        "key": exploration.scene.digest(),
        "line": line(exploration),
        "times": times,
        "total": round(sum(times.values()), 1),
    }


def line(exploration: Exploration) -> str:
    """Network · weights · metric · norm · size · distance · version."""
    receipt = exploration.comparison.receipt
    shown = exploration.maps[0]
    score = exploration.comparison.scores[shown.metric, shown.norm]
    norm = "channel norm" if shown.norm == "norm" else "no norm"
    return " · ".join(
        [
            receipt.network,
            f"weights: {receipt.weights.origin}, sha256 {receipt.weights.sha256[:12]}",
            f"{METRICS[shown.metric].title}, {norm}",
            f"{receipt.size[0]} × {receipt.size[1]}",
            f"d = {number(score.total)}",
            f"{receipt.dtype} on {receipt.device}",
            f"version {receipt.version}",
        ]
    )
