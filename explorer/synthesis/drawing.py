"""What every family draws with: a grid of coordinates and antialiased coverage.

A family gets a `Grid` and returns RGBA, float32, 4 × n × n, RGB premultiplied by alpha. Distances
are in units of the grid: the subject's square spans [-1, 1] in x (right) and y (down).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.spec import rgb


@dataclass(frozen=True)
class Grid:
    """Pixel centres of an n × n square. `x`, `y`: float32, n × n, in (-1, 1); `pixel`: spacing."""

    x: np.ndarray
    y: np.ndarray
    pixel: float

    @classmethod
    def of(cls, n: int) -> Grid:
        """A grid of n × n pixels."""
        line = ((np.arange(n, dtype=np.float32) + 0.5) * 2 / n - 1).astype(np.float32)
        x, y = np.meshgrid(line, line)
        return cls(x, y, 2 / n)

    def inside(self, distance: np.ndarray) -> np.ndarray:
        """Coverage in [0, 1] of a shape with that signed distance (negative inside)."""
        return np.clip(0.5 - distance / self.pixel, 0, 1).astype(np.float32)

    def empty(self) -> np.ndarray:
        """A transparent picture: float32, 4 × n × n."""
        return np.zeros((4, *self.x.shape), dtype=np.float32)

    def full(self, colour: str) -> np.ndarray:
        """A picture filled with one colour."""
        return paint(self.empty(), colour, np.ones_like(self.x))


def paint(picture: np.ndarray, colour: str, coverage: np.ndarray) -> np.ndarray:
    """`colour` over `picture` where `coverage` (n × n, in [0, 1]) says; a new array."""
    source = np.array([*rgb(colour), 1.0], dtype=np.float32).reshape(4, 1, 1)
    return picture * (1 - coverage) + source * coverage
