"""Contributions of ranks lie where the activations stood; equal activations share theirs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from explorer.comparison import compare
from explorer.features import Features
from explorer.metrics import METRICS
from explorer.provenance import laid_out, ranks
from tests.test_comparison import made


def test_equal_activations_share() -> None:
    places = torch.tensor([[0.0, 2.0, 0.0, 0.0], [3.0, 1.0, 3.0, 1.0]])
    contributions = torch.tensor([[0.0, 3.0, 6.0, 1.0], [2.0, 4.0, 0.0, 5.0]])
    # Row 1: the three zeros share 9, the two has 1. Row 2: the ones share 6, the threes 5.
    expected = [3 + 2.5, 1 + 3, 3 + 2.5, 3 + 3]
    for activations in (places, places - 1):
        ordered, found = ranks(activations)
        assert ordered.tolist() == activations.sort(1).values.tolist()
        assert laid_out(contributions, found).tolist() == expected


def plainly_laid_out(
    contributions: np.ndarray, ordered: np.ndarray, places: np.ndarray
) -> np.ndarray:
    """Each place gets the mean contribution of the ranks of its value."""
    total = np.zeros(places.shape[1])
    for terms, upwards, row in zip(contributions, ordered, places, strict=True):
        values, which = np.unique(row, return_inverse=True)
        ranks_of = np.searchsorted(values, upwards)
        total += (np.bincount(ranks_of, terms) / np.bincount(ranks_of))[which]
    return total


def agrees(places: torch.Tensor) -> None:
    """Sorted as torch sorts, and laid out as numpy does it value by value."""
    contributions = torch.rand(places.shape)
    ordered = places.sort(1).values
    expected = plainly_laid_out(*(t.numpy() for t in (contributions, ordered, places)))
    sorted_too, found = ranks(places)
    assert torch.equal(sorted_too, ordered)
    laid = laid_out(contributions, found)
    assert laid.dtype == np.float32
    assert laid == pytest.approx(expected, rel=1e-5)
    assert laid.mean(dtype=np.float64) == pytest.approx(
        float(contributions.double().sum()) / places.shape[1], rel=1e-5
    )


@pytest.mark.parametrize("kind", ["relu", "sparse", "signed", "flat", "zero", "coarse"])
def test_laid_out_value_by_value(kind: str) -> None:
    for features in made("relu" if kind == "coarse" else kind, 7).maps[:3]:
        places = features[0].flatten(1)
        if kind == "coarse":
            places = (places * 4).round()  # many ties above zero, too
        agrees(places)


def random(channels: int, count: int) -> torch.Tensor:
    return torch.randn(count, channels).relu().t()


def flat_background(channels: int, count: int) -> torch.Tensor:
    """Most places are equal in every channel, as where a picture is flat."""
    places = random(channels, count)
    places[:, torch.rand(count) < 0.7] = random(channels, 1)
    return places


def two_grounds(channels: int, count: int) -> torch.Tensor:
    places = random(channels, count)
    places[:, ::2], places[:, 1::4] = random(channels, 1), random(channels, 1)
    return places


def all_flat(channels: int, count: int) -> torch.Tensor:
    return random(channels, 1).expand(channels, count)


def equal_sums(channels: int, count: int) -> torch.Tensor:
    """Many places whose sums are equal, but of which only half are."""
    places = random(channels, count)
    one = torch.arange(channels, dtype=torch.float32)
    places[:, : count // 2] = one.unsqueeze(1)
    places[:, 1 : count // 2 : 2] = one.flip(0).unsqueeze(1)
    return places


def a_tie_beside(channels: int, count: int) -> torch.Tensor:
    """Places that equal the flat ground in some channels only."""
    places = flat_background(channels, count)
    ground = places[:, places.sum(0) == places.sum(0).mode().values][:, 0]
    places[::2, :7] = ground[::2].unsqueeze(1)
    return places


def signed(channels: int, count: int) -> torch.Tensor:
    return flat_background(channels, count) - 0.5


GROUNDS = [random, flat_background, two_grounds, all_flat, equal_sums, a_tie_beside, signed]


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize(("channels", "count"), [(3, 511), (5, 1200), (130, 1201)])
def test_equal_places_change_nothing(
    ground: Callable[[int, int], torch.Tensor], channels: int, count: int
) -> None:
    """The last size is large enough to be worked on by two threads."""
    agrees(ground(channels, count))
    agrees(ground(channels, count).contiguous())


def outlier(channels: int, count: int) -> torch.Tensor:
    """Nearly all values are close to one another, beside one that is far away."""
    places = 1 + 1e-4 * torch.rand(channels, count)
    places[:, 3] = 1e6
    return places


def huge_and_small(channels: int, count: int) -> torch.Tensor:
    """Values of all magnitudes."""
    return 10 ** torch.empty(channels, count).uniform_(-38, 38)


def downwards(channels: int, count: int) -> torch.Tensor:
    return torch.arange(count, 0, -1.0).expand(channels, count)


@pytest.mark.parametrize("hard", [random, outlier, huge_and_small, downwards])
@pytest.mark.parametrize(("channels", "count"), [(130, 1201), (40, 4), (2, 1 << 16), (2, 70_000)])
def test_values_that_keys_hardly_tell_apart_are_sorted_too(
    hard: Callable[[int, int], torch.Tensor], channels: int, count: int
) -> None:
    """Of the many places of the last size no 16 bits can tell."""
    agrees(hard(channels, count))


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf"), -1.0])
def test_other_than_finite_values_above_zero_are_sorted_by_the_general_way(bad: float) -> None:
    places = random(130, 1201)
    places[100, 600] = bad
    ordered, found = ranks(places)
    assert torch.equal(ordered.nan_to_num(), places.sort(1).values.nan_to_num())
    assert not found.zeros.any()


def test_zeros_of_both_signs_are_one_tie() -> None:
    places = torch.tensor([[0.0, -0.0, 1.0, -0.0]])
    ordered, found = ranks(places)
    assert ordered.tolist() == [[0.0, 0.0, 0.0, 1.0]]
    assert laid_out(torch.tensor([[3.0, 0.0, 0.0, 5.0]]), found).tolist() == [1.0, 1.0, 5.0, 1.0]


@pytest.mark.parametrize("tiny", [1e-45, 1e-40, 3e38])
def test_the_smallest_and_largest_numbers_keep_their_order(tiny: float) -> None:
    places = torch.rand(3, 600)
    places[:, ::3], places[1, 1::3] = tiny, 2 * tiny if tiny < 1 else 0
    agrees(places)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("kind", ["relu", "sparse", "signed"])
@pytest.mark.parametrize("places", [(1, 1), (2, 3), (3, 4), (3, 5), (8, 9), (24, 25)])
@torch.inference_mode()
def test_the_sort_that_comes_with_the_ranks_is_that_of_the_metric(
    dtype: torch.dtype, kind: str, places: tuple[int, int]
) -> None:
    """To the last bit, scale and layout included, so that equal pictures stay at exactly zero."""
    values = torch.randn(1, 40, *places, dtype=dtype)
    if kind != "signed":
        values = values.relu() * (1 if kind == "relu" else torch.rand(values.shape) > 0.9)
    values = values.contiguous(memory_format=torch.channels_last)
    plain, ranked = Features([values]), Features([values]).rank()
    expected, found = (f.arranged(METRICS["sort"], 0) for f in (plain, ranked))
    assert torch.equal(found.values, expected.values)
    assert found.values.stride() == expected.values.stride()
    assert torch.equal(found.scale, expected.scale)
    for terms in (compare(plain, ranked), compare(ranked, plain)):
        assert not any(distance.any() for distance in terms.distances.values())


def test_of_several_pictures_the_ranks_are_those_of_the_first() -> None:
    maps = made("relu", 3, count=2).maps
    together, alone = Features(maps), Features([m[:1] for m in maps])
    terms = torch.rand(maps[0].shape[1], maps[0][0, 0].numel())
    laid = [laid_out(terms, features.rank().ranks(0)) for features in (together, alone)]
    assert laid[0].tolist() == laid[1].tolist()
    assert together.arranged(METRICS["sort"], 0).values.shape[0] == 2
