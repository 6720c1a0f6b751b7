"""Every network, run once: its taps, its preprocessing, its weights' names, metric identities."""

from __future__ import annotations

import operator
import re

import numpy as np
import pytest
import torch
import torchvision
from torch import fx, nn

from explorer import conversion, weights
from explorer.comparison import compare
from explorer.extractor import Extractor, is_inplace_safe
from explorer.features import Features
from explorer.inside import Pair
from explorer.inside.channels import contributions
from explorer.inside.locality import MODES, Original
from explorer.inside.matching import matching
from explorer.inside.provenance import flow
from explorer.networks import NETWORKS, Network, Torchvision
from explorer.results import NORMS
from tests.few import FEW

HALF = ((0.5,) * 3, (0.5,) * 3)
LISTED = [
    "alexnet",
    "vgg11",
    "vgg11_bn",
    "vgg13",
    "vgg13_bn",
    "vgg16",
    "vgg16_bn",
    "vgg19",
    "vgg19_bn",
    "squeezenet1_0",
    "squeezenet1_1",
    "squeezenet1_1_caffe",
    "densenet121",
    "densenet161",
    "densenet169",
    "densenet201",
    "resnet18",
    "resnet34",
    "resnet50",
    "resnet101",
    "resnet152",
    "wide_resnet50_2",
    "wide_resnet101_2",
    "resnext50_32x4d",
    "resnext101_32x8d",
    "googlenet",
    "inception_v3",
    "mobilenet_v2",
    "mobilenet_v3_large",
    "mobilenet_v3_small",
    "shufflenet_v2_x1_0",
    "shufflenet_v2_x2_0",
    "mnasnet1_0",
    "efficientnet_b0",
    "efficientnet_b1",
    "efficientnet_b2",
    "efficientnet_b3",
    "efficientnet_b4",
    "efficientnet_b5",
    "efficientnet_b6",
    "efficientnet_b7",
    "regnet_x_400mf",
    "regnet_x_800mf",
    "regnet_x_1_6gf",
    "regnet_x_3_2gf",
    "regnet_x_8gf",
    "regnet_x_16gf",
    "regnet_x_32gf",
    "regnet_y_400mf",
    "regnet_y_800mf",
    "regnet_y_1_6gf",
    "regnet_y_3_2gf",
    "regnet_y_8gf",
    "regnet_y_16gf",
    "regnet_y_32gf",
    "convnext_tiny",
    "vit_b_16",
    "alexnet_shift_tolerant",
    "vgg16_shift_tolerant",
]
every = pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.name)


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    """Small batches in many layers: threads would mostly wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def entry(network: Network) -> tuple[object, Torchvision]:
    """The entry that torchvision has of the weights, and the source that names it."""
    (source,) = (s for s in network.sources if isinstance(s, Torchvision))
    enum, member = source.enum.split(".")
    return getattr(torchvision.models, enum)[member], source


def test_all_that_are_listed_are_here() -> None:
    assert sorted(NETWORKS.names()) == sorted(LISTED)


@pytest.mark.parametrize(
    "name", [n for n in LISTED if not n.endswith(("_caffe", "_shift_tolerant"))]
)
def test_the_record_is_torchvisions(name: str) -> None:
    network = NETWORKS[name]
    found, source = entry(network)
    assert re.search(r"-[0-9a-f]{8,}\.pth$", found.url)
    assert source.megabytes == pytest.approx(found.meta["_file_size"] * 1.048576, rel=0.02)
    transforms = found.transforms()
    expected = (tuple(transforms.mean), tuple(transforms.std))
    # These two turn ImageNet's normalisation into inputs in [-1, 1] within the model.
    inside = name in ("googlenet", "inception_v3")
    assert (network.mean, network.std) == (HALF if inside else expected)
    assert network.family != "Other"
    assert len({tap.name for tap in network.taps}) == len(network.taps)
    assert all(re.fullmatch(r"[a-z0-9_.]+", tap.name, re.IGNORECASE) for tap in network.taps)


@pytest.fixture(scope="module", params=NETWORKS, ids=lambda network: network.name)
def seen(request: pytest.FixtureRequest) -> tuple[Pair, Features]:
    """What each network says of two pictures; and of the first one again."""
    network: Network = request.param
    extractor = Extractor(
        network, weights.load(network, "random:5"), torch.device("cpu"), torch.float32
    )
    side = max(96, network.smallest)
    images = torch.rand(2, 3, side, side, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        a, b = (extractor(image[None]) for image in images)
        return Pair(network, images[0], images[1], a, b, compare(a, b)), extractor(images[:1])


def test_runs_and_keeps_the_identities(seen: tuple[Pair, Features]) -> None:
    """Declared shapes, living features, d(x, x) = 0, symmetry, mean ≤ sort ≤ spatial."""
    pair, again = seen
    network, a, b, there = pair.network, pair.features_a, pair.features_b, pair.compared
    with torch.inference_mode():
        back, same = compare(b, a), compare(a, again)
    sizes = [found.shape[2] for found in a.maps]
    assert sizes == sorted(sizes, reverse=True), "the deeper, the coarser"
    for tap, found in zip(network.taps, a.maps, strict=True):
        assert found.shape[:2] == (1, tap.channels)
        assert 0.05 < float(found.square().mean().sqrt()) < 2000, f"{tap.name} dies or blows up"
    for key, distance in there.distances.items():
        assert bool((distance > 0).all() and distance.isfinite().all()), key
        assert torch.equal(distance, back.distances[key]), key
        assert not same.distances[key].any(), key
    spatial, mean, sort = (there.distances[m, "raw"] for m in ("spatial", "mean", "sort"))
    assert bool((mean <= sort * (1 + 1e-5)).all() and (sort <= spatial * (1 + 1e-5)).all())


def test_what_look_inside_breaks_a_distance_into_adds_up(seen: tuple[Pair, Features]) -> None:
    """Channels and arrows of every layer; windows equal spatial and sort or mean at their ends."""
    pair, _ = seen
    with torch.inference_mode():
        for layer in range(len(pair.layers)):
            _, height, width = pair.shape(layer)
            ends = {(1, 1): dict.fromkeys(MODES, "spatial"), (height, width): {m: m for m in MODES}}
            found = matching(pair, layer)
            windowed = {
                blocks: Original(pair.features_a, layer, blocks).distances(pair.features_b)
                for blocks in ends
            }
            for norm in NORMS:
                for metric in ("spatial", "mean", "sort"):
                    distance = pair.distance(metric, norm, layer)
                    parts = contributions(pair, metric, norm, layer)
                    assert parts.sum() == pytest.approx(distance, rel=1e-4)
                    if metric != "mean":
                        carried = flow(pair, metric, norm, layer, found).carried
                        assert carried.sum(dtype=np.float64) == pytest.approx(distance, rel=1e-4)
                for blocks, equals in ends.items():
                    for mode, metric in equals.items():
                        expected = pair.distance(metric, norm, layer)
                        assert windowed[blocks][mode, norm] == pytest.approx(expected, rel=1e-6)


@every
def test_other_sizes(network: Network) -> None:
    """A pixel less than the smallest is refused with a sentence; a fixed size with another."""
    side = network.smallest
    assert network.refusal(side, side) is None
    words = "exactly" if network.fixed else "at least"
    text = network.refusal(side - 1, side)
    assert text is not None and words in text and f"{side} × {side - 1}" in text
    larger = network.refusal(side, side + 1)
    assert (larger is not None) is network.fixed


@pytest.mark.parametrize(
    "name", ["resnet18", "mobilenet_v3_small", "googlenet", "inception_v3", "convnext_tiny"]
)
def test_the_smallest_side_is_enough(name: str) -> None:
    network = NETWORKS[name]
    trunk = conversion.empty_trunk(network).eval()
    side = network.smallest
    found = trunk(torch.empty(1, 3, side, side, device="meta"))
    assert all(found[tap.node].numel() for tap in network.taps)


@every
def test_what_is_tapped_is_not_overwritten(network: Network) -> None:
    trunk = conversion.empty_trunk(network)
    if isinstance(trunk, nn.Sequential):
        assert is_inplace_safe(trunk, [tap.index for tap in network.taps])
        return
    assert isinstance(trunk, fx.GraphModule)
    assert not any(getattr(module, "inplace", False) for module in trunk.modules())
    (output,) = trunk.graph.find_nodes(op="output")
    tapped = set(output.all_input_nodes)
    tapped |= {node for outer in tapped for node in outer.all_input_nodes if network.fixed}
    for node in trunk.graph.nodes:
        assert not node.kwargs.get("inplace")
        if node.target in (operator.iadd, operator.imul):
            assert node.args[0] not in tapped, node


@pytest.mark.parametrize("name", ["densenet121", "vit_b_16", "googlenet", "resnet18", "vgg11_bn"])
def test_taps_are_torchvisions(name: str) -> None:
    """Against hooks on torchvision's own whole model, with weights of its own, in float64.

    The weights go through what a download goes through, under the names of older files.
    """
    torch.manual_seed(4)
    extra = {"init_weights": True} if name == "googlenet" else {}
    model = getattr(torchvision.models, name)(weights=None, **extra).eval()
    if name == "googlenet":
        model.transform_input = True
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
    network = NETWORKS[name]
    state = {_older(key): tensor for key, tensor in model.state_dict().items()}
    loaded = weights.Loaded(weights.fitting(state, network, "test"), weights.WeightsInfo("", ""))
    extractor = Extractor(network, loaded, torch.device("cpu"), torch.float64)
    kept: list[torch.Tensor] = []
    places = HOOKS[name]
    for place in places:
        model.get_submodule(place).register_forward_hook(
            lambda module, given, found: kept.append(found.clone())
        )
    images = torch.rand(2, 3, 224, 224, dtype=torch.float64)
    transforms = entry(network)[0].transforms()
    mean, std = (
        torch.tensor(v, dtype=torch.float64).view(3, 1, 1)
        for v in (transforms.mean, transforms.std)
    )
    with torch.inference_mode():
        model.double()((images - mean) / std)
        found = extractor(images).maps
    wanted = [TURNED.get(name, lambda m: m)(m) for m in kept]
    assert len(found) == len(wanted) == len(network.taps)
    for ours, theirs in zip(found, wanted, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-8, atol=1e-8)


HOOKS = {
    "densenet121": (
        "features.relu0",
        *(f"features.transition{i}.relu" for i in (1, 2, 3)),
        "features.norm5",
    ),
    "vit_b_16": tuple(f"encoder.layers.encoder_layer_{i}" for i in (2, 5, 8, 11)),
    "googlenet": ("conv1", "conv3", "inception3b", "inception4e", "inception5b"),
    "resnet18": ("bn1", "layer1", "layer2", "layer3", "layer4"),
    "vgg11_bn": tuple(f"features.{i}" for i in (2, 6, 13, 20, 27)),
}
TURNED = {
    "densenet121": torch.relu,
    "resnet18": torch.relu,
    # Row by row, without the class token.
    "vit_b_16": lambda tokens: torch.stack(
        [tokens[:, 1 + 14 * i : 15 + 14 * i].transpose(1, 2) for i in range(14)], 2
    ),
}


def _older(key: str) -> str:
    """The name that a tensor has in files from before torchvision's names changed."""
    key = re.sub(r"(denselayer\d+\.(?:norm|conv))(\d)\.", r"\1.\2.", key)
    return re.sub(r"mlp\.([03])\.", lambda m: f"mlp.linear_{int(m[1]) // 3 + 1}.", key)


def test_random_weights_are_seeded() -> None:
    network = NETWORKS["mobilenet_v3_small"]
    first, again, other = (weights.load(network, f"random:{seed}") for seed in (7, 7, 8))
    assert first.info == again.info and first.info.sha256 != other.info.sha256
    assert all(torch.equal(tensor, again.state[key]) for key, tensor in first.state.items())
    assert not any(key.endswith("num_batches_tracked") for key in first.state)


def test_a_network_that_is_no_sequence_says_so_to_who_walks_it() -> None:
    network = NETWORKS["mobilenet_v3_small"]
    made = Extractor(network, weights.load(network, "random:1"), torch.device("cpu"), torch.float32)
    with pytest.raises(ValueError, match=r"MobileNet v3 small is no plain sequence .*\.$"):
        made.modules()


def test_few_are_networks() -> None:
    assert set(FEW) <= set(NETWORKS.names())
