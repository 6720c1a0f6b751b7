"""Masked distances: everything is the ordinary distance, parts add up, plain loops agree."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from explorer.comparison import Compared, compare
from explorer.engine import Engine
from explorer.form import scene_of
from explorer.inside import Pair
from explorer.inside.mask import SIDE, counted, reach, weights, within
from explorer.inside.receptive import fields
from explorer.networks import NETWORKS
from tests.few import FEW
from tests.plain import normalised

PAIRS = {
    "turned": {"rotate.angle": 30},
    "unchanged": {},
    "uniform": {"picture.family": "squares", "squares.ink": "#ffffff", "squares.paper": "#ffffff"},
}
networks = pytest.mark.parametrize("network", FEW)


def made(engine: Engine, network: str, kind: str = "turned") -> Pair:
    """Two pictures of 64 px through a network with seeded random weights."""
    form = {"ask.network": network, "ask.weights": "random", "ask.seed": 3, "layout.size": "64"}
    return engine.pair(scene_of(form | PAIRS[kind]).scene)


def heads(pair: Pair) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    maps = pair.features_a.maps
    return [torch.rand(m.shape[1], generator=generator).to(m) for m in maps]


def blot(seed: int) -> np.ndarray:
    """A region without structure: some large discs."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:SIDE, :SIDE]
    discs = random.uniform((0, 0, 3), (SIDE, SIDE, 14), (3, 3))
    return np.any([(x - a) ** 2 + (y - b) ** 2 < r * r for a, b, r in discs], axis=0)


def masked(
    pair: Pair, mask: np.ndarray, everywhere: bool = False
) -> tuple[Compared, Compared, list[np.ndarray]]:
    """The plain comparison, that within the mask, and the mask's weights."""
    whole = compare(pair.features_a, pair.features_b, heads(pair))
    side = (int(pair.a.shape[1]), int(pair.a.shape[2]))
    found = [
        weights(mask, field, pair.shape(i)[1:], side)
        for i, field in enumerate(fields(pair.network))
    ]
    inside = within(pair.features_a, pair.features_b, whole.spatial, found, heads(pair), everywhere)
    return whole, inside, found


@pytest.mark.parametrize("side", [64, 224])
@networks
def test_a_weight_is_the_painted_share_of_what_is_nearest(network: str, side: int) -> None:
    """Counted on a grid of samples, each belonging to the place whose middle is nearest."""
    fine = 14 * side  # edges of cells of the mask and of places fall between samples
    at = (np.arange(fine) + 0.5) * side / fine
    mask = blot(5)
    painted = mask[np.ix_(*[(at * SIDE / side).astype(int)] * 2)]
    for field in fields(NETWORKS[network]):
        places = (side - field.size - 2 * field.start) // field.jump + 1
        middles = np.array([field.centre(i) for i in range(places)])
        nearest = np.abs(at[:, None] - middles[None]).argmin(1)
        rows = np.zeros((places, fine))
        rows[nearest, np.arange(fine)] = 1
        share = rows @ painted @ rows.T / np.outer(rows.sum(1), rows.sum(1))
        assert weights(mask, field, (places, places), (side, side)) == pytest.approx(share)


@networks
@pytest.mark.parametrize("kind", PAIRS)
@pytest.mark.parametrize("everywhere", [False, True])
def test_everything_is_the_ordinary_distance_exactly(
    engine: Engine, network: str, kind: str, everywhere: bool
) -> None:
    whole, inside, found = masked(
        made(engine, network, kind), np.ones((SIDE, SIDE), bool), everywhere
    )
    assert all((w == 1).all() for w in found)
    assert inside.distances.keys() == whole.distances.keys()
    for key, value in whole.distances.items():
        if key[0] in ("mean", "sort"):
            assert torch.equal(inside.distances[key], value)
        else:
            assert inside.distances[key].tolist()[0] == pytest.approx(value[0].tolist(), rel=1e-12)


@networks
@pytest.mark.parametrize("kind", PAIRS)
def test_regions_that_do_not_overlap_add_up(engine: Engine, network: str, kind: str) -> None:
    pair = made(engine, network, kind)
    first = blot(1)
    second = blot(2) & ~first
    parts = [first, second, ~(first | second)]
    assert all(part.any() for part in parts)
    sums: dict[tuple[str, str], np.ndarray] = {}
    for part in parts:
        whole, inside, found = masked(pair, part)
        area = np.array([w.mean() for w in found])
        for key in (("spatial", "raw"), ("spatial", "norm"), ("lpips", "norm")):
            sums[key] = sums.get(key, 0) + area * inside.distances[key][0].numpy()
    for key, found_sum in sums.items():
        expected = whole.distances[key][0].tolist()
        assert found_sum == pytest.approx(expected, rel=1e-6, abs=1e-12)


def plainly(
    a: np.ndarray, b: np.ndarray, weight: np.ndarray, metric: str, norm: str, everywhere: bool
) -> float:
    """The definition, float64, for feature maps (C, H, W)."""
    x, y = (m.reshape(len(m), -1).astype(np.float64) for m in (a, b))
    share = weight.reshape(-1)
    if metric == "mean":
        x = (x * share).sum(1, keepdims=True) / share.sum()
        inner = (y * share).sum(1, keepdims=True) / share.sum()
        y = y.mean(1, keepdims=True) if everywhere else inner
    if metric == "sort":
        chosen = share >= 0.5 if (share >= 0.5).any() else share == share.max()
        x, inner = np.sort(x[:, chosen]), np.sort(y[:, chosen])
        count, total = x.shape[1], y.shape[1]
        middle = [int((k + 0.5) / count * total + 1e-9) for k in range(count)]
        y = np.sort(y)[:, middle] if everywhere else inner
    if norm == "norm":
        x, y = normalised(x), normalised(y)
    terms = ((x - y) ** 2).sum(0)
    return float((terms * share).sum() / share.sum() if metric == "spatial" else terms.mean())


@networks
@pytest.mark.parametrize("everywhere", [False, True])
@pytest.mark.parametrize("seed", [3, None])
def test_plain_loops_say_the_same(
    exact: Engine, network: str, everywhere: bool, seed: int | None
) -> None:
    pair = made(exact, network)
    mask = np.zeros((SIDE, SIDE), bool) if seed is None else blot(seed)
    mask[30, 21] = True  # alone, it is less than half of any deep place
    _, inside, found = masked(pair, mask, everywhere)
    for (metric, norm), distances in inside.distances.items():
        if metric == "lpips":
            continue
        for i, weight in enumerate(found):
            a, b = (f.maps[i][0].numpy() for f in (pair.features_a, pair.features_b))
            expected = plainly(a, b, weight, metric, norm, everywhere)
            assert float(distances[0, i]) == pytest.approx(expected, rel=1e-9, abs=1e-15)


@networks
@pytest.mark.parametrize("kind", ["unchanged", "uniform"])
def test_no_difference_is_zero_everywhere(engine: Engine, network: str, kind: str) -> None:
    _, inside, _ = masked(made(engine, network, kind), blot(4))
    assert all(not bool(d.any()) for d in inside.distances.values())


def test_a_place_counts_from_half_on_or_as_the_best_there_is() -> None:
    assert counted(np.array([[0.4, 0.5], [1, 0]])).tolist() == [1, 2]
    assert counted(np.array([[0.1, 0.3], [0.3, 0]])).tolist() == [1, 2]


def test_what_is_seen_is_the_union_of_the_places_windows() -> None:
    weight = np.zeros((3, 3))
    weight[0, 1] = weight[2, 2] = 0.2
    span = np.array([[0, 3], [3, 7], [7, 11]])
    seen = reach(weight, (span, span), (12, 12))
    expected = np.zeros((12, 12), bool)
    expected[0:4, 3:8] = True
    expected[7:12, 7:12] = True
    assert np.array_equal(seen, expected)
