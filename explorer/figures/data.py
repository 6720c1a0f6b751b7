"""Results as plain data for other programs: what the endpoints answer with."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from explorer.baselines import NAMED
from explorer.results import Comparison, Receipt, Sweep


def comparison(found: Comparison, on_pixels: Mapping[str, float]) -> dict[str, Any]:
    """A comparison; `scores` by metric and norm, each with its total and a number a layer.

    Args:
        found: from the engine.
        on_pixels: the distances of the baselines by name; empty if none were asked for.
    """
    scores: dict[str, dict[str, Any]] = {}
    for (metric, norm), score in found.scores.items():
        scores.setdefault(metric, {})[norm] = {"total": score.total, "layers": [*score.layers]}
    data = {**made_by(found.receipt), "layers": [*found.layers], "scores": scores}
    if on_pixels:
        data["baselines"] = {name: _baseline(name, d) for name, d in on_pixels.items()}
    return data


def _baseline(name: str, distance: float) -> dict[str, Any]:
    value = NAMED[name].value(distance)
    known = value if math.isfinite(value) else None
    return {"distance": distance, "value": known, "unit": NAMED[name].unit}


def sweep(found: Sweep, values: Mapping[str, Any]) -> dict[str, Any]:
    """A sweep; `points` with the verdict of every metric.

    Args:
        found: with all its points.
        values: of the form that it started from.
    """
    return {
        **made_by(found.receipt),
        "values": dict(values),
        "axes": [{"name": a.name, "unit": a.unit, "values": [*a.values]} for a in found.axes],
        "points": [
            {
                "at": [*point.at],
                "rule": point.rule,
                "verdicts": [
                    {
                        "metric": v.metric,
                        "norm": v.norm,
                        "distance": v.distance,
                        "references": dict(v.references),
                        "decoy": v.decoy,
                        "passed": v.passes(point.rule),
                    }
                    for v in point.verdicts
                ],
            }
            for point in found.points
        ],
    }


def made_by(receipt: Receipt) -> dict[str, Any]:
    """What made a result: network, weights, size, precision, device, version."""
    weights = receipt.weights
    return {
        "network": receipt.network,
        "weights": {"origin": weights.origin, "sha256": weights.sha256},
        "size": [*receipt.size],
        "dtype": receipt.dtype,
        "device": receipt.device,
        "version": receipt.version,
    }
