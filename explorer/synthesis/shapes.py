"""Signed distances (negative inside), stripes, and windows on a part of a grid."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from explorer.synthesis.drawing import Grid

Area = tuple[slice, slice, slice]


def norm(x: np.ndarray | float, y: np.ndarray | float) -> np.ndarray:
    """How long (x, y) is; several times as fast as `np.hypot`, which guards against overflow."""
    return np.sqrt(x * x + y * y)


def disc(grid: Grid, x: float, y: float, radius: float) -> np.ndarray:
    """Signed distance of a disc."""
    return norm(grid.x - x, grid.y - y) - radius


def taper(
    grid: Grid, start: tuple[float, float, float], end: tuple[float, float, float]
) -> np.ndarray:
    """Signed distance of the hull of two discs (x, y, radius): a drop, a petal or a rounded line.

    Neither disc may contain the other.
    """
    (ax, ay, ar), (bx, by, br) = start, end
    apart = math.hypot(bx - ax, by - ay)
    ux, uy = (bx - ax) / apart, (by - ay) / apart
    lean = (br - ar) / apart
    px, py = grid.x - ax, grid.y - ay
    along = px * ux + py * uy
    across = px * uy - py * ux
    # Between the two ends lie discs of every size between theirs; take the one that is nearest.
    foot = along + np.abs(across) * (lean / math.sqrt(1 - lean * lean))
    foot = np.clip(foot, 0, apart)
    return norm(along - foot, across) - (foot * lean + ar)


def convex(grid: Grid, corners: Sequence[tuple[float, float]]) -> np.ndarray:
    """Signed distance of a convex polygon, corners in turn either way round."""
    ends = [*corners[1:], corners[0]]
    edges = list(zip(corners, ends, strict=True))
    area = sum(ax * by - bx * ay for (ax, ay), (bx, by) in edges)
    result = np.full_like(grid.x, -np.inf)
    for (ax, ay), (bx, by) in edges:
        size = math.copysign(math.hypot(bx - ax, by - ay), area)
        nx, ny = (by - ay) / size, (ax - bx) / size
        np.maximum(result, grid.x * nx + (grid.y * ny - (ax * nx + ay * ny)), out=result)
    return result


def stripes(
    phase: np.ndarray, width: np.ndarray | float, share: np.ndarray | float = 0.5
) -> np.ndarray:
    """Coverage in [0, 1] of stripes centred on the whole numbers of `phase`.

    The exact average over a pixel across which the phase grows by `width`, so stripes finer than
    a pixel turn into even tone. `share` is the part of each period that is covered, 0 to 1.
    """
    width = np.maximum(width, 1e-4, dtype=np.float32)
    reach = width * 0.5
    phase = phase - np.rint(phase)
    average = (_covered(phase + reach, share) - _covered(phase - reach, share)) / width
    return np.clip(average, 0, 1).astype(np.float32)


def _covered(phase: np.ndarray, share: np.ndarray | float) -> np.ndarray:
    # How much stripe there is from 0 to `phase`.
    whole = np.rint(phase)
    half = share * 0.5
    return whole * share + np.clip(phase - whole, -half, half)


def band(grid: Grid, distance: np.ndarray, width: float) -> np.ndarray:
    """Coverage of a line of that width along distance 0; lines finer than a pixel turn pale."""
    half = width / 2
    return grid.inside(distance - half) - grid.inside(distance + half)


def boxes(grid: Grid, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """The share of each pixel of a line in each interval from `low` to `high`: n × intervals.

    With it, `boxes @ cells @ boxes.T` draws an array of cells, each pixel its exact average.
    """
    centre = grid.x[0].astype(np.float64)[:, None]
    start = np.maximum(centre - grid.pixel / 2, low[None, :])
    end = np.minimum(centre + grid.pixel / 2, high[None, :])
    return (np.maximum(end - start, 0) / grid.pixel).astype(np.float32)


def laid(widths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where intervals of these widths start and end, side by side, scaled to fill [-1, 1]."""
    ends = np.concatenate(([0.0], np.cumsum(widths)))
    ends = ends * (2 / float(ends[-1])) - 1
    return ends[:-1], ends[1:]


def turned(grid: Grid, angle: float) -> Grid:
    """The grid seen by something turned clockwise by `angle` radians."""
    cosine, sine = math.cos(angle), math.sin(angle)
    return Grid(grid.x * cosine + grid.y * sine, grid.y * cosine - grid.x * sine, grid.pixel)


def crop(grid: Grid, left: float, top: float, right: float, bottom: float) -> tuple[Area, Grid]:
    """The part of a picture between those borders and a pixel more, and the grid of that part."""
    columns = _span(left, right, float(grid.x[0, 0]), grid.pixel, grid.x.shape[1])
    rows = _span(top, bottom, float(grid.y[0, 0]), grid.pixel, grid.y.shape[0])
    return (slice(None), rows, columns), Grid(
        grid.x[rows, columns], grid.y[rows, columns], grid.pixel
    )


def window(grid: Grid, x: float, y: float, half: float) -> tuple[Area, Grid]:
    """The part of a picture about (x, y), and a grid on which that part spans [-1, 1]."""
    area, part = crop(grid, x - half, y - half, x + half, y + half)
    return area, Grid((part.x - x) / half, (part.y - y) / half, grid.pixel / half)


def _span(low: float, high: float, first: float, pixel: float, count: int) -> slice:
    start = math.floor((low - first) / pixel)
    end = math.ceil((high - first) / pixel) + 1
    return slice(min(max(start, 0), count), min(max(end, 0), count))
