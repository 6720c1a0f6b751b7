"""The fast trunk gives what the plain modules give, at every size."""

from __future__ import annotations

import pytest
import torch

from explorer import weights
from explorer.extractor import PACKED_SIZES, Extractor
from explorer.networks import NETWORKS
from explorer.trunk import can_pack, stages
from tests.few import FEW

IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)

SIZES = (64, 96, 128, 224)


def extractor(name: str, dtype: torch.dtype = torch.float32) -> Extractor:
    network = NETWORKS[name]
    return Extractor(network, weights.load(network, "random:1"), torch.device("cpu"), dtype)


def plain(made: Extractor, images: torch.Tensor) -> list[torch.Tensor]:
    current = made.prepare(images)
    found = []
    for index, module in enumerate(made.trunk):
        current = module(current)
        if index in {tap.index for tap in made.network.taps}:
            found.append(current.clone())
    return found


@pytest.mark.parametrize("name", FEW)
@pytest.mark.parametrize("count", [1, 3])
def test_equals_the_plain_modules_whatever_came_before(name: str, count: int) -> None:
    made = extractor(name)
    generator = torch.Generator().manual_seed(0)
    for size in (*SIZES, SIZES[0]):
        images = torch.rand(count, 3, size, size, generator=generator)
        with torch.inference_mode():
            found, expected = made(images).maps, plain(made, images)
        for a, b in zip(found, expected, strict=True):
            assert float((a - b).abs().max()) <= 1e-5 * float(b.abs().max())
    assert len(made._packed) == (PACKED_SIZES if count == 1 else 0)


@pytest.mark.parametrize("shape", [(1, 64, 64), (5, 64, 96), (2, 71, 83)], ids=str)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_memory_layout_changes_nothing(shape: tuple[int, int, int], dtype: torch.dtype) -> None:
    made = extractor("alexnet", dtype)
    generator = torch.Generator().manual_seed(0)
    count, height, width = shape
    images = torch.rand(count, height, width, 3, generator=generator).permute(0, 3, 1, 2)
    mean, std = (
        torch.tensor(v, dtype=dtype).view(1, 3, 1, 1) for v in (IMAGENET_MEAN, IMAGENET_STD)
    )
    with torch.inference_mode():
        for given in (images, images.contiguous()):
            prepared = made.prepare(given)
            assert torch.equal(prepared, (images.to(dtype) - mean) / std)
            assert prepared.is_contiguous(memory_format=torch.channels_last)


def test_gradients_go_through_the_plain_modules() -> None:
    images = torch.rand(1, 3, 64, 64, requires_grad=True)
    extractor("alexnet")(images).maps[-1].sum().backward()
    assert images.grad is not None and bool(images.grad.abs().sum() > 0)


def test_packing_is_for_float32_on_the_cpu_only() -> None:
    assert not can_pack(torch.zeros(1, 3, 64, 64, dtype=torch.float64))
    made = extractor("alexnet", torch.float64)
    example = made.prepare(torch.zeros(1, 3, 64, 64))
    assert [run for run, _ in stages(made.trunk, example)] == list(made.trunk)
