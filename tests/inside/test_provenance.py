"""What arrows carry: it adds up, and each part can be made again by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from explorer.engine import Engine
from explorer.features import Features
from explorer.form import scene_of
from explorer.inside import Pair
from explorer.inside.matching import matching
from explorer.inside.provenance import (
    COMPARES,
    Flow,
    arrows,
    flow,
    strongest_channels,
    strongest_place,
)
from explorer.results import NORMS
from tests.few import FEW
from tests.inside.test_matching import coarse, paired, rows
from tests.plain import layer_distance, normalised, rearranged
from tests.test_comparison import KINDS, SHAPES, made

PAIRS: dict[str, dict[str, object]] = {
    "moved": {"translate.x": 9, "translate.y": -4},
    "unchanged": {},
    "inverted": {"invert.amount": 1},
    "photograph": {"picture.kind": "sample", "rotate.angle": 30},
    "uniform": {"picture.kind": "sample", "layout.scale": 0.1, "layout.x": 128},
    "uniform, inverted": {
        "picture.kind": "sample",
        "layout.scale": 0.1,
        "layout.x": 128,
        "invert.amount": 1,
    },
}


def flown(pair: Pair, metric: str, norm: str, layer: int) -> Flow:
    return flow(pair, metric, norm, layer, matching(pair, layer) if metric == "sort" else None)


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("metric", COMPARES)
@pytest.mark.parametrize("changes", PAIRS.values(), ids=PAIRS)
@pytest.mark.parametrize("network", FEW)
def test_arrows_add_up_to_the_distance(
    network: str, changes: dict[str, object], metric: str, norm: str, engine: Engine
) -> None:
    asked = {"ask.network": network, "ask.weights": "random", "ask.seed": 7, "layout.size": "64"}
    with torch.inference_mode():
        pair = engine.pair(scene_of({**asked, **changes}).scene)
        for layer in range(len(pair.layers)):
            a, b = (f.maps[layer][0].numpy() for f in (pair.features_a, pair.features_b))
            independent = layer_distance(a, b, metric, norm == "norm")
            for each in (pair, pair.swap()):
                total = flown(each, metric, norm, layer).carried.sum(dtype=np.float64)
                distance = each.distance(metric, norm, layer)
                assert total == pytest.approx(distance, rel=1e-4, abs=1e-12)
                assert total == pytest.approx(independent, rel=1e-4, abs=1e-12)


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("second", KINDS)
@pytest.mark.parametrize("first", KINDS)
def test_each_arrow_carries_the_mean_of_its_ties(first: str, second: str, norm: str) -> None:
    a, b = coarse(first, 1), coarse(second, 2)
    pair = paired(a, b)
    for layer in range(3):
        found = flown(pair, "sort", norm, layer)
        x, y = (rearranged(f.maps[layer][0].numpy(), "sort") for f in (a, b))
        u, v = (normalised(x), normalised(y)) if norm == "norm" else (x, y)
        terms = (u - v) ** 2 / x.shape[1]
        places_a, places_b = rows(a, layer), rows(b, layer)
        for c in range(0, len(x), 5):
            for p in range(x.shape[1]):
                values = places_a[c, p], places_b[c, found.there[c, p]]
                alike = (x[c] == values[0]) & (y[c] == values[1])
                expected = terms[c, alike].mean()
                assert found.carried[c, p] == pytest.approx(expected, rel=1e-4, abs=1e-9)


@pytest.mark.parametrize("norm", NORMS)
def test_spatial_carries_its_terms_without_moving(norm: str) -> None:
    a, b = made("relu", 1), made("signed", 2)
    found = flown(paired(a, b), "spatial", norm, 0)
    x, y = (rearranged(f.maps[0][0].numpy(), "spatial") for f in (a, b))
    if norm == "norm":
        x, y = normalised(x), normalised(y)
    assert found.carried == pytest.approx((x - y) ** 2 / x.shape[1], rel=1e-4, abs=1e-9)
    assert (found.there == np.arange(x.shape[1])).all() and found.rank is None


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("metric", COMPARES)
def test_an_arrow_can_be_traced_by_hand(metric: str, norm: str) -> None:
    a, b = made("relu", 1), made("relu", 2)
    pair = paired(a, b)
    found = flown(pair, metric, norm, 0)
    count = found.height * found.width
    for place in range(count):
        for arrow in arrows(pair, found, 0, place, range(len(found.carried))):
            here, there = rows(a, 0)[arrow.channel], rows(b, 0)[arrow.channel]
            assert arrow.activations == pytest.approx((here[place], there[arrow.there]))
            if arrow.ranks is None:
                assert arrow.there == place
            else:
                first, last = arrow.ranks
                for row, value in ((here, here[place]), (there, there[arrow.there])):
                    assert (np.sort(row)[first : last + 1] == value).all()
                if first < last:
                    continue
            expected = (arrow.compared[0] - arrow.compared[1]) ** 2 / count
            assert arrow.carried == pytest.approx(expected, rel=1e-4, abs=1e-9)


def test_zeros_matched_with_zeros_carry_nothing() -> None:
    pair = paired(made("sparse", 1), made("sparse", 2))
    for norm in NORMS:
        for layer in range(len(SHAPES)):
            found = flown(pair, "sort", norm, layer)
            partners = np.take_along_axis(rows(pair.features_b, layer), found.there, 1)
            zeros = (rows(pair.features_a, layer) == 0) & (partners == 0)
            assert (found.carried[zeros] == 0).all()


def test_one_channel_alone() -> None:
    found = flown(paired(made("relu", 1), made("relu", 2)), "sort", "norm", 0)
    only = found.channel(3)
    assert np.array_equal(only.carried[0], found.carried[3])
    assert np.array_equal(only.there[0], found.there[3])


def test_the_strongest_come_first() -> None:
    pair = paired(made("relu", 1), made("relu", 2))
    found = flown(pair, "sort", "raw", 0)
    place = strongest_place(found)
    totals = found.carried.sum(0)
    assert totals[place] == totals.max()
    carried = found.carried[strongest_channels(pair, found, 0, place, 5), place]
    assert carried.tolist() == sorted(found.carried[:, place], reverse=True)[:5]


def test_where_nothing_is_carried_the_middle_and_the_most_active_channels_show() -> None:
    pair = paired(made("signed", 1), made("signed", 1))
    found = flown(pair, "sort", "raw", 0)
    place = strongest_place(found)
    assert (place // found.width, place % found.width) == (3, 2)
    active = rows(pair.features_a, 0)[:, place]
    assert strongest_channels(pair, found, 0, place, 8) == np.argsort(-active).tolist()


def test_mean_has_no_places() -> None:
    pair = paired(made("relu", 1), made("relu", 2))
    with pytest.raises(ValueError, match="mean compares no places"):
        flow(pair, "mean", "raw", 0, None)
    with pytest.raises(ValueError, match="needs the matching"):
        flow(pair, "sort", "raw", 0, None)


def test_zero_vectors_under_norm_are_finite() -> None:
    pair = paired(Features([torch.zeros(1, 4, 3, 3)]), Features([torch.ones(1, 4, 3, 3)]))
    for metric in COMPARES:
        found = flown(pair, metric, "norm", 0)
        assert math.isclose(found.carried.sum(), 1.0, rel_tol=1e-5)
