"""Arrows from place to place, as the page draws them."""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from explorer.figures.heatmaps import reduced
from explorer.figures.theme import number
from explorer.inside.displacement import Field
from explorer.inside.provenance import Arrow, Flow

AT_RANDOM = 0.5214054
"""The mean distance of two random points of a square, in its sides (Crofton's integral)."""


def figure(
    flow: Flow,
    arrows: Sequence[Arrow],
    field: Field,
    sampled: Sequence[np.ndarray],
    *,
    distance: float,
    size: int,
    names: tuple[str, str],
) -> dict[str, Any]:
    """Plain data.

    Args:
        flow: every arrow of the layer, or of the one channel that is shown.
        arrows: those from the chosen place, most important first; at least one.
        field: `flow`, summed at each place.
        sampled: channels, places and partners of the arrows that stand for all.
        distance: of the layer.
        size: side of the pictures in pixels.
        names: what the first and the second picture are.
    """
    here = arrows[0].here
    at_place = float(field.carried.flat[here])
    return {
        "metric": flow.metric,
        "norm": flow.norm,
        "names": names,
        "size": size,
        "grid": [flow.height, flow.width],
        "distance": number(distance),
        "carried": number(float(field.carried.sum())),
        "share": _share(float(field.carried.sum()), distance),
        "travelled": _pixels(field.travelled * size),
        "atRandom": _pixels(AT_RANDOM * size),
        "place": {
            "at": _at(here, flow.width),
            "carried": number(at_place),
            "share": _share(at_place, distance),
        },
        "arrows": [_arrow(a, arrows, flow, at_place, distance, size) for a in arrows],
        "sampled": _lines(sampled, flow.width),
        "map": _map(field),
        "said": said(flow, arrows, field, distance=distance, size=size, names=names),
    }


def said(
    flow: Flow,
    arrows: Sequence[Arrow],
    field: Field,
    *,
    distance: float,
    size: int,
    names: tuple[str, str],
) -> list[str]:
    """What the graphic says, in sentences: of the whole, of the place, of its first arrow."""
    total = float(field.carried.sum())
    first = arrows[0]
    (row, column), (to_row, to_column) = (_at(p, flow.width) for p in (first.here, first.there))
    if total > 0:
        travelled = _pixels(field.travelled * size)
        whole = (
            f"All arrows shown carry {number(total)}, {_percent(total, distance)} of the layer's "
            f"distance {number(distance)}. "
            f"Weighted by what they carry, they go {travelled} px on average; "
            f"places matched at random would be {_pixels(AT_RANDOM * size)} px apart."
        )
    else:
        whole = f"No arrow shown carries anything of the layer's distance {number(distance)}."
    at_place = float(field.carried.flat[first.here])
    place = (
        f"Row {row}, column {column} of the {names[0]} picture carries {number(at_place)}, "
        f"{_percent(at_place, distance)} of the distance."
    )
    where = (
        "the same place"
        if first.there == first.here
        else f"row {to_row}, column {to_column}, {_pixels(_moved(first, flow) * size)} px away"
    )
    arrow = (
        f"In channel {first.channel} {flow.metric} compared its activation "
        f"{number(first.activations[0])} with {number(first.activations[1])} at {where} in the "
        f"{names[1]} picture."
    )
    return [whole, place, arrow]


def _arrow(
    arrow: Arrow,
    arrows: Sequence[Arrow],
    flow: Flow,
    at_place: float,
    distance: float,
    size: int,
) -> dict[str, Any]:
    strongest = max(a.carried for a in arrows)
    return {
        "channel": arrow.channel,
        "to": _at(arrow.there, flow.width),
        "moved": _pixels(_moved(arrow, flow) * size),
        "activations": [number(v) for v in arrow.activations],
        "compared": [number(v) for v in arrow.compared],
        "ranks": None if arrow.ranks is None else list(arrow.ranks),
        "carried": number(arrow.carried),
        "strength": arrow.carried / strongest if strongest > 0 else 0.0,
        "ofPlace": _share(arrow.carried, at_place),
        "share": _share(arrow.carried, distance),
    }


def _moved(arrow: Arrow, flow: Flow) -> float:
    (row, column), (to_row, to_column) = (_at(p, flow.width) for p in (arrow.here, arrow.there))
    return math.hypot((to_column - column) / flow.width, (to_row - row) / flow.height)


def _lines(sampled: Sequence[np.ndarray], width: int) -> list[list[int]]:
    """Each arrow as channel, row, column, row, column."""
    channel, here, there = sampled
    table = [channel, here // width, here % width, there // width, there % width]
    lines: list[list[int]] = np.stack(table, axis=1).tolist()
    return lines


def _map(field: Field) -> dict[str, Any]:
    """What leaves each place, in 65535ths of the most, then its shift, in 32767ths of a side."""
    carried = reduced(field.carried)
    moment = np.stack([reduced(m) for m in field.moment])
    peak = float(carried.max(initial=0.0))
    weights = np.round(carried * (65535 / peak)) if peak > 0 else np.zeros_like(carried)
    shift = np.divide(moment, carried, out=np.zeros_like(moment), where=carried > 0).clip(-1, 1)
    return {
        "height": carried.shape[0],
        "width": carried.shape[1],
        "peak": peak,
        "weights": _packed(weights.astype("<u2")),
        "shift": _packed(np.round(shift * 32767).astype("<i2")),
    }


def _packed(values: np.ndarray) -> str:
    return base64.b64encode(values.tobytes()).decode()


def _at(place: int, width: int) -> list[int]:
    return [place // width, place % width]


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0 else 0.0


def _percent(part: float, whole: float) -> str:
    """Two significant digits.

    >>> _percent(0.5, 0.5), _percent(1, 6), _percent(0.0, 0.0)
    ('100 %', '17 %', '0 %')
    """
    return f"{number(float(f'{100 * _share(part, whole):.2g}'))} %"


def _pixels(value: float) -> str:
    """Pixels to a tenth below ten, else whole.

    >>> _pixels(0.0), _pixels(4.148), _pixels(116.8)
    ('0', '4.1', '117')
    """
    return f"{value:.1f}".removesuffix(".0") if value < 10 else f"{value:.0f}"
