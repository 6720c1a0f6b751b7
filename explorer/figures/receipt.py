"""The receipt: what made the numbers, on one line."""

from __future__ import annotations

from typing import Any

from explorer.figures.theme import number
from explorer.metrics import METRICS
from explorer.results import Exploration, Receipt

SCORE = "{score}"
"""Stands where a line names the metric, its norm and its number."""


def figure(exploration: Exploration) -> dict[str, Any]:
    """Plain data: the line, its pattern for any score, times of the last update in milliseconds.

    `pattern` is the line to copy, with the whole sha256 and `SCORE` in place of the number;
    `pixels` is the same for a baseline, which asks no network.
    """
    times = {name: round(1000 * seconds, 1) for name, seconds in exploration.timings.items()}
    receipt, source = exploration.comparison.receipt, exploration.scene.source
    return {
        "key": exploration.scene.digest(),
        "line": line(exploration),
        "score": _score(exploration),
        "pattern": pattern(receipt, whole=True),
        "pixels": " · ".join((SCORE, *_made(receipt))),
        "upload": source.step.name if source.kind == "upload" else None,
        "times": times,
        "total": round(sum(times.values()), 1),
    }


def line(exploration: Exploration, whole: bool = False) -> str:
    """Network · weights · metric · norm · distance · size · precision · version.

    Args:
        exploration: its heatmaps say which metric is meant.
        whole: all digits of the weights' sha256, instead of the first twelve.
    """
    return pattern(exploration.comparison.receipt, whole).replace(SCORE, _score(exploration))


def pattern(receipt: Receipt, whole: bool) -> str:
    """The line with `SCORE` in place of the number."""
    digest = receipt.weights.sha256 if whole else receipt.weights.sha256[:12]
    weights = f"weights: {receipt.weights.origin}, sha256 {digest}"
    return " · ".join((network(receipt), weights, SCORE, *_made(receipt)))


def network(receipt: Receipt) -> str:
    """The network, and its layers where not all count: `alexnet at relu2, relu5`."""
    return receipt.network + (f" at {', '.join(receipt.taps)}" if receipt.taps else "")


def _made(receipt: Receipt) -> tuple[str, ...]:
    width, height = receipt.size
    return (
        f"{width} × {height}",
        f"{receipt.dtype} on {receipt.device}",
        f"version {receipt.version}",
    )


def _score(exploration: Exploration) -> str:
    shown = exploration.maps[0]
    total = exploration.comparison.scores[shown.metric, shown.norm].total
    norm = "channel norm" if shown.norm == "norm" else "no norm"
    return f"{METRICS[shown.metric].title}, {norm}, d = {number(total)}"
