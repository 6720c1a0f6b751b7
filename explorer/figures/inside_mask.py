"""Distances inside and outside of a painted region, as the page draws them."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.figures.theme import colour_of, help_of, number, title_of
from explorer.results import Verdict


@dataclass(frozen=True)
class LayerRegion:
    """What a mask is in one layer.

    Attributes:
        name: of the layer.
        size, jump: of its receptive fields, in pixels.
        places: how many it has.
        weight: the places' weights together, in places.
        counted: how many of them `sort` compares.
        seen: the share of the picture that they see.
    """

    name: str
    size: int
    jump: int
    places: int
    weight: float
    counted: int
    seen: float


@dataclass(frozen=True)
class LayerPicture:
    """The chosen layer's region, to be laid over the picture.

    Attributes:
        weights: of each place, in [0, 1].
        down, across: the edges of the places' cells, in pixels.
        seen: which pixels the places see, bool, height × width.
    """

    weights: np.ndarray
    down: np.ndarray
    across: np.ndarray
    seen: np.ndarray


@dataclass(frozen=True)
class MetricRegion:
    """One metric on the whole picture and inside, a number a layer, each with its verdict."""

    whole: Verdict
    inside: Verdict
    whole_layers: tuple[float, ...]
    inside_layers: tuple[float, ...]


def figure(
    painted: float,
    rule: str,
    layer: int,
    layers: list[LayerRegion],
    picture: LayerPicture,
    metrics: list[MetricRegion],
) -> dict[str, Any]:
    """Plain data.

    Args:
        painted: share of the picture.
        rule: of the verdicts.
        layer: the chosen one, counted from 0.
        layers: in order of depth.
        picture: of the chosen layer.
        metrics: in order of the page.
    """
    height, width = picture.seen.shape
    chosen = layers[layer]
    return {
        "painted": _percent(painted),
        "rule": rule,
        "layers": [
            {
                "name": region.name,
                "size": region.size,
                "jump": region.jump,
                "places": region.places,
                "weight": number(round(region.weight, 2)),
                "counted": region.counted,
                "seen": _percent(region.seen),
            }
            for region in layers
        ],
        "picture": {
            "height": height,
            "width": width,
            "seen": _packed(np.packbits(picture.seen)),
            "weights": _packed(np.round(picture.weights * 255).astype(np.uint8)),
            "down": picture.down.tolist(),
            "across": picture.across.tolist(),
        },
        "reach": (
            f"{chosen.name} sees {chosen.size} px around each place: what is painted is "
            f"{_percent(painted)} of the picture, what is seen is {_percent(chosen.seen)}."
        ),
        "metrics": [_row(metric, rule, chosen.name, layer) for metric in metrics],
    }


def _row(metric: MetricRegion, rule: str, name: str, layer: int) -> dict[str, Any]:
    whole, inside = metric.whole, metric.inside
    judged = rule != "none"
    title = title_of(whole.metric)
    ratio = _ratio(inside.distance, whole.distance)
    pairs = list(zip(metric.whole_layers, metric.inside_layers, strict=True))
    words = f"{title}: {number(inside.distance)} inside, {number(whole.distance)} on the whole"
    if judged:
        said = {True: "passes", False: "fails"}
        words += f"; {said[inside.passes(rule)]} inside, {said[whole.passes(rule)]} on the whole"
    return {
        "metric": whole.metric,
        "norm": whole.norm,
        "title": title,
        "help": help_of(whole.metric),
        "colour": colour_of(whole.metric),
        "whole": number(whole.distance),
        "inside": number(inside.distance),
        "ratio": ratio,
        "wholePasses": whole.passes(rule) if judged else None,
        "insidePasses": inside.passes(rule) if judged else None,
        "nearest": inside.nearest,
        "limit": number(inside.limit(rule)),
        "layers": [
            {"whole": number(w), "inside": number(i), "ratio": _ratio(i, w)} for w, i in pairs
        ],
        "sentence": f"{words}. In {name}: {number(pairs[layer][1])} and {number(pairs[layer][0])}.",
    }


def _ratio(inside: float, whole: float) -> float | None:
    return inside / whole if whole > 0 else None


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.1 else f"{100 * share:.1f} %"


def _packed(values: np.ndarray) -> str:
    return base64.b64encode(values.tobytes()).decode()
