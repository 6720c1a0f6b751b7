"""Channel contributions are held to plain loops, and add up to the distance."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.engine import Engine
from explorer.form import scene_of
from explorer.inside import Pair, channels
from explorer.results import NORMS
from tests.few import FEW
from tests.plain import normalised, rearranged

PAIRS = {
    "turned": {"rotate.angle": 30},
    "unchanged": {},
    "uniform": {"picture.family": "squares", "squares.ink": "#ffffff", "squares.paper": "#ffffff"},
}
networks = pytest.mark.parametrize("network", FEW)
norms = pytest.mark.parametrize("norm", NORMS)


def made(engine: Engine, network: str, kind: str = "turned") -> Pair:
    """Two pictures of 64 px through a network with seeded random weights."""
    form = {
        "ask.network": network,
        "ask.weights": "random",
        "ask.seed": 3,
        "layout.size": "64",
    } | PAIRS[kind]
    filled = scene_of(form)
    assert not filled.notes
    return engine.pair(filled.scene)


def plainly(pair: Pair, metric: str, norm: str, layer: int) -> tuple[np.ndarray, np.ndarray]:
    """Both pictures' values, float64 (C, P), by the definitions."""
    both = []
    for features in (pair.features_a, pair.features_b):
        values = rearranged(features.maps[layer][0].numpy(), metric)
        both.append(normalised(values) if norm == "norm" else values)
    return both[0], both[1]


@networks
@norms
@pytest.mark.parametrize("kind", PAIRS)
def test_contributions_add_up_to_the_distance(
    engine: Engine, network: str, norm: str, kind: str
) -> None:
    pair = made(engine, network, kind)
    for layer in range(len(pair.layers)):
        for metric in channels.SINGLE:
            found = channels.contributions(pair, metric, norm, layer)
            assert found.shape == pair.shape(layer)[:1] and found.min() >= 0
            expected = pair.distance(metric, norm, layer)
            assert found.sum() == pytest.approx(expected, rel=1e-4, abs=1e-12)
            if kind == "unchanged":
                assert not found.any()
            swapped = channels.contributions(pair.swap(), metric, norm, layer)
            assert swapped == pytest.approx(found, rel=1e-6, abs=1e-15)


@networks
@norms
def test_contributions_equal_the_definitions(exact: Engine, network: str, norm: str) -> None:
    pair = made(exact, network)
    for layer in range(len(pair.layers)):
        for metric in channels.SINGLE:
            a, b = plainly(pair, metric, norm, layer)
            found = channels.contributions(pair, metric, norm, layer)
            expected = ((a - b) ** 2).mean(axis=1)
            assert found == pytest.approx(expected, rel=1e-8, abs=1e-18)


@networks
def test_without_norm_each_channel_has_mean_below_sort_below_spatial(
    engine: Engine, network: str
) -> None:
    pair = made(engine, network)
    for layer in range(len(pair.layers)):
        spatial, mean, ordered = (
            channels.contributions(pair, m, "raw", layer) for m in channels.SINGLE
        )
        slack = 1e-6 * spatial.max()
        assert (mean <= ordered + slack).all() and (ordered <= spatial + slack).all()


@networks
@norms
def test_the_mean_of_a_difference_map_is_the_channels_part_of_spatial(
    engine: Engine, network: str, norm: str
) -> None:
    pair = made(engine, network)
    for layer in range(len(pair.layers)):
        count, height, width = pair.shape(layer)
        chosen = [count - 1, 0, count // 2]
        found = channels.maps(pair, norm, layer, chosen)
        assert found.a.shape == (3, height, width)
        a, b = plainly(pair, "spatial", norm, layer)
        assert found.a.reshape(3, -1) == pytest.approx(a[chosen], rel=1e-5, abs=1e-7)
        assert found.b.reshape(3, -1) == pytest.approx(b[chosen], rel=1e-5, abs=1e-7)
        expected = channels.contributions(pair, "spatial", norm, layer)[chosen]
        assert found.squared.mean((1, 2), dtype=np.float64) == pytest.approx(expected, rel=1e-5)


@networks
@norms
def test_curves_hold_the_channels_part_of_sort_and_mean(
    engine: Engine, network: str, norm: str
) -> None:
    pair = made(engine, network)
    for layer in range(len(pair.layers)):
        channel = int(channels.ranked(channels.contributions(pair, "sort", norm, layer))[0])
        found = channels.curves(pair, norm, layer, channel)
        a, b = plainly(pair, "sort", norm, layer)
        assert found.a == pytest.approx(a[channel], rel=1e-5, abs=1e-7)
        assert found.b == pytest.approx(b[channel], rel=1e-5, abs=1e-7)
        a, b = plainly(pair, "mean", norm, layer)
        assert found.mean_a == pytest.approx(a[channel, 0], rel=1e-5, abs=1e-7)
        assert found.mean_b == pytest.approx(b[channel, 0], rel=1e-5, abs=1e-7)
        ordered, mean = (
            channels.contributions(pair, m, norm, layer)[channel] for m in ("sort", "mean")
        )
        assert found.squared.mean(dtype=np.float64) == pytest.approx(ordered, rel=1e-5)
        assert (found.mean_b - found.mean_a) ** 2 == pytest.approx(mean, rel=1e-4, abs=1e-15)


@networks
@norms
def test_the_extent_holds_every_channel_and_touches_one(
    engine: Engine, network: str, norm: str
) -> None:
    pair = made(engine, network)
    for layer in range(len(pair.layers)):
        found = channels.extent(pair, norm, layer)
        for span, most, metric in (
            (found.maps, found.squared, "spatial"),
            (found.curves, found.gap, "sort"),
        ):
            a, b = plainly(pair, metric, norm, layer)
            assert span == pytest.approx((min(a.min(), b.min(), 0), max(a.max(), b.max())))
            assert most == pytest.approx(((a - b) ** 2).max(), rel=1e-4)


def test_ranked_with_equals_in_order() -> None:
    assert channels.ranked(np.array([1.0, 3.0, 3.0, 0.0, 7.0])).tolist() == [4, 1, 2, 0, 3]


@pytest.mark.parametrize(("part", "count"), [(0.0, 1), (0.7, 1), (0.71, 2), (0.9, 2), (1.0, 3)])
def test_enough(part: float, count: int) -> None:
    assert channels.enough(np.array([0.1, 0.7, 0.0, 0.2]), part) == count
