"""Every heatmap's mean is its layer's distance; and it lies where it should."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from explorer.attribution import HEATMAPS, channel_grid, heatmaps
from explorer.comparison import compare
from explorer.engine import Engine
from explorer.features import Features
from explorer.form import scene_of
from explorer.results import NORMS
from tests.test_comparison import KINDS, SHAPES, made

LAYERS = tuple(f"layer{i}" for i in range(len(SHAPES)))


@pytest.mark.parametrize("metric", HEATMAPS)
@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("kind", KINDS)
def test_the_mean_of_a_map_is_the_distance(metric: str, norm: str, kind: str) -> None:
    a, b = made(kind, 1), made("relu", 2)
    heads = [torch.rand(shape[0]) for shape in SHAPES]
    compared = compare(a, b, heads)
    maps = heatmaps(metric, norm, a, b, compared, LAYERS)
    assert len(maps) == len(LAYERS) * (2 if metric == "sort" else 1)
    for item in maps:
        score = compared.scores()[metric, item.norm]
        layer = LAYERS.index(item.layer)
        assert item.distance == pytest.approx(score.layers[layer])
        assert item.values.mean(dtype=np.float64) == pytest.approx(item.distance, rel=1e-4)
        if item.kind == "positions":
            assert item.values.shape == SHAPES[layer][1:]
        else:
            assert item.values.size == SHAPES[layer][0]


@pytest.mark.parametrize("network", ["alexnet", "vgg16", "squeezenet1_1_caffe"])
@pytest.mark.parametrize("norm", [True, False])
@pytest.mark.parametrize("metric", HEATMAPS)
def test_the_same_on_real_networks(
    network: str, norm: bool, metric: str, engine: Engine, vgg16: str
) -> None:
    values = {
        "picture.kind": "sample",
        "layout.size": "96",
        "rotate.angle": 30,
        "ask.network": network,
        "ask.norm": norm,
        "ask.heatmap": metric,
    }
    exploration = engine.explore(scene_of(values).scene)
    assert exploration.maps
    for item in exploration.maps:
        score = exploration.comparison.scores[item.metric, item.norm]
        expected = score.layers[exploration.comparison.layers.index(item.layer)]
        assert item.values.mean(dtype=np.float64) == pytest.approx(expected, rel=1e-4)


def test_provenance_lies_where_the_activations_were() -> None:
    # One channel: 5 at place 0 in a, 7 at place 3 in b; rank 3 differs by 2, all others by 0.
    a = Features([torch.tensor([[[[5.0, 1.0], [2.0, 3.0]]]])])
    b = Features([torch.tensor([[[[1.0, 2.0], [3.0, 7.0]]]])])
    over_a, over_b = heatmaps("sort", "raw", a, b, compare(a, b), ("layer",))
    assert over_a.over == "original" and over_a.values.tolist() == [[4.0, 0.0], [0.0, 0.0]]
    assert over_b.over == "perturbed" and over_b.values.tolist() == [[0.0, 0.0], [0.0, 4.0]]
    assert over_a.distance == 1.0


def test_flat_pictures_show_no_order_of_the_sort() -> None:
    # All places equal on both sides: whatever differs, every place contributes the same.
    a, b = made("flat", 1), made("flat", 2)
    for item in heatmaps("sort", "raw", a, b, compare(a, b), LAYERS):
        assert item.values == pytest.approx(item.distance)


@pytest.mark.parametrize(("count", "shape"), [(64, (8, 8)), (384, (16, 24)), (7, (1, 7))])
def test_channel_grids_hold_every_channel_once(count: int, shape: tuple[int, int]) -> None:
    grid = channel_grid(np.arange(count, dtype=np.float64))
    assert grid.shape == shape
    assert (grid.ravel() / count).tolist() == pytest.approx(list(range(count)))
