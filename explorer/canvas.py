"""A picture before it is flattened: a subject (RGBA) over a background.

Moves act on the subject, stains on the background, filters on what `flatten` returns. Subjects
are rendered at `SUPERSAMPLE` times the canvas and box-averaged, so edges stay antialiased when
they turn.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F

SUPERSAMPLE = 2


@dataclass(frozen=True)
class Canvas:
    """A subject over a background, with a pending move.

    Attributes:
        subject: float32, 4 × n × m, RGB premultiplied by alpha, at SUPERSAMPLE × canvas resolution.
        background: float32, 3 × 1 × 1 (one colour) or 3 × size × size, in [0, 1].
        size: side of the canvas in pixels.
        x, y: offset of the subject's centre from the canvas's, before the move, in pixels.
        angle: the content is turned about the canvas's centre, degrees counter-clockwise …
        dx, dy: … and then shifted, in pixels, right and down.
    """

    subject: torch.Tensor
    background: torch.Tensor
    size: int
    x: int = 0
    y: int = 0
    angle: float = 0.0
    dx: int = 0
    dy: int = 0


def flatten(canvas: Canvas) -> torch.Tensor:
    """The picture: float32, 3 × size × size, in [0, 1]."""
    if canvas.angle % 360 == 0:
        layer = _pasted(canvas)
    else:
        layer = _turned(canvas)
    small = F.avg_pool2d(layer.unsqueeze(0), SUPERSAMPLE).squeeze(0)
    return torch.addcmul(small[:3], 1 - small[3:], canvas.background).clamp_(0, 1)


def _corner(canvas: Canvas) -> tuple[int, int]:
    # Where the subject's first row and column fall on the supersampled canvas, before the move.
    rows, columns = canvas.subject.shape[1:]
    side = canvas.size * SUPERSAMPLE
    return (
        (side - rows) // 2 + canvas.y * SUPERSAMPLE,
        (side - columns) // 2 + canvas.x * SUPERSAMPLE,
    )


def _pasted(canvas: Canvas) -> torch.Tensor:
    # A shift by whole pixels copies values: no interpolation, so no blur.
    side = canvas.size * SUPERSAMPLE
    rows, columns = canvas.subject.shape[1:]
    top, left = _corner(canvas)
    top, left = top + canvas.dy * SUPERSAMPLE, left + canvas.dx * SUPERSAMPLE
    r0, r1 = max(top, 0), min(top + rows, side)
    c0, c1 = max(left, 0), min(left + columns, side)
    layer = torch.zeros(4, side, side)
    if r0 < r1 and c0 < c1:
        layer[:, r0:r1, c0:c1] = canvas.subject[:, r0 - top : r1 - top, c0 - left : c1 - left]
    return layer


def _turned(canvas: Canvas) -> torch.Tensor:
    """Sample the subject where each canvas position came from: unshift, unturn, look up."""
    side = canvas.size * SUPERSAMPLE
    rows, columns = canvas.subject.shape[1:]
    top, left = _corner(canvas)
    radians = math.radians(canvas.angle)
    cos, sin = math.cos(radians), math.sin(radians)
    if canvas.angle % 90 == 0:
        cos, sin = round(cos), round(sin)
    # In the normalised coordinates of grid_sample: theta maps output (u, v) to subject (u, v).
    shift_u, shift_v = 2 * canvas.dx / canvas.size, 2 * canvas.dy / canvas.size
    centre_u = (2 * left + columns) / side - 1
    centre_v = (2 * top + rows) / side - 1
    ku, kv = side / columns, side / rows
    theta = torch.tensor(
        [
            [ku * cos, -ku * sin, ku * (-cos * shift_u + sin * shift_v - centre_u)],
            [kv * sin, kv * cos, kv * (-sin * shift_u - cos * shift_v - centre_v)],
        ]
    )
    grid = F.affine_grid(theta.unsqueeze(0), [1, 4, side, side], align_corners=False)
    sampled = F.grid_sample(canvas.subject.unsqueeze(0), grid, align_corners=False)
    return sampled.squeeze(0)
