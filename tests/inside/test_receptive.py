"""Receptive fields are held to gradients through the networks themselves."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import nn

from explorer import weights
from explorer.inside.receptive import Field, fields, spans
from explorer.networks import NETWORKS, Network, Tap
from tests.few import FEW

SIDE = 224


def open_trunk(network: Network) -> nn.Sequential:
    """The trunk such that everything a place sees has a gradient.

    Seeded random weights, made positive, keep every ReLU open; pooling averages its windows
    instead of choosing one value of each.
    """
    trunk = network.trunk()
    trunk.load_state_dict(weights.load(network, "random:3").state)
    trunk.requires_grad_(False)
    for parameter in trunk.parameters():
        parameter.abs_()
    for index, module in enumerate(trunk):
        if isinstance(module, nn.MaxPool2d):
            geometry = (module.kernel_size, module.stride, module.padding, module.ceil_mode)
            trunk[index] = nn.AvgPool2d(*geometry)
    return trunk


def extent(gradient: torch.Tensor) -> tuple[int, int, int, int]:
    """First and last row and column that are not zero."""
    found = gradient[0].sum(0) > 0
    rows, columns = (torch.nonzero(found.any(d)).flatten().tolist() for d in (1, 0))
    assert bool(found[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].all())
    return rows[0], rows[-1], columns[0], columns[-1]


@pytest.mark.parametrize("name", (*FEW, "alexnet_shift_tolerant", "vgg16_shift_tolerant"))
def test_a_place_sees_what_its_gradient_reaches(name: str) -> None:
    network = NETWORKS[name]
    # Where a place sees more than the picture, there is no middle that is not cut off.
    side = 320 if name == "vgg16_shift_tolerant" else SIDE
    picture = torch.rand(1, 3, side, side, generator=torch.Generator().manual_seed(0))
    current = picture.requires_grad_()
    said = zip(fields(network), spans(network, side), strict=True)
    taps = {tap.index: both for tap, both in zip(network.taps, said, strict=True)}
    for index, module in enumerate(open_trunk(network)):
        current = module(current)
        if index not in taps:
            continue
        (field, seen), places = taps[index], current.shape[2]
        assert seen.shape == (places, 2)
        # In the middle nothing is cut off; the first and the last place see over the edges.
        middle = places // 2
        for row, column in ((middle, middle), (0, places - 1)):
            total = current[0, :, row, column].sum()
            (gradient,) = torch.autograd.grad(total, picture, retain_graph=True)
            assert extent(gradient) == (*seen[row].tolist(), *seen[column].tolist())
        first = field.start + middle * field.jump
        assert seen[middle].tolist() == [first, first + field.size - 1]


@pytest.mark.parametrize("name", (*FEW, "alexnet_shift_tolerant"))
@pytest.mark.parametrize("side", [64, 96, 128, 224, 256])
def test_every_pixel_belongs_to_one_cell(name: str, side: int) -> None:
    network = NETWORKS[name]
    current = torch.zeros(1, 3, side, side, device="meta")
    with torch.device("meta"):
        trunk = network.trunk()
    said = zip(fields(network), spans(network, side), strict=True)
    taps = {tap.index: both for tap, both in zip(network.taps, said, strict=True)}
    for index, module in enumerate(trunk):
        current = module(current)
        if index in taps:
            field, seen = taps[index]
            places = current.shape[3]
            edges = field.edges(places, side)
            assert len(seen) == places
            assert (edges[0], edges[-1], len(edges)) == (0, side, places + 1)
            assert (edges[1:] - edges[:-1] >= field.jump / 2).all()


def test_modules_whose_windows_are_unknown_are_refused() -> None:
    for module, said in (
        (nn.Linear(2, 2), "receptive field of Linear is not known"),
        (nn.Conv2d(1, 1, (3, 5)), "square"),
        (nn.Conv2d(1, 1, 3, padding="same"), "padded by a number; 'same'"),
    ):
        network = replace(NETWORKS["alexnet"], trunk=lambda m=module: nn.Sequential(m), taps=())
        with pytest.raises(TypeError, match=said):
            fields(network)


def test_stride_padding_and_dilation() -> None:
    conv = nn.Conv2d(1, 1, 3, stride=2, padding=1, dilation=2)
    taps = (Tap(1, "second", 1),)
    network = replace(
        NETWORKS["alexnet"], trunk=lambda: nn.Sequential(nn.Conv2d(1, 1, 5, 4, 2), conv), taps=taps
    )
    assert fields(network) == (Field(size=5 + 16, jump=8, start=-2 - 4),)
