"""Figures that need no browser: SVG and PNG text for the report, in the colours of the page."""

from __future__ import annotations

import base64
import io
import math
from html import escape
from typing import Any

import numpy as np
from PIL import Image

from explorer.figures.heatmaps import reduced
from explorer.images import to_bytes
from explorer.results import LayerMap

WIDTH = 620
MARGIN = 14

# Stops of the magma colour map (matplotlib, CC0), from 0 to 1, as in the page.
STOPS = np.array(
    [
        (0, 0, 4),
        (28, 16, 68),
        (79, 18, 123),
        (129, 37, 129),
        (181, 54, 122),
        (229, 80, 100),
        (251, 135, 97),
        (254, 194, 135),
        (252, 253, 191),
    ],
    dtype=np.float64,
)


def ladder_line(row: dict[str, Any], domain: tuple[float, float], safe: float) -> str:
    """One metric's line as SVG.

    Args:
        row: of `figures.ladder.figure`.
        domain: the axis, as multiples of the nearest reference.
        safe: up to where the metric passes, on that axis.
    """

    def at(ratio: float) -> float:
        low, high = map(math.log, domain)
        share = (math.log(max(ratio, 1e-12)) - low) / (high - low)
        return MARGIN + min(max(share, 0.0), 1.0) * (WIDTH - 2 * MARGIN)

    parts = [
        f'<rect class="safe" y="4" width="{at(safe):.1f}" height="26"/>',
        f'<line class="rail" x1="{MARGIN}" x2="{WIDTH - MARGIN}" y1="17" y2="17"/>',
        f'<line class="limit" x1="{at(1):.1f}" x2="{at(1):.1f}" y1="2" y2="32"/>',
    ]
    for tick in row["ticks"]:
        if tick["ratio"] is None:
            continue
        x = at(tick["ratio"])
        said = escape(f"{tick['name']} {tick['distance']}")
        arrow = f'<path d="M{x - 4:.1f} 3h8l-4 6z"/>' if tick["name"] == "decoy" else ""
        parts.append(
            f'<g class="tick"><title>{said}</title>'
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="8" y2="26"/>{arrow}</g>'
        )
    if row["ratio"] is not None:
        x = at(row["ratio"])
        parts.append(f'<circle class="mark" cx="{x:.1f}" cy="17" r="7" fill="{row["colour"]}"/>')
    return (
        f'<svg viewBox="0 0 {WIDTH} 34" role="img" aria-label="{escape(row["sentence"])}">'
        f"{''.join(parts)}</svg>"
    )


def bars(data: dict[str, Any]) -> str:
    """Each layer's share of each metric's total as SVG, from `figures.bars.figure`."""
    height, top, bottom, left, width = 230, 10, 26, 46, 900
    inner = height - top - bottom
    parts = []
    for percent in (0, 25, 50, 75, 100):
        y = top + (1 - percent / 100) * inner
        parts.append(
            f'<line class="grid" x1="{left}" x2="{width}" y1="{y}" y2="{y}"/>'
            f'<text x="{left - 6}" y="{y + 4}" text-anchor="end">{percent}%</text>'
        )
    band = (width - left) / len(data["layers"])
    bar = min((band - 8) / len(data["series"]), 24)
    for i, layer in enumerate(data["layers"]):
        middle = left + (i + 0.5) * band
        start = middle - bar * len(data["series"]) / 2
        parts.append(f'<text x="{middle:.1f}" y="{height - 8}" text-anchor="middle">{layer}</text>')
        for k, series in enumerate(data["series"]):
            tall = series["shares"][i] * inner
            parts.append(
                f'<rect x="{start + k * bar:.1f}" y="{top + inner - tall:.1f}" '
                f'width="{max(bar - 1, 1):.1f}" height="{tall:.1f}" fill="{series["colour"]}">'
                f"<title>{escape(series['title'])}, {layer}: {series['labels'][i]}</title></rect>"
            )
    said = "Share of each layer in each metric's distance; the table below has the numbers."
    return (
        f'<svg class="bars" viewBox="0 0 {width} {height}" role="img" aria-label="{said}">'
        f"{''.join(parts)}</svg>"
    )


def picture(image: np.ndarray) -> str:
    """A picture, float32, 3 × H × W, in [0, 1], as a PNG `data:` address."""
    return _png(to_bytes(image))


def heatmap(item: LayerMap) -> str:
    """A map in magma, its largest value being the brightest, as a PNG `data:` address."""
    values = reduced(item.values).astype(np.float64)
    peak = values.max(initial=0.0)
    levels = values / peak if peak > 0 else values
    places = np.linspace(0, 1, len(STOPS))
    channels = [np.interp(levels, places, STOPS[:, c]) for c in range(3)]
    return _png(np.round(np.stack(channels, -1)).astype(np.uint8))


def _png(pixels: np.ndarray) -> str:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
