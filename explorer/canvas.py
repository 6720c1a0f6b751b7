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
    """Means of every SUPERSAMPLE × SUPERSAMPLE block, at every offset, also half outside.

    4 × n × m → 4 × (n + 1) × (m + 1), transparent beyond the subject. Averaging before the move
    instead of after it needs a quarter of the samples, and where nothing turns it is the same.
    """
    return F.avg_pool2d(subject.unsqueeze(0), SUPERSAMPLE, 1, SUPERSAMPLE - 1).squeeze(0)


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

    Block k of the smoothed subject begins at supersampled position start + k - 1.
    """
    begin = start - (SUPERSAMPLE - 1)
    first = max(-(-begin // SUPERSAMPLE), 0)
    last = min((begin + length - 1) // SUPERSAMPLE + 1, size)
    return first, last, first * SUPERSAMPLE - begin


def _turned(canvas: Canvas, smooth: torch.Tensor) -> torch.Tensor:
    """Sample the subject where each canvas pixel came from: unshift, unturn, look up."""
    side = canvas.size * SUPERSAMPLE
    rows, columns = canvas.subject.shape[1:]
    top, left = _corner(canvas)
    radians = math.radians(canvas.angle)
    cos, sin = math.cos(radians), math.sin(radians)
    if canvas.angle % 90 == 0:
        cos, sin = round(cos), round(sin)
    # In the normalised coordinates of grid_sample, from -1 to 1 across a picture. The smoothed
    # subject has the subject's centre and is one supersampled pixel larger.
    shift_u, shift_v = 2 * canvas.dx / canvas.size, 2 * canvas.dy / canvas.size
    centre_u = (2 * left + columns) / side - 1
    centre_v = (2 * top + rows) / side - 1
    ku, kv = side / smooth.shape[2], side / smooth.shape[1]
    line = (torch.arange(canvas.size, dtype=torch.float32) + 0.5) * (2 / canvas.size) - 1
    # Only where the turned subject can reach: its box, turned about the centre, then shifted.
    half_u, half_v = columns / side + 2 / side, rows / side + 2 / side
    reach_u = abs(cos) * half_u + abs(sin) * half_v
    reach_v = abs(sin) * half_u + abs(cos) * half_v
    c0, c1 = _span(cos * centre_u + sin * centre_v + shift_u, reach_u, canvas.size)
    r0, r1 = _span(-sin * centre_u + cos * centre_v + shift_v, reach_v, canvas.size)
    layer = torch.zeros(4, canvas.size, canvas.size)
    if r0 < r1 and c0 < c1:
        u = line[c0:c1] - shift_u
        v = (line[r0:r1] - shift_v).unsqueeze(1)
        grid = torch.empty(r1 - r0, c1 - c0, 2)
        torch.add(ku * cos * u - ku * centre_u, -ku * sin * v, out=grid[..., 0])
        torch.add(kv * sin * u - kv * centre_v, kv * cos * v, out=grid[..., 1])
        layer[:, r0:r1, c0:c1] = _sampled(smooth, grid)
    return layer


def _sampled(picture: torch.Tensor, grid: torch.Tensor) -> torch.Tensor:
    """(4, n, m) at (h, w, 2) points → (4, h, w); in bands of rows, a core each.

    grid_sample shares work among cores by the pictures of a batch, and this is one picture.
    """
    rows, columns, _ = grid.shape
    bands = min(torch.get_num_threads(), rows)
    high = -(-rows // bands)
    if rows < bands * high:
        grid = torch.cat([grid, grid[-1:].expand(bands * high - rows, -1, -1)])
    batch = picture.expand(bands, -1, -1, -1)
    found = F.grid_sample(batch, grid.view(bands, high, columns, 2), align_corners=False)
    return found.transpose(0, 1).reshape(len(picture), bands * high, columns)[:, :rows]


def _span(centre: float, reach: float, size: int) -> tuple[int, int]:
    """Pixels [first, last) that touch centre ± reach, given in canvas coordinates from -1 to 1."""
    first = math.floor((centre - reach + 1) / 2 * size) - 1
    last = math.ceil((centre + reach + 1) / 2 * size) + 1
    return max(first, 0), min(last, size)
