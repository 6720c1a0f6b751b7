"""DISTS against its authors' package: the same weights must give the same numbers."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import DISTS_pytorch
import pytest
import torch
import torchvision
from PIL import Image

from explorer import dists, weights
from explorer.baselines import BASELINES, distances
from explorer.images import read_picture, to_tensor
from explorer.networks import NETWORKS
from tests.conftest import pair


@pytest.fixture
def oracle(vgg16: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The package's own model, around our weights of VGG-16 and its own of the channels."""
    trunk = NETWORKS[vgg16].trunk()
    trunk.load_state_dict(weights.load(NETWORKS[vgg16]).state)
    with monkeypatch.context() as patch:
        features = SimpleNamespace(features=trunk)
        patch.setattr(torchvision.models, "vgg16", lambda pretrained: features)
        model = DISTS_pytorch.DISTS(load_weights=False)
    # The package looks for this file in a folder that depends on how it was installed.
    mix = torch.load(Path(DISTS_pytorch.__file__).parent / "weights.pt", weights_only=True)
    model.alpha.data, model.beta.data = mix["alpha"], mix["beta"]
    return model.eval()


def photograph() -> torch.Tensor:
    picture = read_picture(weights.BUNDLED.parent / "samples" / "coffee.jpg")
    return to_tensor(picture.resize((224, 224), Image.Resampling.LANCZOS))


@pytest.mark.parametrize("size", [16, 64, 97, 224])
def test_equals_its_authors_package_on_noise(size: int, oracle: Any) -> None:
    a, b = (picture[None] for picture in pair(size, seed=size))
    found = dists.load().distance(a, b)
    assert found.item() == pytest.approx(oracle(a, b).item(), abs=2e-6)


def test_equals_its_authors_package_on_photographs(oracle: Any) -> None:
    a = photograph()
    noise = torch.rand(a.shape, generator=torch.Generator().manual_seed(0))
    others = torch.stack([0.9 * a + 0.1 * noise, a.roll(7, 2), 1 - a, torch.full_like(a, 0.5)])
    found = distances(a[None], others, [dists.load()])["dists"]
    expected = oracle(a.expand_as(others), others)
    assert found.tolist() == pytest.approx(expected.tolist(), abs=2e-6)


def test_zero_for_identical_pictures_only(vgg16: str) -> None:
    a = photograph()
    nearly = a.clone()
    nearly[:, 100:110, 100:110] += 0.02 * (0.5 - nearly[:, 100:110, 100:110]).sign()
    same, other = dists.load().distance(a.expand(2, -1, -1, -1), torch.stack([a.clone(), nearly]))
    assert same == 0
    assert 0 < other < 0.01


def test_symmetric(vgg16: str) -> None:
    a, b = (picture[None] for picture in pair(64))
    there, back = dists.load().distance(a, b), dists.load().distance(b, a)
    assert there.dtype == torch.float64
    assert there.item() == pytest.approx(back.item(), rel=1e-6)


def test_stands_beside_the_others_when_asked_to(vgg16: str) -> None:
    baseline = dists.load()
    assert baseline.name not in BASELINES
    assert baseline.value(0.25) == 0.25
    a, b = (picture[None] for picture in pair(64))
    assert tuple(distances(a, b, (*BASELINES, baseline))) == ("mse", "psnr", "ssim", "dists")
    assert tuple(distances(a[..., :15], b[..., :15], (*BASELINES, baseline))) == (
        "mse",
        "psnr",
        "ssim",
    )


def test_says_so_without_vgg16s_weights(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    dists.load.cache_clear()
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path))
    assert not dists.available()
    with pytest.raises(weights.WeightsError, match="vgg16 are not on this machine"):
        dists.load()


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device here")
def test_a_gpu_gives_the_same_numbers(vgg16: str) -> None:
    a, b = (picture[None] for picture in pair(224))
    found = distances(a.cuda(), b.cuda(), [dists.load("cuda")])["dists"]
    assert found.item() == pytest.approx(dists.load().distance(a, b).item(), rel=1e-3)
