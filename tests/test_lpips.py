"""Against the lpips package: the same weights must give the same numbers."""

from __future__ import annotations

import warnings
from typing import Any

import lpips
import pytest
import torch

from explorer import weights
from explorer.engine import Engine
from explorer.networks import NETWORKS
from tests.conftest import pair

NETS = {"alexnet": "alex", "vgg16": "vgg"}


def oracle(network: str, heads: bool) -> Any:
    """The lpips package's own model, around our weights of the trunk."""
    with warnings.catch_warnings():
        # The package uses arguments that torchvision has deprecated.
        warnings.simplefilter("ignore")
        model = lpips.LPIPS(net=NETS[network], lpips=heads, pnet_rand=True, verbose=False)
    state = weights.load(NETWORKS[network]).state
    own = model.net.state_dict()
    loaded = {key: state[key.split(".", 1)[1]] for key in own}
    model.net.load_state_dict(loaded)
    return model.eval()


@pytest.mark.parametrize("size", [64, 96, 224])
@pytest.mark.parametrize("network", NETS)
@pytest.mark.parametrize("heads", [False, True], ids=["unweighted", "v0.1"])
def test_equals_the_lpips_package(
    network: str, size: int, heads: bool, engine: Engine, vgg16: str
) -> None:
    a, b = pair(size, seed=size)
    with torch.inference_mode():
        expected, layers = oracle(network, heads)(
            a[None], b[None], normalize=True, retPerLayer=True
        )
    score = engine.compare_images(a, b, network).scores["lpips" if heads else "spatial", "norm"]
    assert score.total == pytest.approx(expected.item(), rel=1e-5)
    assert list(score.layers) == pytest.approx([v.item() for v in layers], rel=1e-5)


def test_heads_stay_off_weights_they_were_not_trained_on(engine: Engine) -> None:
    a, b = pair(64)
    assert ("lpips", "norm") not in engine.compare_images(a, b, "squeezenet1_1_caffe").scores
    assert ("lpips", "norm") not in engine.compare_images(a, b, "alexnet", "random:0").scores
    assert ("lpips", "norm") in engine.compare_images(a, b, "alexnet").scores
