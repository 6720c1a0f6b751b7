"""The figures of a lesson: its pair, and its verdicts, its layers or its maps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from explorer.figures import heatmaps, ladder, pictures
from explorer.figures.theme import colour_of, number, shown, times, title_of
from explorer.results import Exploration, Verdict, rule_of

NORMS = {"raw": "no norm", "norm": "channel norm"}


def figure(exploration: Exploration, kind: str, rows: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Plain data.

    Args:
        exploration: of the lesson's values.
        kind: `verdicts`, `layers` or `maps`.
        rows: metrics and norms; the layers show the first.
    """
    data: dict[str, Any] = {
        "pictures": pictures.figure(exploration),
        "rule": rule_of(exploration.scene),
        "kind": kind,
    }
    if kind == "layers":
        return {**data, "layers": _layers(exploration, *rows[0])}
    if kind == "maps":
        return {**data, "maps": heatmaps.figure(exploration)["rows"][0]["cells"]}
    by_key = {(v.metric, v.norm): v for v in exploration.verdicts}
    return {
        **data,
        "domain": ladder.DOMAIN,
        "rows": [_row(by_key[key], data["rule"]) for key in rows],
    }


def _row(verdict: Verdict, rule: str) -> dict[str, Any]:
    nearest = verdict.references[verdict.nearest]
    ticks = {**verdict.references, "decoy": verdict.decoy}
    passed = verdict.passes(rule)
    return {
        "metric": verdict.metric,
        "norm": verdict.norm,
        "title": title_of(verdict.metric),
        "normTitle": NORMS[verdict.norm],
        "colour": colour_of(verdict.metric),
        "distance": shown(verdict.metric, verdict.distance),
        "ratio": verdict.distance / nearest,
        "times": times(verdict.distance / nearest, 3),
        "limit": verdict.limit(rule) / nearest,
        "nearest": verdict.nearest,
        "ticks": [
            {"name": name, "ratio": distance / nearest, "distance": number(distance)}
            for name, distance in ticks.items()
            if distance is not None
        ],
        "passed": passed,
        "sentence": ladder.sentence(verdict, rule, passed),
    }


def _layers(exploration: Exploration, metric: str, norm: str) -> dict[str, Any]:
    score = exploration.comparison.scores[metric, norm]
    total = score.total
    return {
        "title": f"{title_of(metric)}, {NORMS[norm]}",
        "colour": colour_of(metric),
        "total": number(total),
        "parts": [
            {"layer": layer, "distance": number(part), "share": part / total if total else 0.0}
            for layer, part in zip(exploration.comparison.layers, score.layers, strict=True)
        ],
    }
