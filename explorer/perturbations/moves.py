"""Moves of the subject: rotate, then translate."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from explorer.canvas import Canvas
from explorer.perturbations.registry import PERTURBATIONS
from explorer.spec import Integer, Real


@PERTURBATIONS.register("rotate", title="Rotate", stage="move", neutral={"angle": 0.0}, paper=True)
def rotate(
    canvas: Canvas,
    *,
    angle: Annotated[
        float, Real(0.0, -180, 180, 0.5, "°", help="Counter-clockwise, about the canvas's centre.")
    ],
) -> Canvas:
    """Turns the subject about the centre of the canvas; the background stays."""
    return replace(canvas, angle=angle)


@PERTURBATIONS.register(
    "translate", title="Translate", stage="move", neutral={"x": 0, "y": 0}, paper=True
)
def translate(
    canvas: Canvas,
    *,
    x: Annotated[int, Integer(0, -128, 128, 1, " px", "Move x", "To the right.")],
    y: Annotated[int, Integer(0, -128, 128, 1, " px", "Move y", "Downwards.")],
) -> Canvas:
    """Shifts the subject by whole pixels, without resampling; the background stays."""
    return replace(canvas, dx=x, dy=y)
