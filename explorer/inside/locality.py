"""The locality continuum: activations are sorted, or averaged, within windows of each feature map.

A map is cut into blocks from its upper left corner; what is left at the right and lower edge makes
smaller blocks. `sort` sorts each channel within each block, so place k of a block holds its k-th
smallest activation, and there are as many places as before. `mean` leaves one place a block, its
mean, which counts as often as the block has cells. The norm over channels comes after that, as
everywhere, and the layer's distance is the mean over all places. So blocks of one cell are
`spatial`, and one block is `sort` or `mean`, exactly.

One window for all layers: w is in pixels of the picture, and a layer uses the nearest number of
its cells, at least one. A window as wide as the picture is then the whole map of every layer.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F

from explorer.features import Features
from explorer.metrics import METRICS
from explorer.metrics.distance import Arranged, terms
from explorer.metrics.sorting import sort_rows
from explorer.results import NORMS

MODES = ("sort", "mean")
"""What happens within a window, named after what it becomes when the window is the whole map."""

Blocks = tuple[int, int]
"""Rows and columns of a layer's blocks, in cells."""

Found = dict[tuple[str, str], float]
"""(mode, norm) → a layer's distance."""

CLOSEST = 0.9
"""Windows between this share of the picture and the whole are too close to it to be drawn."""


def cells(side: int, size: int, window: int) -> int:
    """How many cells a window is wide in a layer.

    Args:
        side: of the feature map, in cells.
        size: of the picture, in pixels.
        window: in pixels of the picture.

    >>> [cells(55, 224, window) for window in (1, 6, 7, 32, 224)]
    [1, 1, 2, 8, 55]
    """
    return min(side, max(1, (2 * side * window + size) // (2 * size)))


def windows(sides: Sequence[int], size: int) -> tuple[int, ...]:
    """The windows of a curve, in pixels, upwards.

    Octaves (8, 16, 32 …), half octaves (48, 96 …) from an eighth of the picture on, and one more
    in its upper half, between the largest window that is one cell in every layer and the whole
    picture. A window that cuts no layer differently from the one before is left out.

    >>> windows([55, 27, 13, 13, 13], 224)
    (6, 8, 16, 32, 48, 64, 96, 128, 160, 192, 224)
    """

    def cut(window: int) -> list[int]:
        return [cells(side, size, window) for side in sides]

    first = max(w for w in range(1, size + 1) if cut(w) == cut(1))
    octaves = range(size.bit_length())
    more = {3 << k for k in octaves if 3 << k >= size / 8}
    more |= {5 << k for k in octaves if 5 << k >= size / 2}
    found = [first]
    for window in sorted({1 << k for k in octaves} | more):
        differs = cut(window) not in (cut(found[-1]), cut(size))
        if first < window <= CLOSEST * size and differs:
            found.append(window)
    return tuple(found) if first == size else (*found, size)


def coarse_to_fine(count: int) -> tuple[int, ...]:
    """The places 0 … count − 1: both ends, then the middle of each gap, widest gaps first.

    >>> coarse_to_fine(7)
    (0, 6, 3, 1, 4, 2, 5)
    """
    found = [0, count - 1] if count > 1 else [0][:count]
    gaps = [(0, count - 1)]
    while gaps:
        low, high = gaps.pop(0)
        if high - low > 1:
            middle = (low + high) // 2
            found.append(middle)
            gaps += [(low, middle), (middle, high)]
    return tuple(found)


def arranged(features: Features, layer: int, mode: str, blocks: Blocks) -> Arranged:
    """A layer sorted or averaged within blocks: (N, C, P), P places or one a block.

    Args:
        features: of N pictures.
        layer: counted from 0.
        mode: `sort` or `mean`.
        blocks: rows and columns of a block, in cells; clipped to the map.
    """
    maps = features.maps[layer]
    rows, columns = _clipped(maps, blocks)
    # The ends are the metrics themselves, whose arrangements are there already.
    if (rows, columns) == (1, 1):
        return features.arranged(METRICS["spatial"], layer)
    if (rows, columns) == tuple(maps.shape[2:]):
        return features.arranged(METRICS[mode], layer)
    if mode == "sort":
        return Arranged.of(sorted_within(maps, (rows, columns)))
    # Beyond the edge nothing is counted: an edge block's mean is of its own cells.
    means = F.avg_pool2d(
        maps, (rows, columns), (rows, columns), ceil_mode=True, count_include_pad=False
    )
    return Arranged.of(means.flatten(2))


def sorted_within(maps: torch.Tensor, blocks: Blocks) -> torch.Tensor:
    """(N, C, H, W) → (N, C, H·W): each channel sorted upwards within each block.

    The blocks of one shape follow each other: whole ones, then those of the right edge, of the
    lower edge, and of the corner.
    """
    count, channels, height, width = maps.shape
    parts = []
    for top, bottom, rows in _strips(height, blocks[0]):
        for left, right, columns in _strips(width, blocks[1]):
            part = maps[:, :, top:bottom, left:right]
            part = part.reshape(
                count, channels, (bottom - top) // rows, rows, (right - left) // columns, columns
            )
            part = part.transpose(3, 4).reshape(count, -1, rows * columns)
            parts.append(sort_rows(part).view(count, channels, -1))
    return parts[0] if len(parts) == 1 else torch.cat(parts, 2)


def shares(shape: tuple[int, int], blocks: Blocks) -> np.ndarray:
    """What share of a map's cells each block has, row by row: float64, sum 1.

    >>> shares((1, 5), (1, 2)).tolist()
    [0.4, 0.4, 0.2]
    """
    down, across = (
        np.array([min(b, n - i) for i in range(0, n, b)]) / n
        for n, b in zip(shape, blocks, strict=True)
    )
    return np.outer(down, across).ravel()


def between(a: Arranged, b: Arranged, weights: np.ndarray | None) -> dict[str, float]:
    """The distance of a layer for each norm.

    Args:
        a: of one picture.
        b: the same of another.
        weights: of each place, sum 1; all the same without.
    """
    found = terms(a, b)
    if weights is None:
        return {n: float(getattr(found, n).mean(1, dtype=torch.float64)[0]) for n in NORMS}
    return {n: float(getattr(found, n)[0].double().cpu().numpy() @ weights) for n in NORMS}


class Original:
    """One layer of the original, cut into blocks once and compared with many pictures."""

    def __init__(self, features: Features, layer: int, blocks: Blocks) -> None:
        """`features` are of one picture."""
        self.layer = layer
        self.blocks = _clipped(features.maps[layer], blocks)
        self._mine = {mode: arranged(features, layer, mode, self.blocks) for mode in MODES}
        height, width = features.maps[layer].shape[2:]
        weights = shares((height, width), self.blocks)
        one_each = self.blocks == (1, 1)
        self._weights = {"sort": None, "mean": None if one_each else weights}

    def distances(self, features: Features, index: int = 0) -> Found:
        """The layer's distance to picture `index` of some features, for each mode and norm."""
        maps = features.maps[self.layer]
        one = features
        if self.blocks == tuple(maps.shape[2:]):
            one = features.select([index])  # with what is sorted already
        elif maps.shape[0] > 1:
            one = Features([several[index : index + 1] for several in features.maps])
        found: Found = {}
        for mode in MODES:
            other = arranged(one, self.layer, mode, self.blocks)
            for norm, distance in between(self._mine[mode], other, self._weights[mode]).items():
                found[mode, norm] = distance
        return found


def shuffled(image: torch.Tensor, tiles: int, seed: int = 0) -> torch.Tensor:
    """The picture cut into tiles × tiles, each of which moves to another's place.

    Args:
        image: C × H × W.
        tiles: a side; it has to divide H and W.
        seed: which of the permutations in a single cycle, which leave no tile where it was.

    Raises:
        ValueError: if the tiles do not fit.
    """
    channels, height, width = image.shape
    if tiles < 1 or height % tiles or width % tiles:
        raise ValueError(
            f"A picture of {width} × {height} pixels cannot be cut into {tiles} × {tiles} tiles."
        )
    generator = np.random.default_rng(seed)
    order = np.arange(tiles * tiles)
    for i in range(len(order) - 1, 0, -1):
        j = int(generator.integers(i))
        order[i], order[j] = order[j], order[i]
    rows, columns = height // tiles, width // tiles
    cut = image.reshape(channels, tiles, rows, tiles, columns).transpose(2, 3)
    moved = cut.reshape(channels, -1, rows, columns)[:, torch.from_numpy(order)]
    whole = moved.reshape(channels, tiles, tiles, rows, columns).transpose(2, 3)
    return whole.reshape(channels, height, width)


def _clipped(maps: torch.Tensor, blocks: Blocks) -> Blocks:
    height, width = maps.shape[2:]
    return min(blocks[0], height), min(blocks[1], width)


def _strips(length: int, block: int) -> list[tuple[int, int, int]]:
    """(first, last, size of a block) of the whole blocks, and of what is left."""
    whole = length // block * block
    return [(0, whole, block), *([(whole, length, length - whole)] if whole < length else [])]
