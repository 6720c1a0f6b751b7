"""The baselines against scikit-image, their published definitions, and what pen and paper give."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from explorer import images
from explorer.baselines import BASELINES, distances
from explorer.images import read_picture, to_tensor
from explorer.weights import BUNDLED
from tests.baselines import definitions
from tests.conftest import pair

SIZES = (64, 96, 224)
Pictures = tuple[torch.Tensor, torch.Tensor]


def value(name: str, a: torch.Tensor, b: torch.Tensor) -> float:
    """The number people know, of two (3, H, W) pictures."""
    return BASELINES[name].value(distances(a[None], b[None])[name].item())


def photograph(side: int = 224, height: int | None = None) -> torch.Tensor:
    picture = read_picture(BUNDLED.parent / "samples" / "coffee.jpg")
    return to_tensor(picture.resize((side, height or side), Image.Resampling.LANCZOS))


def pictures(kind: str, side: int = 224, height: int | None = None) -> Pictures:
    """Two pictures: how they differ is `kind`."""
    photo = photograph(side, height)
    noise = torch.rand(photo.shape, generator=torch.Generator().manual_seed(side))
    other = {
        "noisy": (0.8 * photo + 0.2 * noise),
        "moved": photo.roll((3, 5), (1, 2)),
        "inverted": 1 - photo,
        "noise": noise,
        "plain": photo.mean((1, 2), keepdim=True).expand_as(photo),
    }
    return photo, other[kind]


KINDS = ("noisy", "moved", "inverted", "noise", "plain")
kinds = pytest.mark.parametrize("kind", KINDS)
sizes = pytest.mark.parametrize("size", SIZES)


def arrays(*found: torch.Tensor) -> list[np.ndarray]:
    return [picture.numpy().astype(np.float64) for picture in found]


@kinds
@sizes
def test_mse_and_psnr(kind: str, size: int) -> None:
    a, b = pictures(kind, size)
    x, y = arrays(a, b)
    mse = np.mean((x - y) ** 2)
    assert value("mse", a, b) == pytest.approx(mse, rel=1e-12)
    assert value("psnr", a, b) == pytest.approx(10 * np.log10(1 / mse), rel=1e-12)
    assert value("psnr", a, b) == pytest.approx(
        peak_signal_noise_ratio(x, y, data_range=1), rel=1e-12
    )


@kinds
@pytest.mark.parametrize("shape", [(64, 64), (96, 96), (224, 224), (11, 40), (131, 77)])
def test_ssim_is_scikit_images(kind: str, shape: tuple[int, int]) -> None:
    """Its window is cut off at 3.5 σ, which makes it 11 wide; its mean leaves the borders out."""
    a, b = pictures(kind, *shape)
    expected = structural_similarity(
        *arrays(a, b),
        data_range=1,
        channel_axis=0,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
    )
    assert value("ssim", a, b) == pytest.approx(expected, abs=1e-12)


@kinds
@sizes
def test_ssim_is_its_definition(kind: str, size: int) -> None:
    a, b = pictures(kind, size)
    assert value("ssim", a, b) == pytest.approx(definitions.ssim(*arrays(a, b)), abs=1e-12)


@kinds
@pytest.mark.parametrize("size", [176, 224, 256])
def test_ms_ssim_is_its_definition(kind: str, size: int) -> None:
    a, b = pictures(kind, size)
    assert value("ms-ssim", a, b) == pytest.approx(definitions.ms_ssim(*arrays(a, b)), abs=1e-9)


@kinds
@pytest.mark.parametrize("shape", [(161, 161), (175, 224), (225, 225), (224, 231)])
def test_ms_ssim_where_an_odd_side_is_halved(kind: str, shape: tuple[int, int]) -> None:
    a, b = pictures(kind, *shape)
    assert value("ms-ssim", a, b) == pytest.approx(definitions.ms_ssim(*arrays(a, b)), abs=0.02)


@sizes
def test_noise_against_noise(size: int) -> None:
    a, b = pair(size)
    # The mean of (x − y)² for independent uniform x and y.
    assert value("mse", a, b) == pytest.approx(1 / 6, abs=0.01)
    assert abs(value("ssim", a, b)) < 0.05


@pytest.mark.parametrize("difference", [0.1, 0.01, 0.001])
def test_psnr_of_one_difference_everywhere(difference: float) -> None:
    a = torch.full((3, 32, 32), 0.25, dtype=torch.float64)
    assert value("psnr", a, a + difference) == pytest.approx(-20 * np.log10(difference), rel=1e-9)


@pytest.mark.parametrize(("p", "q"), [(0.0, 1.0), (0.2, 0.8), (0.5, 0.51)])
def test_plain_canvases_differ_in_luminance_only(p: float, q: float) -> None:
    a, b = (torch.full((3, 224, 224), v, dtype=torch.float64) for v in (p, q))
    luminance = (2 * p * q + 1e-4) / (p * p + q * q + 1e-4)
    assert value("ssim", a, b) == pytest.approx(luminance, abs=1e-9)
    assert value("ms-ssim", a, b) == pytest.approx(luminance**0.1333, abs=1e-9)


def test_inverted_noise_is_negative_and_then_zero() -> None:
    a = images.noise(224)
    assert value("ssim", a, 1 - a) < -0.9
    assert value("ms-ssim", a, 1 - a) == 0
