"""The same code on a GPU gives the same numbers. Runs where there is one."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from explorer.engine import Engine
from explorer.form import DEFAULTS, scene_of
from tests.conftest import pair

pytestmark = [
    pytest.mark.cuda,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device here"),
]


@pytest.mark.parametrize("network", ["alexnet", "squeezenet1_1_caffe"])
@pytest.mark.parametrize("size", [64, 224])
def test_scores_equal_the_cpus(network: str, size: int, engine: Engine) -> None:
    gpu = Engine(device="cuda")
    a, b = pair(size)
    expected = engine.compare_images(a, b, network).scores
    found = gpu.compare_images(a, b, network)
    assert found.receipt.device.startswith("cuda")
    for key, score in found.scores.items():
        # Convolutions may use TF32-free kernels of another order of summation.
        assert score.layers == pytest.approx(expected[key].layers, rel=1e-3), key


@pytest.mark.parametrize("heatmap", ["spatial", "sort", "mean", "lpips"])
def test_maps_equal_the_cpus(heatmap: str, engine: Engine) -> None:
    scene = scene_of({**DEFAULTS, "rotate.angle": 30, "ask.heatmap": heatmap}).scene
    expected = engine.explore(scene)
    found = Engine(device="cuda").explore(scene)
    assert len(found.maps) == len(expected.maps)
    for ours, theirs in zip(found.maps, expected.maps, strict=True):
        assert ours.values.mean(dtype=np.float64) == pytest.approx(ours.distance, rel=1e-4)
        assert ours.distance == pytest.approx(theirs.distance, rel=1e-3)
