"""Gradients of the distance itself, on features."""

from __future__ import annotations

import pytest
import torch

from explorer.comparison import compare
from explorer.features import Features
from explorer.metrics import METRICS, Metric
from explorer.metrics.distance import contributions, unit


@pytest.mark.parametrize("normed", [True, False])
@pytest.mark.parametrize("metric", [m for m in METRICS if m.rearrange], ids=lambda m: m.name)
def test_gradcheck_of_every_entry_of_features(metric: Metric, normed: bool) -> None:
    generator = torch.Generator().manual_seed(2)
    heads = torch.rand(4, generator=generator, dtype=torch.float64) if metric.weighted else None

    def distance(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        x, y = metric.rearrange(a), metric.rearrange(b)  # type: ignore[misc]
        return contributions(*((unit(x), unit(y)) if normed else (x, y)), heads).mean(1)

    shape = (2, 2, 4, 3, 5)
    a, b = torch.randn(shape, generator=generator, dtype=torch.float64).requires_grad_()
    assert torch.autograd.gradcheck(distance, (a, b))


def test_unit_vectors_and_their_gradients_equal_the_formula() -> None:
    generator = torch.Generator().manual_seed(0)
    values = torch.randn(2, 5, 7, generator=generator, dtype=torch.float64)
    values[0, :, 2] = 0
    weights = torch.randn(2, 5, 7, generator=generator, dtype=torch.float64)
    for scale in (1.0, 1e-13, 1e12):
        given = (values * scale).float().requires_grad_()
        found = unit(given)
        (slope,) = torch.autograd.grad((found * weights.float()).sum(), given)
        exact = given.detach().double()
        length = exact.square().sum(1, keepdim=True).sqrt()
        safe = length.masked_fill(length == 0, torch.inf)
        expected = exact / safe
        wanted = (weights - expected * (weights * expected).sum(1, keepdim=True)) / safe
        assert torch.allclose(found.double(), expected, rtol=1e-5, atol=1e-7)
        assert torch.allclose(slope.double() * scale, wanted * scale, rtol=1e-4, atol=1e-5)
    assert bool(unit(torch.tensor([[[torch.nan], [1.0]]])).isnan().any())


@pytest.mark.parametrize("length", [1.0, 1e-13, 1e-17, 0.0])
def test_gradients_through_compare_are_finite_however_short_the_features(length: float) -> None:
    generator = torch.Generator().manual_seed(0)
    a, b = length * torch.rand(2, 1, 4, 3, 3, generator=generator)
    b.requires_grad_()
    for (metric, norm), found in compare(Features([a]), Features([b])).distances.items():
        (slope,) = torch.autograd.grad(found.sum(), b, retain_graph=True)
        assert bool(slope.isfinite().all()), (metric, norm)
        if norm == "norm":
            assert bool(slope.any()) is (length > 0)


@pytest.mark.parametrize("learns", ["a", "b", "both"])
def test_zero_distance_is_zero_with_and_without_gradients(learns: str) -> None:
    values = torch.rand(2, 8, 5, 7, generator=torch.Generator().manual_seed(1))
    values = values.contiguous(memory_format=torch.channels_last)
    a, b = values.clone(), values.clone()
    for name, tensor in (("a", a), ("b", b)):
        tensor.requires_grad_(learns in (name, "both"))
    for key, found in compare(Features([a]), Features([b])).distances.items():
        assert found.requires_grad and found.tolist() == [[0.0], [0.0]], key
