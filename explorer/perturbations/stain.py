"""Colour stain: the background is recoloured, and brush strokes are painted on it."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import numpy as np
import torch

from explorer.canvas import Canvas
from explorer.perturbations.registry import PERTURBATIONS
from explorer.spec import Colour, Integer, Real, rgb

# Steps of a sequence that fills the square evenly however many points are taken: the inverse
# powers of the real root of g³ = g + 1.
_EVEN = np.array([0.7548776662466927, 0.5698402909980532])
_SCATTER = 0.06
_LENGTH = (0.05, 0.12)
_HALF_WIDTH = (0.010, 0.018)
_BEND = (0.1, 2.6)
_TAPER = 0.35


@PERTURBATIONS.register(
    "stain", title="Colour stain", stage="stain", neutral={"strength": 0.0}, paper=True
)
def stain(
    canvas: Canvas,
    *,
    strength: Annotated[
        float, Real(0.0, 0, 1, 0.01, help="0 leaves the background, 1 is the full stain.")
    ],
    colour: Annotated[str, Colour("#22b14c", help="What the background turns into.")],
    strokes: Annotated[int, Integer(20, 0, 60, help="How many brush strokes are painted on it.")],
    stroke_colour: Annotated[str, Colour("#fff200", help="The colour of the brush strokes.")],
    seed: Annotated[int, Integer(0, 0, 999, help="Which arrangement of brush strokes.")],
) -> Canvas:
    """Recolours the background and paints short brush strokes on it; the subject stays.

    The new background is (1 − strength) · background + strength · stain. The stain is the plain
    colour, 3 × 1 × 1, or with strokes 3 × size × size; the first k strokes of a seed are the same
    whatever the number of strokes, and at the same place on each canvas size.
    """
    painted = _tensor(colour)
    if strokes:
        cover = stroke_cover(canvas.size, strokes, seed)
        painted = torch.lerp(painted, _tensor(stroke_colour), cover)
    return replace(canvas, background=torch.lerp(canvas.background, painted, float(strength)))


def stroke_cover(size: int, count: int, seed: int) -> torch.Tensor:
    """How much of each pixel is covered by strokes: float32, size × size, in [0, 1].

    A stroke is an arc of a circle with round ends: all points within half its width of the arc,
    the width tapering from one end to the other. Lengths and widths are fractions of `size`.
    """
    generator = np.random.default_rng(seed)
    start = generator.random(2)
    # One row a stroke, so that more strokes leave the first ones as they are.
    scatter_x, scatter_y, facing, length, width, bend = generator.random((count, 6)).T
    scatter = np.stack([scatter_x, scatter_y], axis=1) - 0.5
    place = (start + np.arange(1, count + 1)[:, None] * _EVEN + _SCATTER * scatter) % 1 * size
    length, width = _between(_LENGTH, length) * size, _between(_HALF_WIDTH, width) * size

    reach = int(np.ceil((_LENGTH[1] / 2 + _HALF_WIDTH[1] * (1 + _TAPER)) * size)) + 1
    corner = np.floor(place).astype(int) - reach
    boxes = _arcs(
        place - corner, 2 * np.pi * facing, length, width, _between(_BEND, bend**2), reach
    )

    margin = reach
    cover = torch.zeros(size + 2 * margin, size + 2 * margin)
    side = boxes.shape[-1]
    for box, (left, top) in zip(boxes, (corner + margin).tolist(), strict=True):
        region = cover[top : top + side, left : left + side]
        torch.maximum(region, box, out=region)
    return cover[margin : margin + size, margin : margin + size]


def _arcs(
    middle: np.ndarray,
    facing: np.ndarray,
    length: np.ndarray,
    half_width: np.ndarray,
    bend: np.ndarray,
    reach: int,
) -> torch.Tensor:
    """Coverage of one arc a box: count × side × side, side = 2 · reach + 1, all in pixels.

    `middle` is the arc's midpoint in its box (x, y), `facing` the direction from the circle's
    centre to that midpoint, and `bend` the angle that the arc spans, both in radians.
    """

    def column(values: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(values.astype(np.float32)).view(-1, 1, 1)

    steps = torch.arange(2 * reach + 1) + 0.5
    x = steps.view(1, 1, -1) - column(middle[:, 0])
    y = steps.view(1, -1, 1) - column(middle[:, 1])
    radius, half = length / bend, bend / 2
    # Axes from the circle's centre: u through the arc's midpoint, v across it, folded at u.
    cos, sin = column(np.cos(facing)), column(np.sin(facing))
    u = x * cos + y * sin + column(radius)
    along = y * cos - x * sin
    v = along.abs()
    to_circle = ((u * u + v * v).sqrt() - column(radius)).abs()
    end_u, end_v = u - column(radius * np.cos(half)), v - column(radius * np.sin(half))
    to_end = (end_u * end_u + end_v * end_v).sqrt()
    beside = u * column(np.sin(half)) >= v * column(np.cos(half))
    taper = (along * column(_TAPER / (radius * np.sin(half)))).clamp(-_TAPER, _TAPER)
    width = column(half_width) * (1 + taper)
    return (width + 0.5 - torch.where(beside, to_circle, to_end)).clamp(0, 1)


def _between(limits: tuple[float, float], share: np.ndarray) -> np.ndarray:
    return limits[0] + (limits[1] - limits[0]) * share


def _tensor(colour: str) -> torch.Tensor:
    return torch.tensor(rgb(colour), dtype=torch.float32).view(3, 1, 1)
