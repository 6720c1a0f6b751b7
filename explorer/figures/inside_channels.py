"""Channels of a layer, as the page draws them."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from explorer.figures.shrinking import shrunk
from explorer.figures.theme import colour_of, number
from explorer.inside.channels import SINGLE, Curves, Extent, Maps, enough, ranked

ROW_SIDE = 56
"""Maps in the rows are small and have 256 levels: there are many."""
MAP_SIDE = 112
POINTS = 512
"""Of a curve; more than a screen tells apart."""
PARTS = tuple(i / 10 for i in range(11))
"""Of the ranks that the table beside the curves names."""


def ranking(shares: np.ndarray, metric: str, distance: float, count: int) -> dict[str, Any]:
    """All channels by what they contribute, the largest first, and it in words.

    Args:
        shares: (C,), what each channel contributes.
        metric: whose distance it is.
        distance: of the layer, the sum of `shares`.
        count: how many channels have a row.
    """
    order = ranked(shares)
    return {
        "metric": metric,
        "distance": number(distance),
        "total": float(shares.sum()),
        "order": order.tolist(),
        "contributions": [float(f"{v:.6g}") for v in shares[order].tolist()],
        "summary": summary(shares, count),
    }


def summary(shares: np.ndarray, count: int) -> str:
    """What the sorted contributions say, in words.

    >>> summary(np.array([1.0, 6.0, 0.0, 3.0]), 2)
    '2 of 4 channels make 90 % of the distance. Half of it takes 1 channel, 90 % takes 2.'
    """
    total = float(shares.sum())
    if total == 0:
        return (
            f"All {len(shares)} channels contribute 0: here this metric sees no difference "
            "between the pictures."
        )
    count = min(count, len(shares))
    part = float(np.sort(shares)[::-1][:count].sum()) / total
    half, most = enough(shares, 0.5), enough(shares, 0.9)
    subject = "1 channel of " if count == 1 else f"{count} of "
    rest = f"{len(shares)}" if count == 1 else f"{len(shares)} channels"
    return (
        f"{subject}{rest} make{'s' if count == 1 else ''} {percent(part)} of the distance. "
        f"Half of it takes {half} channel{'s' if half > 1 else ''}, 90 % takes {most}."
    )


def percent(part: float) -> str:
    """A share as people read it.

    >>> percent(0.7123), percent(0.0456), percent(0.00004), percent(0.0), percent(0.99999)
    ('71 %', '4.6 %', '< 0.1 %', '0 %', '100 %')
    """
    if part == 0:
        return "0 %"
    if part < 0.001:
        return "< 0.1 %"
    return f"{100 * part:.1f} %" if part < 0.0995 else f"{100 * part:.0f} %"


def rows(found: Maps, channels: Sequence[int], shares: np.ndarray) -> list[dict[str, Any]]:
    """One row a channel: its share and its three maps, small.

    Args:
        found: the maps of `channels`.
        channels: in the order of the rows.
        shares: (C,), what each channel of the layer contributes.
    """
    total = float(shares.sum())
    result = []
    for i, channel in enumerate(channels):
        part = float(shares[channel]) / total if total else 0.0
        result.append(
            {
                "channel": channel,
                "contribution": number(float(shares[channel])),
                "share": part,
                "percent": percent(part),
                **trio(found, i, ROW_SIDE, "u1"),
            }
        )
    return result


def trio(found: Maps, i: int, side: int, levels: str) -> dict[str, Any]:
    """A channel's two maps, on one scale, and their squared difference.

    Args:
        found: maps of some channels.
        i: which of them.
        side: at most that many rows and columns are shown.
        levels: `u1` for 256 levels, `<u2` for 65536.
    """
    a, b, squared = found.a[i], found.b[i], found.squared[i]
    low, high = min(0.0, float(a.min()), float(b.min())), max(float(a.max()), float(b.max()))
    return {
        "a": _cell(a, low, high, side, levels),
        "b": _cell(b, low, high, side, levels),
        "squared": _cell(squared, 0.0, float(squared.max()), side, levels),
    }


def numbers(
    channel: int, shares: Mapping[str, np.ndarray], distances: Mapping[str, float]
) -> list[dict[str, Any]]:
    """A channel's part of every metric's distance: amount, share, and its place among all."""
    result = []
    for metric in SINGLE:
        found = shares[metric]
        total = float(found.sum())
        result.append(
            {
                "metric": metric,
                "colour": colour_of(metric),
                "contribution": number(float(found[channel])),
                "percent": percent(float(found[channel]) / total if total else 0.0),
                "place": int((found > found[channel]).sum()) + 1,
                "distance": number(distances[metric]),
            }
        )
    return result


def sorted_curves(found: Curves) -> dict[str, Any]:
    """A channel's sorted activations and means, what they contribute, and both in numbers.

    `views` are two stretches of the ranks: all, and the one that holds nearly all squared gaps.
    """
    ranks = len(found.a)
    squared = found.squared.astype(np.float64)
    low, high = found.mean_a, found.mean_b
    table = [round(part * (ranks - 1)) for part in PARTS]
    return {
        "ranks": ranks,
        "views": [_stretch(found, 0, ranks), _stretch(found, *closer(squared))],
        "contribution": number(float(squared.mean())),
        "mean": float(squared.mean()),
        "means": [found.mean_a, found.mean_b],
        "meanLabels": [number(found.mean_a), number(found.mean_b)],
        "meanGap": number(found.mean_b - found.mean_a),
        "meanContribution": number((found.mean_b - found.mean_a) ** 2),
        "span": [
            min(0.0, float(found.a.min()), float(found.b.min()), low, high),
            max(float(found.a.max()), float(found.b.max()), low, high),
        ],
        "table": [
            [k + 1, *(number(float(v)) for v in (found.a[k], found.b[k], squared[k]))]
            for k in table
        ],
    }


def closer(squared: np.ndarray) -> tuple[int, int]:
    """The ranks, first and one past the last, that hold all but a hundredth of the squared gaps.

    A half of that hundredth is left out at either end at most; a tenth of the stretch is added on
    both sides for sight. All ranks if nothing differs.

    >>> closer(np.array([0.0] * 50 + [1.0] * 10 + [0.0] * 40))
    (49, 61)
    """
    running = np.cumsum(squared)
    if not running.size or running[-1] == 0:
        return 0, len(squared)
    first = int(np.searchsorted(running, 0.005 * running[-1], side="right"))
    last = int(np.searchsorted(running, 0.995 * running[-1]))
    margin = (last + 1 - first + 9) // 10
    return max(first - margin, 0), min(last + 1 + margin, len(squared))


def _stretch(found: Curves, first: int, end: int) -> dict[str, Any]:
    """The curves from rank `first` to before `end`, at `POINTS` points or all.

    Point i of n stands for the ranks from ⌊i m / n⌋ to before ⌊(i + 1) m / n⌋ of these m: its
    squared gap is their mean, so that the area under it is right; its curves are the values at the
    last of them, so that the largest activation is there.
    """
    points = min(end - first, POINTS)
    edges = np.arange(points + 1) * (end - first) // points
    squared = found.squared[first:end].astype(np.float64)
    means = np.add.reduceat(squared, edges[:-1]) / np.diff(edges)
    return {
        "first": first,
        "end": end,
        "a": _floats(found.a[first:end][edges[1:] - 1]),
        "b": _floats(found.b[first:end][edges[1:] - 1]),
        "squared": _floats(means),
        "gap": float(means.max()),
    }


def limits(extents: Mapping[str, Extent], norm: str) -> dict[str, Any]:
    """The scales on which every channel of the layer fits, by norm."""
    return {
        "maps": {name: list(e.maps) for name, e in extents.items()},
        "squared": {name: e.squared for name, e in extents.items()},
        "curves": list(extents[norm].curves),
        "gap": extents[norm].gap,
    }


def _cell(values: np.ndarray, low: float, high: float, side: int, levels: str) -> dict[str, Any]:
    small = shrunk(values, side)
    top = int(np.iinfo(np.dtype(levels)).max)
    scaled = (small - low) * (top / (high - low)) if high > low else np.zeros_like(small)
    codes = np.clip(np.round(scaled), 0, top).astype(levels)
    return {
        "height": small.shape[0],
        "width": small.shape[1],
        "fullHeight": values.shape[0],
        "fullWidth": values.shape[1],
        "low": low,
        "high": high,
        "top": top,
        "mean": number(float(values.mean(dtype=np.float64))),
        "max": number(float(values.max())),
        "data": base64.b64encode(codes.tobytes()).decode(),
    }


def _floats(values: np.ndarray) -> str:
    return base64.b64encode(values.astype("<f4").tobytes()).decode()
