"""Properties of every metric, on features of every kind."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from explorer.comparison import compare
from explorer.features import Features
from explorer.metrics import METRICS
from explorer.metrics.sorting import sort_rows, sort_rows_with_order
from tests.plain import layer_distance

SHAPES = [(8, 7, 5), (16, 1, 1), (3, 20, 20), (64, 33, 33)]


def made(kind: str, seed: int, count: int = 1, dtype: torch.dtype = torch.float32) -> Features:
    """Feature maps of `SHAPES`, of a kind that networks really produce."""
    generator = torch.Generator().manual_seed(seed)
    maps = []
    for shape in SHAPES:
        values = torch.randn(count, *shape, generator=generator, dtype=dtype)
        if kind == "relu":
            values = values.relu()
        elif kind == "sparse":
            values = values.relu() * (torch.rand(values.shape, generator=generator) > 0.9)
        elif kind == "flat":
            values = torch.full_like(values, 0.5 + seed)
        elif kind == "zero":
            values = torch.zeros_like(values)
        maps.append(values.contiguous(memory_format=torch.channels_last))
    return Features(maps)


KINDS = ["relu", "signed", "sparse", "flat", "zero"]


@pytest.mark.parametrize("first", KINDS)
@pytest.mark.parametrize("second", KINDS)
def test_equals_the_plain_definitions(first: str, second: str) -> None:
    a, b = made(first, 1), made(second, 2)
    found = compare(a, b).distances
    for (metric, norm), values in found.items():
        for layer, value in enumerate(values[0].tolist()):
            x, y = (f.maps[layer][0].numpy() for f in (a, b))
            expected = layer_distance(x, y, metric, norm == "norm")
            assert value == pytest.approx(expected, rel=1e-5, abs=1e-12), (metric, norm, layer)


@pytest.mark.parametrize("kind", KINDS)
def test_identity_and_symmetry(kind: str) -> None:
    a, same, b = made(kind, 1), made(kind, 1), made("relu", 2)
    forth, back = compare(a, b).scores(), compare(b, a).scores()
    for key, score in compare(a, same).scores().items():
        assert score.layers == (0.0,) * len(SHAPES), key
        assert forth[key].layers == pytest.approx(back[key].layers, rel=1e-6), key
        assert all(v >= 0 for v in forth[key].layers)


@pytest.mark.parametrize("kind", ["relu", "signed", "sparse"])
def test_mean_below_sort_below_spatial(kind: str) -> None:
    scores = compare(made(kind, 1), made(kind, 2)).scores()
    for mean, sort, spatial in zip(
        *(scores[m, "raw"].layers for m in ("mean", "sort", "spatial")), strict=True
    ):
        assert mean <= sort * (1 + 1e-6) and sort <= spatial * (1 + 1e-6)


def test_mean_and_sort_forget_positions() -> None:
    a, b = made("relu", 1), made("relu", 2)
    shuffled = []
    for values in b.maps:
        n, c, h, w = values.shape
        places = torch.randperm(h * w, generator=torch.Generator().manual_seed(0))
        shuffled.append(values.flatten(2)[:, :, places].reshape(n, c, h, w))
    before, after = compare(a, b).scores(), compare(a, Features(shuffled)).scores()
    for key in before:
        same = after[key].layers == pytest.approx(before[key].layers, rel=1e-5)
        assert same is (key[0] in ("mean", "sort")), key


def test_sums_are_sums_and_every_registered_metric_is_scored() -> None:
    heads = [torch.rand(shape[0]) for shape in SHAPES]
    scores = compare(made("relu", 1), made("relu", 2), heads).scores()
    assert set(scores) == {(m.name, n) for m in METRICS for n in m.norms}
    for metric in METRICS:
        for norm in metric.norms:
            parts = [scores[part, norm].layers for part in metric.parts]
            assert scores[metric.name, norm].layers == pytest.approx(
                [sum(p) for p in zip(*parts, strict=True)]
            )


def test_a_batch_equals_its_pictures_one_by_one() -> None:
    one, many = made("relu", 1), made("relu", 5, count=4)
    together = compare(one, many)
    for i in range(4):
        alone = compare(one, Features([m[i : i + 1] for m in many.maps])).scores()
        for key, score in together.scores(i).items():
            assert score.layers == pytest.approx(alone[key].layers, rel=1e-6)


def test_different_sizes_are_refused_with_a_sentence() -> None:
    small = Features([torch.rand(1, 8, 3, 3)])
    large = Features([torch.rand(1, 8, 4, 4)])
    with pytest.raises(ValueError, match="need the same size"):
        compare(small, large)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("kind", ["relu", "signed", "flat"])
def test_sorting_with_and_without_order(kind: str, dtype: torch.dtype) -> None:
    for values in made(kind, 3, dtype=dtype).maps:
        rows = values.flatten(2)
        before = rows.clone()
        plain, (ordered, order) = sort_rows(rows), sort_rows_with_order(rows)
        expected = np.sort(before.numpy(), axis=-1)
        assert torch.equal(rows, before)
        assert np.array_equal(plain.numpy(), expected)
        assert np.array_equal(ordered.numpy(), expected)
        stable = torch.from_numpy(np.argsort(before.numpy(), axis=-1, kind="stable"))
        assert torch.equal(order, stable)


def test_negative_zero_ties_with_zero() -> None:
    rows = torch.tensor([[[0.0, -0.0, 1.0, -0.0, -1.0]]])
    assert sort_rows_with_order(rows)[1].tolist() == [[[4, 0, 1, 3, 2]]]


def test_gradients_flow_and_equal_the_scores() -> None:
    a = Features([torch.rand(1, 4, 5, 5, dtype=torch.float64)])
    values = torch.rand(1, 4, 5, 5, dtype=torch.float64, requires_grad=True)
    found = compare(a, Features([values])).distances["spatial", "norm"]
    with torch.no_grad():
        fast = compare(a, Features([values.detach()])).distances["spatial", "norm"]
    assert found.item() == pytest.approx(fast.item())
    found.sum().backward()
    assert values.grad is not None and bool(values.grad.abs().sum() > 0)
