"""Sort's matches: one to one, by rank, and by the rule where activations are equal."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from explorer.comparison import compare
from explorer.features import Features
from explorer.inside import Pair
from explorer.inside.matching import Matching, matching
from explorer.networks import NETWORKS
from tests.test_comparison import KINDS, SHAPES, made


def paired(a: Features, b: Features) -> Pair:
    """A pair of features of no network's; the pictures are of no matter."""
    blank = torch.zeros(3, 8, 8)
    return Pair(NETWORKS["alexnet"], blank, blank, a, b, compare(a, b))


def coarse(kind: str, seed: int) -> Features:
    """Features with many ties at every height."""
    return Features([(m * 2).round() for m in made(kind, seed).maps])


def rows(features: Features, layer: int) -> np.ndarray:
    return features.maps[layer][0].flatten(1).numpy()


def plainly(a: np.ndarray, b: np.ndarray) -> tuple[list[int], list[int]]:
    """The rule as it is told: ranks of equal pairs, who stays, then reading order."""
    upwards = list(zip(sorted(a), sorted(b), strict=True))
    there, rank = [-1] * len(a), [-1] * len(a)
    waiting_a: dict[float, list[int]] = {}
    waiting_b: dict[float, list[int]] = {}
    free: dict[tuple[float, float], list[int]] = {}
    for values in sorted(set(upwards)):
        ranks = [k for k, both in enumerate(upwards) if both == values]
        able = [p for p in range(len(a)) if (a[p], b[p]) == values]
        for p, k in zip(able, ranks, strict=False):
            there[p], rank[p] = p, k
        free[values] = ranks[len(able) :]
    for p in range(len(a)):
        if there[p] < 0:
            waiting_a.setdefault(a[p], []).append(p)
            waiting_b.setdefault(b[p], []).append(p)
    for (x, y), ranks in free.items():
        for k in ranks:
            p = waiting_a[x].pop(0)
            there[p], rank[p] = waiting_b[y].pop(0), k
    return there, rank


@pytest.mark.parametrize("second", KINDS)
@pytest.mark.parametrize("first", KINDS)
@pytest.mark.parametrize("make", [made, coarse], ids=["made", "coarse"])
def test_follows_the_rule(make, first: str, second: str) -> None:
    a, b = make(first, 1), make(second, 2)
    pair = paired(a, b)
    for layer in range(3):
        found = matching(pair, layer)
        for c, (x, y) in enumerate(zip(rows(a, layer), rows(b, layer), strict=True)):
            there, rank = plainly(x.tolist(), y.tolist())
            assert found.there[c].tolist() == there
            assert found.rank[c].tolist() == rank


@pytest.mark.parametrize("second", KINDS)
@pytest.mark.parametrize("first", KINDS)
def test_every_place_has_one_partner_of_its_rank(first: str, second: str) -> None:
    a, b = coarse(first, 1), coarse(second, 2)
    for layer, shape in enumerate(SHAPES):
        found = matching(paired(a, b), layer)
        x, y = rows(a, layer), rows(b, layer)
        every = np.broadcast_to(np.arange(x.shape[1]), x.shape)
        assert np.array_equal(np.sort(found.there, axis=1), every), shape
        assert np.array_equal(np.sort(found.rank, axis=1), every), shape
        assert np.array_equal(x, np.take_along_axis(np.sort(x, axis=1), found.rank, 1))
        partners = np.take_along_axis(y, found.there, 1)
        assert np.array_equal(partners, np.take_along_axis(np.sort(y, axis=1), found.rank, 1))


@pytest.mark.parametrize("kind", KINDS)
def test_what_did_not_change_stays(kind: str) -> None:
    for layer in range(len(SHAPES)):
        found = matching(paired(coarse(kind, 1), coarse(kind, 1)), layer)
        assert (found.there == np.arange(found.there.shape[1])).all()


def test_uniform_pictures_stay() -> None:
    for layer in range(len(SHAPES)):
        found = matching(paired(made("flat", 1), made("flat", 2)), layer)
        assert (found.there == np.arange(found.there.shape[1])).all()


def test_backwards_is_the_same_match() -> None:
    pair = paired(coarse("relu", 1), coarse("sparse", 2))
    for layer in range(len(SHAPES)):
        forth, back = matching(pair, layer), matching(pair.swap(), layer)
        there = np.take_along_axis(back.there, forth.there, axis=1)
        assert (there == np.arange(there.shape[1])).all()


def test_an_untied_shift_is_found() -> None:
    picture = torch.rand(1, 5, 6, 6, generator=torch.Generator().manual_seed(0))
    shifted = picture.roll((1, 2), (2, 3))
    found = matching(paired(Features([picture]), Features([shifted])), 0)
    down, across = np.mgrid[:6, :6]
    expected = ((down + 1) % 6 * 6 + (across + 2) % 6).ravel()
    assert (found.there == expected).all()


def test_other_devices_and_types_match_alike() -> None:
    a, b = coarse("relu", 1), coarse("relu", 2)
    doubles = [Features([m.double() for m in f.maps]) for f in (a, b)]
    for layer in range(len(SHAPES)):
        found, exact = matching(paired(a, b), layer), matching(paired(*doubles), layer)
        assert np.array_equal(found.there, exact.there)


def test_measures_its_memory() -> None:
    found = Matching(np.zeros((2, 3), np.uint8), np.zeros((2, 3), np.uint16))
    assert found.nbytes == 18
