"""Agreement with people as one plotly figure: a panel a measure, splits along x, intervals."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from explorer.figures.theme import colour_of

PANELS = {"2afc": "2AFC score, %", "accuracy": "2AFC accuracy, %", "ap": "JND average precision, %"}
SYMBOLS = {"raw": "circle-open", "norm": "circle", "pixels": "diamond"}
LINE_SYMBOLS = {"human": ("A random person", "solid"), "best": ("Best possible", "dot")}
SPREAD = 0.36
"""How far to each side of a split's place its marks stand; 0.5 would touch the next."""


def figure(results: Mapping[str, Any]) -> go.Figure:
    """Draw what `explorer.bapps` found.

    Args:
        results: the content of a file of results.
    """
    measures = [m for m in PANELS if any(s["measure"] == m for s in results["scores"])]
    drawing = make_subplots(
        rows=max(len(measures), 1),
        cols=1,
        subplot_titles=[PANELS[m] for m in measures],
        vertical_spacing=0.12,
    )
    for row, measure in enumerate(measures, 1):
        scores = [s for s in results["scores"] if s["measure"] == measure]
        asked = {score["group"] for score in scores}
        groups = [group for group in results["groups"] if group["id"] in asked]
        places = {group["id"]: x for x, group in enumerate(groups)}
        for number, made in enumerate(results["configurations"]):
            own = [s for s in scores if s["configuration"] == number and s["value"] is not None]
            trace = _marks(own, made, number, len(results["configurations"]), places)
            drawing.add_trace(trace.update(showlegend=row == 1), row=row, col=1)
        if measure == "2afc":
            for name in LINE_SYMBOLS:
                drawing.add_trace(_levels(groups, name), row=row, col=1)
        drawing.update_xaxes(
            tickvals=list(places.values()),
            ticktext=[_label(group, groups) for group in groups],
            row=row,
            col=1,
        )
    drawing.update_layout(
        template="plotly_white",
        title=_title(results),
        height=160 + 360 * max(len(measures), 1),
        legend={"title": "Metric"},
        hovermode="closest",
    )
    return drawing


def _title(results: Mapping[str, Any]) -> str:
    what = results["note"] or "BAPPS"
    level = f"{100 * results['bootstrap']['level']:g}"
    return f"Agreement with people: {what}<br><sup>{level} % bootstrap intervals</sup>"


def _label(group: Mapping[str, Any], groups: list[Mapping[str, Any]]) -> str:
    several = len({g["part"] for g in groups}) > 1
    return f"{group['split']}<br>{group['part']}" if several else str(group["split"])


def _marks(
    scores: list[Mapping[str, Any]],
    made: Mapping[str, Any],
    number: int,
    count: int,
    places: Mapping[str, int],
) -> go.Scatter:
    shift = SPREAD * (2 * number / (count - 1) - 1) if count > 1 else 0.0
    values = [100 * s["value"] for s in scores]
    name = f"{made['network_title']} · {made['title']} · {made['norm']}"
    return go.Scatter(
        x=[places[s["group"]] + shift for s in scores],
        y=values,
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [100 * (_or(s, "high") - s["value"]) for s in scores],
            "arrayminus": [100 * (s["value"] - _or(s, "low")) for s in scores],
            "thickness": 1,
            "width": 2,
        },
        mode="markers",
        marker={
            "color": colour_of(made["metric"]),
            "symbol": SYMBOLS.get(made["norm"], "square"),
            "size": 8,
        },
        name=name,
        legendgroup=name,
        hovertemplate=f"{name}<br>%{{y:.1f}} %<extra></extra>",
    )


def _or(score: Mapping[str, Any], end: str) -> float:
    return float(score["value"] if score[end] is None else score[end])


def _levels(groups: list[Mapping[str, Any]], name: str) -> go.Scatter:
    """Short lines over each split, with gaps between them."""
    title, dash = LINE_SYMBOLS[name]
    x: list[float | None] = []
    y: list[float | None] = []
    for place, group in enumerate(groups):
        x += [place - 0.45, place + 0.45, None]
        y += [100 * group[name]["value"]] * 2 + [None]
    return go.Scatter(
        x=x, y=y, mode="lines", line={"color": "#4b5563", "dash": dash, "width": 2}, name=title
    )


def write(results: Mapping[str, Any], path: Path) -> None:
    """Write the figure: .html opens offline by itself, .json is plotly's own.

    Raises:
        ValueError: with one sentence, for another ending, or if it cannot be written.
    """
    check(path)
    drawing = figure(results)
    if path.suffix.lower() == ".html":
        text = drawing.to_html(include_plotlyjs=True, full_html=True)
    else:
        text = drawing.to_json()
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ValueError(f"{path} cannot be written: {error.strerror}.") from error


def check(path: Path) -> None:
    """Refuse a file name that says nothing of what is to be written.

    Raises:
        ValueError: with one sentence.
    """
    if path.suffix.lower() not in (".html", ".json"):
        raise ValueError(f"{path} is no name for a figure: it has to end in .html or .json.")
