"""A picture before it is flattened: a subject (RGBA) over a background.

Moves act on the subject, stains on the background, filters on what `flatten` returns. Subjects
are rendered at `SUPERSAMPLE` times the canvas and box-averaged, so edges stay antialiased when
they turn.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F

from explorer.compiled.sampling import sample
from explorer.cores import by_rows

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
        smooth: `smoothed(subject)`, if it is at hand; it is the same for every move.
    """

    subject: torch.Tensor
    background: torch.Tensor
    size: int
    x: int = 0
    y: int = 0
    angle: float = 0.0
    dx: int = 0
    dy: int = 0
    smooth: torch.Tensor | None = None


def smoothed(subject: torch.Tensor) -> torch.Tensor:
    """Means of every SUPERSAMPLE × SUPERSAMPLE block, at every offset, within a transparent border.

    4 × n × m → 4 × (n + 3) × (m + 3), colours next to one another in memory. Averaging before the
    move instead of after it needs a quarter of the samples, and where nothing turns it is the same.
    """
    means = F.avg_pool2d(F.pad(subject, (1, 1, 1, 1)).unsqueeze(0), SUPERSAMPLE, 1, 1)
    return means.contiguous(memory_format=torch.channels_last).squeeze(0)


def flatten(canvas: Canvas) -> torch.Tensor:
    """The picture: float32, 3 × size × size, in [0, 1]."""
    smooth = smoothed(canvas.subject) if canvas.smooth is None else canvas.smooth
    layer = _pasted(canvas, smooth) if canvas.angle % 360 == 0 else _turned(canvas, smooth)
    return torch.addcmul(layer[:3], 1 - layer[3:], canvas.background).clamp_(0, 1)


def _corner(canvas: Canvas) -> tuple[int, int]:
    # Where the subject's first row and column fall on the supersampled canvas, before the move.
    rows, columns = canvas.subject.shape[1:]
    side = canvas.size * SUPERSAMPLE
    return (
        (side - rows) // 2 + canvas.y * SUPERSAMPLE,
        (side - columns) // 2 + canvas.x * SUPERSAMPLE,
    )


def _pasted(canvas: Canvas, smooth: torch.Tensor) -> torch.Tensor:
    # A shift by whole pixels copies values: no interpolation, so no blur.
    layer = torch.zeros(4, canvas.size, canvas.size)
    top, left = _corner(canvas)
    top, left = top + canvas.dy * SUPERSAMPLE, left + canvas.dx * SUPERSAMPLE
    r0, r1, from_row = _overlap(top, smooth.shape[1], canvas.size)
    c0, c1, from_column = _overlap(left, smooth.shape[2], canvas.size)
    if r0 < r1 and c0 < c1:
        layer[:, r0:r1, c0:c1] = smooth[
            :,
            from_row : from_row + SUPERSAMPLE * (r1 - r0) : SUPERSAMPLE,
            from_column : from_column + SUPERSAMPLE * (c1 - c0) : SUPERSAMPLE,
        ]
    return layer


def _overlap(start: int, length: int, size: int) -> tuple[int, int, int]:
    """Canvas pixels [first, last) that a smoothed subject reaches, and its index for the first.

    Block k of the smoothed subject begins at supersampled position start + k - SUPERSAMPLE.
    """
    begin = start - SUPERSAMPLE
    first = max(-(-begin // SUPERSAMPLE), 0)
    last = min((begin + length - 1) // SUPERSAMPLE + 1, size)
    return first, last, first * SUPERSAMPLE - begin


def _turned(canvas: Canvas, smooth: torch.Tensor) -> torch.Tensor:
    """Sample the subject where each canvas pixel came from: unshift, unturn, look up."""
    rows, columns = canvas.subject.shape[1:]
    radians = math.radians(canvas.angle)
    cos, sin = math.cos(radians), math.sin(radians)
    if canvas.angle % 90 == 0:
        cos, sin = float(round(cos)), float(round(sin))
    # All in supersampled pixels from the canvas's centre: the subject's first block and its centre,
    half = canvas.size * SUPERSAMPLE / 2
    top, left = (edge - half for edge in _corner(canvas))
    u, v = left + columns / 2, top + rows / 2
    # and the box of canvas pixels that the turned and shifted subject can reach.
    reach_u, reach_v = columns / 2 + 1, rows / 2 + 1
    across = _span(cos * u + sin * v, abs(cos) * reach_u + abs(sin) * reach_v, canvas.dx, half)
    down = _span(cos * v - sin * u, abs(sin) * reach_u + abs(cos) * reach_v, canvas.dy, half)
    first_u = SUPERSAMPLE * (0.5 - canvas.dx) - half
    first_v = SUPERSAMPLE * (0.5 - canvas.dy) - half
    origin = cos * first_u - sin * first_v - left + 1, sin * first_u + cos * first_v - top + 1
    step = SUPERSAMPLE * cos, SUPERSAMPLE * sin
    blocks = smooth.permute(1, 2, 0).numpy()
    layer = np.empty((4, canvas.size, canvas.size), np.float32)

    def work(lines: slice) -> None:
        sample(blocks, lines.start, lines.stop, down, across, origin, step, layer)

    by_rows(work, canvas.size, layer[:, 0].size)
    return torch.from_numpy(layer)


def _span(centre: float, reach: float, shift: int, half: float) -> tuple[int, int]:
    """Canvas pixels [first, last) that touch centre ± reach, given in supersampled pixels."""
    first = math.floor((half + centre - reach) / SUPERSAMPLE) + shift - 1
    last = math.ceil((half + centre + reach) / SUPERSAMPLE) + shift + 1
    return max(first, 0), min(last, round(2 * half / SUPERSAMPLE))
