"""Every registered network: its taps, its smallest picture, and nothing overwritten."""

from __future__ import annotations

import re

import pytest
import torch
import torchvision
from torch import nn
from torchvision.models.feature_extraction import create_feature_extractor

from explorer import conversion, weights
from explorer.extractor import Extractor, is_inplace_safe
from explorer.networks import NETWORKS, PipPackage, Torchvision
from tests.few import FEW

PAPER = {
    "alexnet": (1, 4, 7, 9, 11),
    "squeezenet1_1": (1, 4, 7, 9, 10, 11, 12),
    "squeezenet1_1_caffe": (1, 4, 7, 9, 10, 11, 12),
    "vgg16": (3, 8, 15, 22, 29),
}
DTYPES = {torch.float64: 1e-9, torch.float32: 1e-4}
"""Precision → how far numbers may be apart (absolutely, or as a share of themselves)."""
networks = pytest.mark.parametrize("name", FEW)


@pytest.fixture(autouse=True, scope="module")
def cache(tmp_path_factory):
    """A cache of the tests' own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


def extractor(name, dtype=torch.float32):
    """A network with random weights."""
    network = NETWORKS[name]
    return Extractor(network, weights.load(network, "random:4"), torch.device("cpu"), dtype)


def images(height, width, count=1):
    return torch.rand(count, 3, height, width, generator=torch.Generator().manual_seed(height))


def non_empty(trunk, height, width):
    """Whether a trunk runs on random pictures of that size and leaves no map empty."""
    current = images(height, width)
    try:
        for module in trunk:
            current = module(current)
            if not current.numel():
                return False
    except RuntimeError:
        return False
    return True


@networks
def test_record(name):
    network = NETWORKS[name]
    assert network.name == name
    assert tuple(tap.index for tap in network.taps) == PAPER[name]
    assert len({tap.name for tap in network.taps}) == len(network.taps)
    assert (network.mean, network.std) == ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
    assert network.sources
    for source in network.sources:
        assert source.megabytes > 0
        assert source.licence
        if isinstance(source, PipPackage):
            assert re.fullmatch(r"[0-9a-f]{64}", source.sha256)
            assert source.convert in conversion.CONVERTERS
        else:
            assert isinstance(source, Torchvision)
            enum, member = source.enum.split(".")
            entry = getattr(torchvision.models, enum)[member]
            assert re.search(r"-[0-9a-f]{8}\.pth$", entry.url)
            # torchvision counts in 2 ** 20 bytes.
            assert source.megabytes == pytest.approx(entry.meta["_file_size"] * 1.048576, rel=0.01)


@networks
@pytest.mark.parametrize(("height", "width"), [(64, 64), (96, 96), (64, 96)])
def test_taps_have_their_channels(name, height, width):
    made = extractor(name)
    maps = made(images(height, width, count=2)).maps
    assert len(maps) == len(made.network.taps)
    assert len(made.trunk) == made.network.taps[-1].index + 1
    for tap, found in zip(made.network.taps, maps, strict=True):
        assert found.shape[:2] == (2, tap.channels)
        assert found.shape[2] <= height / 2 or name == "vgg16"
        # He-normal weights keep activations alive, neither dying away nor blowing up.
        assert 0.01 < float(found.square().mean()) < 1000
        assert bool((found >= 0).all())


@networks
def test_smallest_is_the_smallest(name):
    """On it the forward runs; a pixel less, on either side, and some map is empty."""
    made = extractor(name)
    side = made.network.smallest
    sizes = range(side - 4, side + 6)
    assert [s for s in sizes if non_empty(made.trunk, s, s)] == list(range(side, side + 6))
    assert not non_empty(made.trunk, side - 1, 48)
    assert not non_empty(made.trunk, 48, side - 1)
    assert all(m.numel() for m in made(images(side, side)).maps)
    assert all(m.numel() for m in made(images(side, 48)).maps)


@networks
@pytest.mark.parametrize("wide", [0, 30])
def test_a_picture_too_small_is_refused(name, wide):
    made = extractor(name)
    side = made.network.smallest
    for height, width in ((side - 1, side + wide), (side + wide, side - 1)):
        with pytest.raises(ValueError) as caught:
            made(images(height, width))
        text = str(caught.value)
        assert made.network.title in text
        assert f"{side} pixels" in text
        assert f"{width} × {height}" in text
        assert text.endswith(".")
        assert "\n" not in text


@pytest.mark.parametrize("shape", [(3, 64, 64), (1, 4, 64, 64), (1, 1, 64, 64), (64, 64)])
def test_a_picture_of_another_shape_is_refused(shape):
    with pytest.raises(ValueError, match=r"Pictures must be N × 3 × H × W; .*\.$"):
        extractor("alexnet")(torch.zeros(shape))


@networks
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_what_is_tapped_stays(name, dtype):
    """Copies taken by hooks, while the plain trunk runs, are what is handed out afterwards."""
    made = extractor(name, dtype)
    taps = [tap.index for tap in made.network.taps]
    assert is_inplace_safe(made.trunk, taps)
    kept, copies = [], []
    for index in taps:
        hook = made.trunk[index].register_forward_hook
        hook(lambda module, given, found: kept.append(found) or copies.append(found.clone()))
    given = images(64, 64)
    before = given.clone()
    with torch.inference_mode():
        made.trunk(made.prepare(given))
        plain = list(copies)
        assert len(plain) == len(taps)
        assert all(torch.equal(found, copy) for found, copy in zip(kept, plain, strict=True))
        maps = made(given).maps
    for found, copy in zip(maps, plain, strict=True):
        torch.testing.assert_close(found, copy, rtol=DTYPES[dtype], atol=DTYPES[dtype])
    assert torch.equal(given, before), "the caller's picture stays, too"


def test_overwritten_taps_are_noticed():
    """The rule says no where a tapped map is really overwritten, and there only."""
    trunk = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(inplace=True), nn.MaxPool2d(2))
    trunk.requires_grad_(False)
    for index in range(len(trunk)):
        tapped = trunk[: index + 1](images(9, 9))
        copy = tapped.clone()
        trunk[index + 1 :](tapped)
        assert is_inplace_safe(trunk, [index]) == torch.equal(tapped, copy)
    assert not is_inplace_safe(trunk, [0])
    assert is_inplace_safe(trunk, [1, 2])


@networks
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_taps_are_torchvisions(name, dtype):
    """Against torchvision's own feature extraction on torchvision's own whole network."""
    made = extractor(name, dtype)
    given = images(96, 80, count=2)
    with torch.device("meta"):
        model = getattr(torchvision.models, name.removesuffix("_caffe"))(weights=None).eval()
    state = weights.load(made.network, "random:4").state
    state = {f"features.{key}": tensor.double() for key, tensor in state.items()}
    assert not model.load_state_dict(state, strict=False, assign=True).unexpected_keys
    nodes = {f"features.{index}": str(index) for index in PAPER[name]}
    if name.startswith("squeezenet"):
        nodes = {f"features.{i}" + (".cat" if i > 1 else ""): str(i) for i in PAPER[name]}
    tapped = create_feature_extractor(model, nodes)
    mean = torch.tensor((0.485, 0.456, 0.406), dtype=torch.float64).view(3, 1, 1)
    std = torch.tensor((0.229, 0.224, 0.225), dtype=torch.float64).view(3, 1, 1)
    with torch.inference_mode():
        wanted = tapped((given.double() - mean) / std)
        found = made(given).maps
    assert list(wanted) == [str(tap.index) for tap in made.network.taps]
    for ours, theirs in zip(found, wanted.values(), strict=True):
        torch.testing.assert_close(ours.double(), theirs, rtol=DTYPES[dtype], atol=DTYPES[dtype])
