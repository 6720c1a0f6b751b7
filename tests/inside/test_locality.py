"""Windows: both ends are the metrics themselves, and between them plain loops say the same."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch

from explorer.comparison import compare
from explorer.engine import Engine
from explorer.features import Features
from explorer.form import SIZES
from explorer.inside.locality import (
    MODES,
    Original,
    arranged,
    cells,
    coarse_to_fine,
    shares,
    shuffled,
    sorted_within,
    windows,
)
from explorer.results import NORMS
from tests.conftest import pair
from tests.few import FEW

SHAPES = [(8, 7, 5), (4, 1, 1), (3, 13, 13), (6, 12, 16)]
CUTS = [(1, 2), (2, 2), (3, 4), (5, 5), (6, 13), (7, 1), (100, 3)]
KINDS = ["relu", "signed", "flat", "zero"]


def made(kind: str, seed: int, dtype: torch.dtype = torch.float32) -> Features:
    generator = torch.Generator().manual_seed(seed)
    maps = []
    for shape in SHAPES:
        values = torch.randn(1, *shape, generator=generator, dtype=dtype)
        if kind == "relu":
            values = values.relu()
        elif kind == "flat":
            values = torch.full_like(values, 0.5 + seed)
        elif kind == "zero":
            values = torch.zeros_like(values)
        maps.append(values.contiguous(memory_format=torch.channels_last))
    return Features(maps)


def by_loops(
    a: np.ndarray, b: np.ndarray, cut: tuple[int, int], mode: str, norm: str
) -> tuple[float, int]:
    """The distance of two maps, C × H × W, block by block and place by place; and the blocks."""
    a, b = a.astype(np.float64), b.astype(np.float64)
    _, height, width = a.shape
    total, blocks = 0.0, 0
    for top in range(0, height, cut[0]):
        for left in range(0, width, cut[1]):
            x, y = (m[:, top : top + cut[0], left : left + cut[1]] for m in (a, b))
            x, y = x.reshape(len(x), -1), y.reshape(len(y), -1)
            count = x.shape[1]
            if mode == "sort":
                x, y = np.sort(x, axis=1), np.sort(y, axis=1)
            else:
                x, y = (np.repeat(m.mean(1, keepdims=True), count, axis=1) for m in (x, y))
            for k in range(count):
                u, v = x[:, k], y[:, k]
                if norm == "norm":
                    u, v = (w / np.linalg.norm(w) if w.any() else w for w in (u, v))
                total += ((u - v) ** 2).sum()
            blocks += 1
    return total / (height * width), blocks


@pytest.mark.parametrize("first", KINDS)
@pytest.mark.parametrize("second", KINDS)
@pytest.mark.parametrize("cut", CUTS)
def test_every_window_equals_the_plain_loops(first: str, second: str, cut: tuple[int, int]) -> None:
    a, b = made(first, 1), made(second, 2)
    for layer in range(len(SHAPES)):
        found = Original(a, layer, cut).distances(b)
        x, y = (f.maps[layer][0].numpy() for f in (a, b))
        for mode in MODES:
            for norm in NORMS:
                expected, blocks = by_loops(x, y, cut, mode, norm)
                close = pytest.approx(expected, rel=2e-5, abs=1e-12)
                assert found[mode, norm] == close, (layer, mode, norm)
                places = arranged(a, layer, mode, cut).values.shape[2]
                if mode == "mean":
                    assert places == blocks
                else:
                    assert places == x[0].size


@pytest.mark.parametrize("network", FEW)
@pytest.mark.parametrize("size", [64, 96])
def test_one_cell_is_spatial_and_the_whole_map_is_sort_or_mean(
    network: str, size: int, engine: Engine
) -> None:
    extractor = engine.extractor(network, "random:3")[0]
    with torch.inference_mode():
        # Fresh features: what is compared here was not arranged by what it is compared with.
        first, second, again = (extractor(p[None]) for p in (*pair(size), pair(size)[1]))
        expected = compare(extractor(pair(size)[0][None]), again).distances
        layers = range(len(first.maps))
        sides = [m.shape[2] for m in first.maps]
        every = windows(sides, size)
        for window in (1, every[0], size):
            cut = [cells(side, size, window) for side in sides]
            found = [Original(first, k, (cut[k], cut[k])).distances(second) for k in layers]
            for mode in MODES:
                for norm in NORMS:
                    metric = mode if window == size else "spatial"
                    right = expected[metric, norm][0].tolist()
                    mine = [found[k][mode, norm] for k in layers]
                    assert mine == pytest.approx(right, rel=1e-6), (window, mode, norm)
                    assert sum(mine) == pytest.approx(sum(right), rel=1e-6)


@pytest.mark.parametrize("network", FEW)
def test_what_the_places_contribute_adds_up(network: str, engine: Engine) -> None:
    extractor = engine.extractor(network, "random:5")[0]
    with torch.inference_mode():
        a, b = (extractor(p[None]) for p in pair(64))
        for layer, maps in enumerate(a.maps):
            side = maps.shape[2]
            for cut in {(c, c) for c in (1, 2, 3, side // 2, side) if 0 < c <= side}:
                found = Original(a, layer, cut).distances(b)
                for norm in NORMS:
                    for mode in MODES:
                        x, y = (arranged(f, layer, mode, cut) for f in (a, b))
                        u, v = (t.normalised if norm == "norm" else t.values for t in (x, y))
                        places = (u - v)[0].double().square().sum(0).numpy()
                        even = np.full(places.size, 1 / places.size)
                        weights = shares((side, side), cut) if mode == "mean" else even
                        assert found[mode, norm] == pytest.approx(places @ weights, rel=1e-4)


@pytest.mark.parametrize("seed", [1, 2])
def test_raw_mean_below_sort_below_spatial_and_nested_windows_forgive_more(seed: int) -> None:
    a, b = made("relu", seed), made("signed", seed + 10)
    for layer in range(len(SHAPES)):
        before = None
        for cut in (1, 2, 4, 8, 16):
            found = Original(a, layer, (cut, cut)).distances(b)
            sort, mean = found["sort", "raw"], found["mean", "raw"]
            assert mean <= sort * (1 + 1e-6)
            if before is not None:
                assert sort <= before[0] * (1 + 1e-6) and mean <= before[1] * (1 + 1e-6)
            before = (sort, mean)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_picture_is_at_distance_zero_exactly(kind: str) -> None:
    for layer in range(len(SHAPES)):
        for cut in CUTS:
            found = Original(made(kind, 1), layer, cut).distances(made(kind, 1))
            assert set(found.values()) == {0.0}


def test_a_window_forgets_places_within_its_blocks_only() -> None:
    a, b = made("relu", 1).maps[3], made("relu", 2).maps[3]
    within = b.clone()
    within[:, :, 0:3, 0:4] = within[:, :, 0:3, 0:4].flip(2, 3)
    across = b.roll(4, 3)
    score = [
        Original(Features([a]), 0, (3, 4)).distances(Features([m])) for m in (b, within, across)
    ]
    for key in score[0]:
        assert score[1][key] == pytest.approx(score[0][key], rel=1e-5)
        assert abs(score[2][key] / score[0][key] - 1) > 1e-3


def test_the_caller_keeps_its_maps() -> None:
    maps = made("signed", 4).maps[0]
    before = maps.clone()
    sorted_within(maps, (2, 2))
    sorted_within(maps, (7, 5))
    assert torch.equal(maps, before)


@pytest.mark.parametrize("network", FEW)
@pytest.mark.parametrize("size", [int(s) for s in SIZES])
def test_windows_go_from_one_cell_to_the_whole(network: str, size: int, engine: Engine) -> None:
    extractor = engine.extractor(network, "random:3")[0]
    with torch.inference_mode():
        sides = [m.shape[2] for m in extractor(torch.rand(1, 3, size, size)).maps]
    found = windows(sides, size)
    assert list(found) == sorted(set(found)) and 6 <= len(found) <= 15
    cuts = [[cells(side, size, w) for side in sides] for w in found]
    assert cuts[0] == [1] * len(sides) and cuts[-1] == sides
    assert all(before != after for before, after in pairwise(cuts))
    for side, cut in zip(sides, cuts[2], strict=True):
        assert sum(shares((side, side), (cut, cut))) == pytest.approx(1)


@pytest.mark.parametrize("count", range(1, 17))
def test_coarse_to_fine_visits_each_place_once(count: int) -> None:
    assert sorted(coarse_to_fine(count)) == list(range(count))


@pytest.mark.parametrize("tiles", [2, 4, 8])
def test_a_shuffle_moves_every_tile_and_loses_none(tiles: int) -> None:
    side = 16
    image = torch.arange(3 * (tiles * side) ** 2, dtype=torch.float32).view(3, tiles * side, -1)
    moved = shuffled(image, tiles)

    def cut(picture: torch.Tensor) -> list[bytes]:
        rows = [r.chunk(tiles, 2) for r in picture.chunk(tiles, 1)]
        return [tile.contiguous().numpy().tobytes() for row in rows for tile in row]

    before, after = cut(image), cut(moved)
    assert sorted(before) == sorted(after)
    assert all(a != b for a, b in zip(before, after, strict=True))
    assert torch.equal(moved, shuffled(image, tiles))
    assert not torch.equal(moved, shuffled(image, tiles, seed=1))


def test_tiles_that_do_not_fit_are_refused_with_a_sentence() -> None:
    with pytest.raises(ValueError, match=r"^A picture of 10 × 9 pixels .* into 3 × 3 tiles\.$"):
        shuffled(torch.zeros(3, 9, 10), 3)
