"""A mosaic of coloured triangles."""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np

from explorer.spec import Choice, Integer, Real
from explorer.synthesis.drawing import Grid
from explorer.synthesis.registry import FAMILIES
from explorer.synthesis.tones import PALETTES, opaque, ramp


@FAMILIES.register("mosaic", title="Mosaic", kind="pattern")
def mosaic(
    grid: Grid,
    *,
    cells: Annotated[int, Integer(8, 1, 14, help="How many pairs of triangles across.")],
    disorder: Annotated[float, Real(0.9, 0, 1, help="How irregular the triangles are.")],
    palette: Annotated[str, Choice("rainbow", tuple(PALETTES), help="Which colours.")],
    contrast: Annotated[float, Real(0.4, 0, 1, help="How much neighbours differ.")],
    seed: Annotated[int, Integer(2, 0, 999, help="Which triangles and colours.")],
) -> np.ndarray:
    """Triangles without gaps, in colours that drift across the picture."""
    generator = np.random.default_rng(seed)
    triangles = _triangles(cells, disorder, generator)
    colours = _colours(triangles.mean(axis=1), palette, contrast, generator)
    # Two neighbours share the pixels of their border, in proportion: no seam shows.
    total = np.zeros((4, *grid.x.shape), dtype=np.float32)
    x, y = grid.x[0], grid.y[:, 0]
    margin = grid.pixel / 2
    left, right = (
        np.searchsorted(x, triangles[..., 0].min(axis=1) - margin).tolist(),
        np.searchsorted(x, triangles[..., 0].max(axis=1) + margin).tolist(),
    )
    top, bottom = (
        np.searchsorted(y, triangles[..., 1].min(axis=1) - margin).tolist(),
        np.searchsorted(y, triangles[..., 1].max(axis=1) + margin).tolist(),
    )
    sides = (_sides(triangles) / grid.pixel).tolist()
    sources = np.concatenate([colours, np.ones((len(colours), 1))], axis=1).astype(np.float32)
    for i, three in enumerate(sides):
        rows, columns = slice(top[i], bottom[i]), slice(left[i], right[i])
        lx, ly = x[columns], y[rows, None]
        (ax, ay, a0), (bx, by, b0), (cx, cy, c0) = three
        depth = np.minimum(lx * ax + a0 + ly * ay, lx * bx + b0 + ly * by)
        np.minimum(depth, lx * cx + c0 + ly * cy, out=depth)
        np.clip(depth + 0.5, 0, 1, out=depth)
        total[:, rows, columns] += sources[i, :, None, None] * depth
    return opaque(total[:3] / total[3])


def _triangles(cells: int, disorder: float, generator: np.random.Generator) -> np.ndarray:
    # Corners, triangles × 3 × 2, clockwise on screen, that tile [-1, 1]².
    line = np.linspace(-1, 1, cells + 1)
    points = np.stack(np.meshgrid(line, line), axis=-1)
    moves = generator.uniform(-0.4, 0.4, points.shape) * (disorder * 2 / cells)
    moves[:, [0, -1], 0] = 0
    moves[[0, -1], :, 1] = 0
    points = points + moves
    a, b, c, d = points[:-1, :-1], points[:-1, 1:], points[1:, 1:], points[1:, :-1]
    # Of a quadrilateral's two diagonals take the one with the larger smallest triangle.
    one = np.stack([np.stack([a, b, c], axis=-2), np.stack([a, c, d], axis=-2)], axis=2)
    two = np.stack([np.stack([a, b, d], axis=-2), np.stack([b, c, d], axis=-2)], axis=2)
    better = _areas(one).min(axis=2) >= _areas(two).min(axis=2)
    chosen: np.ndarray = np.where(better[:, :, None, None, None], one, two)
    return chosen.reshape(-1, 3, 2)


def _areas(triangles: np.ndarray) -> np.ndarray:
    a, b, c = triangles[..., 0, :], triangles[..., 1, :], triangles[..., 2, :]
    u, v = b - a, c - a
    return (u[..., 0] * v[..., 1] - u[..., 1] * v[..., 0]) / 2


def _sides(triangles: np.ndarray) -> np.ndarray:
    # Inward distance from each side as a x + b y + c: triangles × 3 × (a, b, c).
    along = np.roll(triangles, -1, axis=1) - triangles
    along = along / np.linalg.norm(along, axis=-1, keepdims=True)
    normal = np.stack([-along[..., 1], along[..., 0]], axis=-1)
    return np.concatenate([normal, -(normal * triangles).sum(-1, keepdims=True)], axis=-1)


def _colours(
    centres: np.ndarray, palette: str, contrast: float, generator: np.random.Generator
) -> np.ndarray:
    # A smooth course through the palette, then each triangle goes its own way a little.
    place = np.full(len(centres), 0.5)
    for pace in (1.2, 1.9, 2.6):
        way, phase = generator.uniform(0, 2 * math.pi, 2).tolist()
        direction = np.array([math.cos(way), math.sin(way)]) * pace
        place += 0.28 * np.sin(centres @ direction + phase)
    place += contrast * generator.uniform(-0.3, 0.3, len(centres))
    light = 1 + contrast * generator.uniform(-0.35, 0.35, (len(centres), 1))
    colours = ramp(palette, np.clip(place, 0, 1))
    return np.where(light < 1, colours * light, 1 - (1 - colours) * (2 - light))
