"""Shift-tolerant LPIPS against its authors' package, with the weights that both fetch."""

from __future__ import annotations

import importlib
import sys
import types
from pathlib import Path
from typing import Any

import pytest
import torch

from explorer import weights
from explorer.engine import Engine
from explorer.networks import NETWORKS
from explorer.networks.shift_tolerant import BlurPool
from tests.conftest import fetched, pair

FILES = {"alexnet_shift_tolerant": "alex", "vgg16_shift_tolerant": "vgg"}


@pytest.fixture
def package(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The package without what it needs but does not say: IPython and torchsummary, never used."""
    for name, attribute in (("IPython", "embed"), ("torchsummary", "summary")):
        stand_in = types.ModuleType(name)
        setattr(stand_in, attribute, None)
        monkeypatch.setitem(sys.modules, name, stand_in)
    found = importlib.import_module("stlpips_pytorch.stlpips")
    yield found
    for name in [n for n in sys.modules if n.startswith("stlpips_pytorch")]:
        del sys.modules[name]


def stored(package: Any, network: str) -> Path:
    """The file of weights within the package."""
    folder = Path(package.__file__).parent / "weights" / "vST0.0"
    return folder / f"{FILES[network]}_shift_tolerant.pth"


@pytest.mark.fetch
@pytest.mark.parametrize("size", [64, 97, 224])
@pytest.mark.parametrize("network", FILES)
def test_equals_its_authors_package(package: Any, network: str, size: int, exact: Engine) -> None:
    model = package.LPIPS(net=FILES[network], variant="shift_tolerant", verbose=False).double()
    # The package's own constants are float32: ours in the same words.
    record = NETWORKS[fetched(network)]
    own = torch.tensor([record.mean, record.std], dtype=torch.float64).view(2, 1, 3, 1, 1)
    model.scaling_layer.shift, model.scaling_layer.scale = own[0] * 2 - 1, own[1] * 2
    a, b = (picture.double() for picture in pair(size, seed=size))
    with torch.inference_mode():
        expected, layers = model(a[None], b[None], retPerLayer=True, normalize=True)
    score = exact.compare_images(a, b, network).scores["lpips", "norm"]
    # The package adds 1e-10 to norms; and it adds the layers up in the place of the first.
    assert score.total == pytest.approx(expected.item(), rel=1e-7)
    assert list(score.layers[1:]) == pytest.approx([v.item() for v in layers[1:]], rel=1e-7)


@pytest.mark.parametrize("network", FILES)
def test_the_file_of_the_package_is_read_as_it_is(
    package: Any, network: str, engine: Engine
) -> None:
    a, b = pair(64)
    path = stored(package, network)
    found = engine.compare_images(a, b, network, str(path))
    fetched(network)
    expected = engine.compare_images(a, b, network)
    key = ("spatial", "norm")
    assert found.scores[key].layers == pytest.approx(expected.scores[key].layers, rel=1e-6)
    # What a file holds is not known to be what the heads were trained on.
    assert ("lpips", "norm") in expected.scores and ("lpips", "norm") not in found.scores


def test_heads_are_those_of_the_package(package: Any) -> None:
    for network in FILES:
        state = torch.load(stored(package, network), "cpu", weights_only=True)
        heads = weights.load_heads(NETWORKS[network])
        assert heads is not None and len(heads) == 5
        for i, head in enumerate(heads):
            assert torch.equal(head, state[f"lin{i}.model.1.weight"].flatten())
        assert weights.load_heads(NETWORKS[network], weights.OLD_HEADS_FILE) is None


@pytest.mark.parametrize("side", [3, 4, 9, 20])
def test_blur_pool_is_the_binomial_filter(side: int) -> None:
    maps = torch.rand(2, 5, side, side + 1, dtype=torch.float64)
    line = torch.tensor([1.0, 2.0, 1.0], dtype=torch.float64)
    kernel = (line[:, None] * line / 16).expand(5, 1, 3, 3)
    mirrored = torch.nn.functional.pad(maps, (2, 2, 2, 2), mode="reflect")
    expected = torch.nn.functional.conv2d(mirrored, kernel, stride=2, groups=5)
    found = BlurPool()(maps)
    assert found.shape[2] == (side + 3) // 2
    torch.testing.assert_close(found, expected)


def test_a_shift_matters_less_than_to_the_plain_network(engine: Engine) -> None:
    """What it is for: half a stride of shift of a smooth picture, against LPIPS's own."""
    wide = torch.nn.functional.interpolate(
        torch.rand(1, 3, 20, 20), (200, 200), mode="bicubic"
    ).clamp(0, 1)[0]
    a, b = wide[:, 20:148, 20:148], wide[:, 22:150, 22:150]
    key = ("lpips", "norm")
    ours = engine.compare_images(a, b, fetched("alexnet_shift_tolerant")).scores[key].total
    plain = engine.compare_images(a, b, "alexnet").scores[key].total
    far = engine.compare_images(a, 1 - a, "alexnet_shift_tolerant").scores[key].total
    near = engine.compare_images(a, 1 - a, "alexnet").scores[key].total
    assert ours / far < plain / near
