"""Sweeps as plain data: curves over one knob, maps over two, and the table behind them."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from explorer.figures.theme import colour_of, shown, title_of
from explorer.images import data_uri
from explorer.results import OWN, PIXELS, Axis, Sweep, Verdict
from explorer.spec import Value

DOMAIN = (0.01, 30.0)
"""Shown range of distance ÷ limit, the same as the verdict ladder's."""

ORDER = ("norm", "raw", OWN, PIXELS)


def figure(
    sweep: Sweep,
    values: Mapping[str, Value],
    stride: int,
    done: bool,
    strip: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """Plain data for what is known so far.

    Args:
        sweep: with one axis (curves) or two (maps).
        values: of the form that the sweep started from, those that are not defaults.
        stride: every `stride`-th value of each axis is known; 0 or 1 when all are.
        done: whether no more points will come; then the table is added as `csv`.
        strip: from `strip`, for curves.
    """
    receipt = sweep.receipt
    made_by = (
        f"{receipt.network} · {receipt.weights.origin} · {receipt.size[0]} × {receipt.size[1]}"
    )
    data: dict[str, Any] = {
        "kind": "curve" if len(sweep.axes) == 1 else "atlas",
        "axes": [_axis(axis) for axis in sweep.axes],
        "values": dict(values),
        "domain": DOMAIN,
        "known": len(sweep.points),
        "receipt": made_by,
        "done": done,
        "csv": as_csv(sweep) if done else "",
        "strip": [*strip],
    }
    keys = [(v.metric, v.norm) for v in sweep.points[0].verdicts] if sweep.points else []
    order = sorted(range(len(keys)), key=lambda i: ORDER.index(keys[i][1]))
    draw = _curve if len(sweep.axes) == 1 else _map
    data["series"] = [
        {
            "metric": keys[index][0],
            "norm": keys[index][1],
            "title": title_of(keys[index][0]),
            "colour": colour_of(keys[index][0]),
            **draw(sweep, index, stride),
        }
        for index in order
    ]
    if len(sweep.axes) == 1:
        data["x"] = [point.at[0] for point in sorted(sweep.points, key=lambda p: p.at)]
    return data


def strip(pictures: Sequence[tuple[float, np.ndarray]]) -> list[dict[str, Any]]:
    """Values of a knob with the pictures there, 3 × H × W in [0, 1], as plain data."""
    return [{"x": x, "picture": data_uri(image)} for x, image in pictures]


def ratio(verdict: Verdict, rule: str) -> float | None:
    """Distance ÷ the distance at which the metric fails; None where that is zero."""
    limit = verdict.limit(rule)
    return float(f"{verdict.distance / limit:.4g}") if limit > 0 else None


def _axis(axis: Axis) -> dict[str, Any]:
    return {
        "name": axis.name,
        "title": axis.title,
        "unit": axis.unit,
        "values": list(axis.values),
    }


def _curve(sweep: Sweep, index: int, stride: int) -> dict[str, Any]:
    points = sorted(sweep.points, key=lambda p: p.at)
    verdicts = [p.verdicts[index] for p in points]
    stretches = sweep.failing(index)
    return {
        "ratio": [ratio(v, p.rule) for v, p in zip(verdicts, points, strict=True)],
        "distance": [shown(v.metric, v.distance) for v in verdicts],
        "limit": [shown(v.metric, v.limit(p.rule)) for v, p in zip(verdicts, points, strict=True)],
        "nearest": [
            "decoy" if v.limit(p.rule) == v.decoy else v.nearest
            for v, p in zip(verdicts, points, strict=True)
        ],
        "passed": [v.passes(p.rule) for v, p in zip(verdicts, points, strict=True)],
        "failing": stretches,
        "verdict": in_words(sweep, index, stretches),
    }


def in_words(sweep: Sweep, index: int, stretches: list[tuple[float, float]]) -> str:
    """Where a metric fails along one knob: "fails from 14 px"."""
    moved = [p for p in sweep.points if p.rule != "none"]
    if not moved:
        return "nothing changes"
    if not stretches:
        return "passes everywhere"
    if all(not p.verdicts[index].passes(p.rule) for p in moved):
        return "fails everywhere"
    ends = [p.at[0] for p in sweep.points]
    low, high = min(ends), max(ends)
    unit = sweep.axes[0].unit
    unit = unit if unit in ("", "°") else f" {unit}"
    words = []
    for first, last in stretches:
        if last == high:
            words.append(f"from {first:g}{unit}")
        elif first == low:
            words.append(f"up to {last:g}{unit}")
        elif first == last:
            words.append(f"at {first:g}{unit}")
        else:
            words.append(f"{first:g} to {last:g}{unit}")
    return "fails " + ", ".join(words)


def _map(sweep: Sweep, index: int, stride: int) -> dict[str, Any]:
    columns, rows = (axis.values for axis in sweep.axes)
    at_x = {value: i for i, value in enumerate(columns)}
    at_y = {value: j for j, value in enumerate(rows)}
    grid = np.full((len(rows), len(columns)), np.nan)
    for point in sweep.points:
        verdict = point.verdicts[index]
        share = ratio(verdict, point.rule)
        grid[at_y[point.at[1]], at_x[point.at[0]]] = np.inf if share is None else share
    return {
        "ratio": [None if np.isnan(v) else min(float(v), 1e6) for v in _filled(grid, stride).flat],
        "verdict": share_in_words(sweep, index),
    }


def share_in_words(sweep: Sweep, index: int) -> str:
    """At how many of the known points a metric fails: "fails at 63%"."""
    failed = sum(not p.verdicts[index].passes(p.rule) for p in sweep.points)
    return f"fails at {failed / len(sweep.points):.0%}"


def _filled(grid: np.ndarray, stride: int) -> np.ndarray:
    """Unknown places take the value of the nearest one that every coarse level knows."""
    if stride <= 1:
        return grid
    nearest = [
        np.minimum((np.arange(n) + stride // 2) // stride * stride, (n - 1) // stride * stride)
        for n in grid.shape
    ]
    return np.where(np.isnan(grid), grid[np.ix_(*nearest)], grid)


def as_csv(sweep: Sweep) -> str:
    """A line a point, metric and norm."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = [axis.name for axis in sweep.axes]
    first = sweep.points[0].verdicts[0] if sweep.points else None
    references = list(first.references) if first else []
    head = [*names, "metric", "norm", "distance", "rule", "limit", "passed"]
    writer.writerow([*head, *(f"to_{name}" for name in references), "to_decoy"])
    for point in sorted(sweep.points, key=lambda p: p.at):
        for v in point.verdicts:
            judged = [v.distance, point.rule, v.limit(point.rule), int(v.passes(point.rule))]
            others = [v.references[name] for name in references]
            decoy = "" if v.decoy is None else v.decoy
            writer.writerow([*point.at, v.metric, v.norm, *judged, *others, decoy])
    return text.getvalue()
