"""Distances by layer, one colour a metric."""

from __future__ import annotations

from typing import Any

from explorer.figures.theme import colour_of, is_shown, number, title_of
from explorer.results import Exploration


def figure(exploration: Exploration) -> dict[str, Any]:
    """Plain data: per metric the layers' distances and their shares of the total."""
    chosen = "norm" if exploration.scene.question.norm else "raw"
    series = []
    for (metric, norm), score in exploration.comparison.scores.items():
        if is_shown(metric, norm, chosen):
            total = score.total
            series.append(
                {
                    "metric": metric,
                    "title": title_of(metric),
                    "colour": colour_of(metric),
                    "total": number(total),
                    "values": list(score.layers),
                    "labels": [number(v) for v in score.layers],
                    "shares": [v / total if total > 0 else 0.0 for v in score.layers],
                }
            )
    return {
        "key": exploration.scene.digest(),
        "layers": list(exploration.comparison.layers),
        "norm": chosen,
        "series": series,
    }
