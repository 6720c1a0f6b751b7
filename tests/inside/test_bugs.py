"""Every bug gives the numbers of plain code that makes the same mistake, in float64.

Torchvision's own modules run one after the other, and the definitions are those of `tests.plain`;
LPIPS is the lpips package's.
"""

from __future__ import annotations

import warnings
from functools import lru_cache

import lpips
import numpy as np
import pytest
import torch
from torch import nn
from torchvision.models.squeezenet import Fire

from explorer import weights
from explorer.comparison import compare
from explorer.engine import Engine
from explorer.features import Features
from explorer.inside.bugs import BUGS
from explorer.networks import NETWORKS, Network
from explorer.results import NORMS
from tests.conftest import pair
from tests.few import FEW
from tests.plain import layer_distance, normalised, rearranged

networks = pytest.mark.parametrize("network", FEW)
MEAN = torch.tensor([0.485, 0.456, 0.406], dtype=torch.float64).view(3, 1, 1)
STD = torch.tensor([0.229, 0.224, 0.225], dtype=torch.float64).view(3, 1, 1)


def normalise(x: torch.Tensor) -> torch.Tensor:
    return (x - MEAN) / STD


INPUTS = {
    "unit": lambda x: x,
    "bytes": lambda x: 255 * x,
    "twice": lambda x: normalise(normalise(x)),
    "half": lambda x: (x - (2 * MEAN - 1)) / (2 * STD),
    "bgr": lambda x: normalise(x[[2, 1, 0]]),
}
"""What reaches the network, written as people write it."""

SEED = {"untrained": 0}


@lru_cache(maxsize=4)
def trunk(network: Network, seed: int) -> nn.Sequential:
    made = network.trunk()
    made.load_state_dict(weights.load(network, f"random:{seed}").state)
    for module in made.modules():
        if isinstance(module, nn.ReLU):
            module.inplace = False
    return made.double().eval()


def maps(network: Network, prepared: torch.Tensor, seed: int, linear: bool) -> list[np.ndarray]:
    """Feature maps (C, H, W) of a prepared picture; `linear` before each tap's ReLU."""
    current, found = prepared[None], []
    with torch.inference_mode():
        for index, module in enumerate(trunk(network, seed)):
            before, current = current, module(current)
            if index not in {tap.index for tap in network.taps}:
                continue
            tapped = before if linear else current
            if linear and isinstance(module, Fire):
                inner = module.squeeze_activation(module.squeeze(before))
                tapped = torch.cat([module.expand1x1(inner), module.expand3x3(inner)], 1)
            found.append(tapped[0].numpy())
    return found


def expected(bug: str, a: np.ndarray, b: np.ndarray, metric: str, norm: str) -> float:
    """The distance of one layer as the bug's code computes it."""
    if bug == "early" and norm == "norm":
        shape = a.shape
        a, b = (normalised(rearranged(m, "spatial")).reshape(shape) for m in (a, b))
        return layer_distance(a, b, metric, norm=False)
    value = layer_distance(a, b, metric, norm == "norm")
    return value / a.shape[0] if bug == "average" else value


def features(exact: Engine, name: str, network: str, image: torch.Tensor) -> Features:
    bug = BUGS[name]
    extractor = exact.extractor(network, bug.weights or "random:3")[0]
    with torch.inference_mode():
        batch = image[None].double()
        return bug.run(extractor, batch) if bug.run else extractor(batch)


@networks
@pytest.mark.parametrize("name", [n for n in BUGS.names() if n != "heads"])
def test_a_bug_is_what_plain_code_with_it_computes(exact: Engine, name: str, network: str) -> None:
    pictures = pair(64, seed=7)
    with torch.inference_mode():
        found = BUGS[name].measure(*(features(exact, name, network, p) for p in pictures), None)
        right = compare(*(features(exact, "average", network, p) for p in pictures), None)
    prepare = INPUTS.get(name, normalise)
    seed = SEED.get(name, 3)
    record = NETWORKS[network]
    first, second = (maps(record, prepare(p.double()), seed, name == "linear") for p in pictures)
    for metric in ("spatial", "mean", "sort"):
        for norm in NORMS:
            wanted = [
                expected(name, a, b, metric, norm) for a, b in zip(first, second, strict=True)
            ]
            assert found.distances[metric, norm][0].tolist() == pytest.approx(wanted, rel=1e-8)
            notices = name != "early" or (norm == "norm" and metric != "spatial")
            differs = right.distances[metric, norm][0].numpy() / np.array(wanted) - 1
            assert bool((abs(differs) > 1e-6).any()) == notices


def package(net: str, network: str, version: str) -> lpips.LPIPS:
    """The lpips package's own model, around our weights of the trunk."""
    with warnings.catch_warnings():
        # The package uses arguments that torchvision has deprecated.
        warnings.simplefilter("ignore")
        model = lpips.LPIPS(net=net, version=version, pnet_rand=True, verbose=False)
    state = weights.load(NETWORKS[network]).state
    model.net.load_state_dict({k: state[k.split(".", 1)[1]] for k in model.net.state_dict()})
    return model.double().eval()


@pytest.mark.parametrize(("network", "net"), [("alexnet", "alex"), ("vgg16", "vgg")])
def test_lpips_is_the_packages(exact: Engine, network: str, net: str, vgg16: str) -> None:
    a, b = pair(64, seed=7)
    extractor, heads = exact.extractor(network)
    images = [p[None].double() for p in (a, b)]
    run = BUGS["half"].run
    assert run is not None
    with torch.inference_mode():
        half = compare(*(run(extractor, p) for p in images), heads)
        wanted = package(net, network, "0.1")(*images, retPerLayer=True)[1]
        layers = half.distances["lpips", "norm"][0].tolist()
        # The package adds 1e-10 to every norm.
        assert layers == pytest.approx([v.item() for v in wanted], rel=1e-6)

        stored = weights.load_heads(NETWORKS[network], BUGS["heads"].heads)
        assert stored is not None
        old = compare(*(extractor(p) for p in images), [head.double() for head in stored])
        # Its version 0.0 does not scale its input, so what it gets is scaled here.
        given = [normalise(p[0])[None] for p in images]
        wanted = package(net, network, "0.0")(*given, retPerLayer=True)[1]
        layers = old.distances["lpips", "norm"][0].tolist()
        assert layers == pytest.approx([v.item() for v in wanted], rel=1e-6)
        assert layers != pytest.approx(
            compare(*(extractor(p) for p in images), heads).distances["lpips", "norm"][0].tolist()
        )


@networks
def test_reading_before_the_relu_counts_a_forward_and_leaves_its_input(
    engine: Engine, network: str
) -> None:
    extractor = engine.extractor(network, "random:3")[0]
    image = pair(64)[0][None]
    kept = image.clone()
    before = extractor.forwards
    run = BUGS["linear"].run
    assert run is not None
    with torch.inference_mode():
        found, right = run(extractor, image), extractor(image)
    assert extractor.forwards == before + 2
    assert torch.equal(image, kept)
    for linear, relu in zip(found.maps, right.maps, strict=True):
        assert torch.allclose(linear.relu(), relu, atol=1e-4 * float(relu.max()))
        assert float(linear.min()) < 0


def test_every_bug_differs_in_one_field() -> None:
    for bug in BUGS:
        changed = [
            bug.run is not None,
            bool(bug.weights),
            bug.measure is not compare,
            bool(bug.heads),
        ]
        assert sum(changed) == 1
        assert bug.mistake.endswith(".") and bug.wrong and bug.right
