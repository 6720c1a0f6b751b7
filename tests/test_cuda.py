"""The same code on a GPU gives the same numbers. Runs where there is one."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from explorer import suite as suites
from explorer import sweeps
from explorer.engine import Engine
from explorer.extractor import batched
from explorer.form import DEFAULTS, scene_of
from explorer.results import PIXELS
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


@pytest.mark.parametrize("network", ["alexnet", "squeezenet1_1_caffe"])
def test_a_sweep_says_what_the_cpu_says(network: str, engine: Engine) -> None:
    values = {"layout.size": "96", "layout.scale": 0.5, "ask.network": network}
    values["ask.baselines"] = True
    axis = sweeps.axis("rotate.angle", 33)

    def swept(on: Engine) -> dict:
        parts = [part for part in sweeps.run(on, values, (axis,)) if part.stride]
        return {point.at: point.verdicts for part in parts for point in part.points}

    expected, found = swept(engine), swept(Engine(device="cuda"))
    assert found.keys() == expected.keys()
    for at, verdicts in found.items():
        for ours, theirs in zip(verdicts, expected[at], strict=True):
            assert (ours.metric, ours.norm) == (theirs.metric, theirs.norm)
            assert ours.distance == pytest.approx(theirs.distance, rel=1e-3, abs=1e-7)
            assert ours.references == pytest.approx(theirs.references, rel=1e-3)


def test_the_suite_says_what_the_cpu_says(engine: Engine) -> None:
    networks = ["alexnet", "squeezenet1_1_caffe", PIXELS]
    expected = suites.run(engine, suites.builtin(), networks)
    found = suites.run(Engine(device="cuda"), suites.builtin(), networks)
    assert len(found) == len(expected)
    for ours, theirs in zip(found, expected, strict=True):
        assert (ours.case, ours.metric, ours.norm) == (theirs.case, theirs.metric, theirs.norm)
        assert ours.distance == pytest.approx(theirs.distance, rel=1e-3)


def test_a_batch_that_does_not_fit_is_halved() -> None:
    """Real memory runs out: half of what a batch of 64 needs is left free."""
    gpu = Engine(device="cuda")
    extractor, _ = gpu.extractor("alexnet")
    images = torch.rand(64, 3, 512, 512)
    with torch.inference_mode():
        expected = [m.cpu() for m in batched(extractor, images).maps]
        torch.cuda.reset_peak_memory_stats()
        batched(extractor, images)
        whole = torch.cuda.max_memory_allocated()
        torch.cuda.empty_cache()
        share = torch.cuda.get_device_properties(0).total_memory
        torch.cuda.set_per_process_memory_fraction(0.8 * whole / share)
        try:
            found = [m.cpu() for m in batched(extractor, images).maps]
        finally:
            torch.cuda.set_per_process_memory_fraction(1.0)
    for ours, theirs in zip(found, expected, strict=True):
        assert torch.allclose(ours, theirs, rtol=1e-3, atol=1e-4)
