"""Winograd's convolutions are convolutions: as close to float64's as float32 lets them be."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from explorer import weights
from explorer.comparison import compare
from explorer.extractor import Extractor
from explorer.networks import NETWORKS
from explorer.winograd import ROWS, TILES, Convolution, pays, transforms
from tests.few import FEW

TILED = [(kernel, tile) for kernel, tiles in TILES.items() for tile in tiles]


def convolution(kernel: int, padding: int, channels: tuple[int, int] = (48, 40)) -> nn.Conv2d:
    return nn.Conv2d(*channels, kernel, padding=padding).requires_grad_(False)


@pytest.mark.parametrize(("kernel", "tile"), TILED)
def test_the_algorithm_is_exact(kernel: int, tile: int) -> None:
    """Along one side, in float64, against the sum that defines a convolution."""
    found = transforms(tile, kernel)
    w, x = torch.randn(kernel).double(), torch.randn(tile + kernel - 1).double()
    direct = x.unfold(0, kernel, 1) @ w
    ours = found.output @ ((found.kernel @ w) * (found.input @ x))
    torch.testing.assert_close(ours, direct, rtol=1e-12, atol=1e-12)
    assert found.input.abs().max() == 1


@pytest.mark.parametrize("kernel", TILES)
@pytest.mark.parametrize("padding", [0, 1, 2, 3])
@pytest.mark.parametrize("size", [(5, 5), (7, 6), (11, 11), (13, 27), (32, 8), (70, 41)])
@pytest.mark.parametrize("count", [1, 9])
def test_equals_the_direct_convolution(
    kernel: int, padding: int, size: tuple[int, int], count: int
) -> None:
    conv = convolution(kernel, padding)
    x = torch.rand(count, 48, *size).contiguous(memory_format=torch.channels_last)
    exact = nn.functional.conv2d(
        x.double(), conv.weight.double(), conv.bias.double(), padding=padding
    )
    with torch.inference_mode():
        linear, relu = (Convolution(conv, r)(x) for r in (False, True))
    limit = 1e-5 * float(exact.abs().max())
    assert linear.shape == exact.shape and float((linear - exact).abs().max()) < limit
    assert torch.equal(relu, linear.relu())
    assert linear.is_contiguous(memory_format=torch.channels_last) or min(linear.shape[2:]) == 1
    plain = x.contiguous()
    with torch.inference_mode():
        assert torch.equal(Convolution(conv, False)(plain), linear)


def test_many_tiles_are_taken_in_equal_parts() -> None:
    """Whatever their number, also where it fills the parts just or not quite."""
    conv = convolution(3, 0)
    for count in (ROWS - 1, ROWS, ROWS + 1, 2 * ROWS, 2 * ROWS + 5):
        x = torch.rand(count, 48, 3, 3).contiguous(memory_format=torch.channels_last)
        with torch.inference_mode():
            found = Convolution(conv, False)(x)
            assert torch.equal(found[-1:], Convolution(conv, False)(x[-1:]))
        exact = torch.einsum("nchw,ochw->no", x.double(), conv.weight.double())
        torch.testing.assert_close(
            found[..., 0, 0].double(), exact + conv.bias.double(), rtol=1e-5, atol=1e-5
        )


def test_other_convolutions_go_the_direct_way() -> None:
    assert pays(convolution(3, 1))
    for other in (
        nn.Conv2d(48, 48, 1),
        nn.Conv2d(48, 48, 7),
        nn.Conv2d(48, 48, (3, 5)),
        nn.Conv2d(48, 48, 3, stride=2),
        nn.Conv2d(48, 48, 3, dilation=2),
        nn.Conv2d(48, 48, 3, groups=2),
        nn.Conv2d(48, 48, 3, padding="same"),
        nn.Conv2d(48, 48, 3, padding=1, padding_mode="reflect"),
        nn.Conv2d(3, 48, 3),
        nn.Conv2d(48, 48, 3, bias=False),
    ):
        assert not pays(other), other


def made(name: str) -> Extractor:
    network = NETWORKS[name]
    return Extractor(network, weights.load(network, "random:1"), torch.device("cpu"), torch.float32)


@pytest.mark.parametrize("name", [*FEW, "alexnet_shift_tolerant"])
@pytest.mark.parametrize("fewer", [True, False])
def test_a_picture_gives_the_same_in_every_batch(name: str, fewer: bool) -> None:
    """To the last bit, wherever it stands and whatever else is in the batch."""
    bulk = made(name).in_bulk(fewer)
    pictures = torch.rand(33, 3, 64, 64)
    with torch.inference_mode():
        whole = bulk(pictures).maps
        for some in ([0], [32], [5, 6], [7, 7, 7], list(range(1, 12)), list(range(33))[::-1]):
            for found, expected in zip(bulk(pictures[some]).maps, whole, strict=True):
                assert torch.equal(found, expected[some])
                assert found.stride(1) == 1


@pytest.mark.parametrize("name", FEW)
@pytest.mark.parametrize("size", [64, 96, 224])
def test_scores_in_bulk_are_those_of_single_pictures(name: str, size: int) -> None:
    """To 1e-4 for pictures that differ; an extractor that is in bulk leaves its original alone."""
    single = made(name)
    bulk = single.in_bulk(fewer=True)
    a = torch.rand(2, 3, size, size)
    b = (a + 0.2 * torch.rand(2, 3, size, size)).clamp(0, 1)
    with torch.inference_mode():
        found = compare(bulk(a), bulk(b)).distances
        for i in range(2):
            expected = compare(single(a[i : i + 1]), single(b[i : i + 1])).distances
            for key, layers in expected.items():
                assert float(found[key][i].sum()) == pytest.approx(float(layers.sum()), rel=1e-4)
