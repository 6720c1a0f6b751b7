"""Convolutions of batches with fewer multiplications: Winograd's and Toom and Cook's algorithm.

A tile of m × m outputs of a k × k kernel is read from n × n inputs, n = m + k - 1. Input and kernel
are taken as polynomials and evaluated at n points; there the convolution is one product a place,
n² a tile where the direct way needs m² k². What is left is a matrix product over the channels for
each of the n² places (A. Lavin and S. Gray 2016, arXiv 1509.09308).

The points are few and small, and the transforms' entries are exact fractions rounded once, so the
maps are as close to those of float64 as direct float32 convolutions are, to a small factor (see
docs/accuracy.md). A picture's numbers do not depend on what else is in its batch.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch
from torch import nn

from explorer.compiled.tiles import read, write

TILES = {3: (3, 5), 5: (4,)}
"""Side of the kernel → sides of the tiles to choose from."""
FEWEST_CHANNELS = 32
"""With fewer, the transforms cost more than the multiplications that they save."""
ROWS = 96
"""Tiles at once: enough to make use of a kernel that is read, few enough for the caches."""
FEWEST_ROWS = 8
"""With fewer a product takes its sums in another order, and a picture's numbers would depend on how
many there are."""
_POINTS = tuple(Fraction(*p) for p in ((0,), (1,), (-1,), (2,), (-2,), (1, 2), (-1, 2)))


class Transforms(NamedTuple):
    """Matrices of one algorithm, float64: output (m, n), kernel (n, k) and input (n, n)."""

    output: torch.Tensor
    kernel: torch.Tensor
    input: torch.Tensor


@lru_cache
def transforms(tile: int, kernel: int) -> Transforms:
    """The algorithm for `tile` outputs of a kernel of `kernel` taps, along one side.

    out = output @ ((kernel @ w) * (input @ x)). By the transposition of Toom and Cook's product of
    polynomials, whose points are 0, ±1, ±2, ±½ and infinity; every row of the input's matrix is
    scaled to a largest entry of one, which keeps float32 from losing digits.

    >>> t = transforms(2, 3)
    >>> w, x = torch.tensor([1.0, 2.0, 3.0]).double(), torch.tensor([1.0, 1.0, 2.0, 5.0]).double()
    >>> [round(v, 9) for v in (t.output @ ((t.kernel @ w) * (t.input @ x))).tolist()]
    [9.0, 20.0]
    """
    count = tile + kernel - 1
    points = _POINTS[: count - 1]
    columns = zip(*_inverse(_powers(points, count)), strict=True)
    kernels = _powers(points, kernel)
    inputs = []
    for i, column in enumerate(columns):
        largest = max(abs(entry) for entry in column)
        inputs.append([entry / largest for entry in column])
        kernels[i] = [entry * largest for entry in kernels[i]]
    outputs = _powers(points, tile)
    return Transforms(_matrix(outputs).T.contiguous(), _matrix(kernels), _matrix(inputs))


def _powers(points: Sequence[Fraction], count: int) -> list[list[Fraction]]:
    """How polynomials of `count` coefficients are evaluated at the points and at infinity."""
    rows = [[point**power for power in range(count)] for point in points]
    return [*rows, [Fraction(0)] * (count - 1) + [Fraction(1)]]


def _inverse(matrix: list[list[Fraction]]) -> list[list[Fraction]]:
    """By Gauss and Jordan, exact."""
    size = len(matrix)
    rows = [[*row, *(Fraction(i == j) for j in range(size))] for i, row in enumerate(matrix)]
    for column in range(size):
        pivot = next(i for i in range(column, size) if rows[i][column])
        rows[column], rows[pivot] = rows[pivot], rows[column]
        rows[column] = [entry / rows[column][column] for entry in rows[column]]
        for i in range(size):
            if i != column:
                factor = rows[i][column]
                rows[i] = [a - factor * b for a, b in zip(rows[i], rows[column], strict=True)]
    return [row[size:] for row in rows]


def _matrix(rows: list[list[Fraction]]) -> torch.Tensor:
    return torch.tensor([[float(entry) for entry in row] for row in rows], dtype=torch.float64)


def pays(conv: nn.Conv2d) -> bool:
    """Whether this way is made for the convolution, and faster."""
    side = conv.kernel_size[0]
    return (
        conv.kernel_size == (side, side)
        and side in TILES
        and conv.stride == conv.dilation == (1, 1)
        and conv.groups == 1
        and isinstance(conv.padding, tuple)
        and conv.padding_mode == "zeros"
        and min(conv.in_channels, conv.out_channels) >= FEWEST_CHANNELS
        and conv.bias is not None
    )


class Convolution:
    """One convolution, with the ReLU behind it, for float32 on the CPU, without gradients."""

    def __init__(self, conv: nn.Conv2d, relu: bool) -> None:
        """The kernel is transformed when it is first needed."""
        self.conv = conv
        self.lowest = 0.0 if relu else -torch.inf
        self.side = conv.kernel_size[0]
        assert conv.bias is not None, "see `pays`"
        self._bias = conv.bias.detach().numpy()
        self._kernels: dict[int, torch.Tensor] = {}
        self._making = threading.Lock()

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """(N, C, H, W) → (N, out channels, H', W'), channels_last."""
        side, padding = self.side, (int(self.conv.padding[0]), int(self.conv.padding[1]))
        height, width = (s + 2 * p - side + 1 for s, p in zip(x.shape[2:], padding, strict=True))
        tile = min(
            TILES[side], key=lambda m: -(-height // m) * -(-width // m) * (m + side - 1) ** 2
        )
        counts = -(-height // tile), -(-width // tile)
        known, kernel = _for_loops(tile, side), self._kernel(tile)
        maps = x.permute(0, 2, 3, 1).contiguous().numpy()
        out = x.new_empty(len(maps), height, width, self.conv.out_channels)
        tiles = len(maps) * counts[0] * counts[1]
        parts = max(-(-tiles // ROWS), 1)
        rows = max(-(-tiles // parts), FEWEST_ROWS)
        inputs = x.new_zeros(len(kernel), rows, x.shape[1])
        points = x.new_empty(len(kernel), rows, out.shape[3])
        for start in range(0, tiles, rows):
            some = start, min(start + rows, tiles)
            read(maps, known.input, tile, counts, padding, *some, inputs.numpy())
            torch.bmm(inputs, kernel, out=points)
            added = known.output, self._bias, self.lowest
            write(points.numpy(), *added, counts, *some, out.numpy())
        return out.permute(0, 3, 1, 2)

    def _kernel(self, tile: int) -> torch.Tensor:
        """(n², C, out channels); several threads may ask at once."""
        with self._making:
            if tile not in self._kernels:
                matrix = transforms(tile, self.side).kernel
                weight = torch.einsum("ik,jl,ockl->ijco", matrix, matrix, self.conv.weight.double())
                self._kernels[tile] = weight.float().flatten(0, 1).contiguous()
            return self._kernels[tile]


class _Matrices(NamedTuple):
    """The transforms of the maps as the loops take them: float32, output (m, n), input (n, n)."""

    output: np.ndarray
    input: np.ndarray


@lru_cache
def _for_loops(tile: int, side: int) -> _Matrices:
    exact = transforms(tile, side)
    return _Matrices(exact.output.float().numpy(), exact.input.float().numpy())
