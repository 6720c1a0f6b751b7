"""The field of displacements: sums of arrows, by loops."""

from __future__ import annotations

import math

import numpy as np
import pytest

from explorer.inside.displacement import field, sample
from explorer.inside.provenance import COMPARES, Flow
from tests.inside.test_matching import coarse, paired
from tests.inside.test_provenance import flown
from tests.test_comparison import SHAPES, made


def lengths(flow: Flow, channel: np.ndarray, here: np.ndarray) -> np.ndarray:
    there = flow.there[channel, here].astype(int)
    across = (there % flow.width - here % flow.width) / flow.width
    down = (there // flow.width - here // flow.width) / flow.height
    return np.hypot(across, down)


@pytest.mark.parametrize("norm", ["raw", "norm"])
@pytest.mark.parametrize("layer", [0, 1, 2])
def test_equals_the_loops(layer: int, norm: str) -> None:
    flow = flown(paired(coarse("relu", 1), coarse("relu", 2)), "sort", norm, layer)
    found = field(flow)
    height, width = flow.height, flow.width
    carried, moment, travelled = np.zeros((height, width)), np.zeros((2, height, width)), 0.0
    for c in range(len(flow.carried)):
        for p in range(height * width):
            row, column = divmod(p, width)
            to_row, to_column = divmod(int(flow.there[c, p]), width)
            part = float(flow.carried[c, p])
            dx, dy = (to_column - column) / width, (to_row - row) / height
            carried[row, column] += part
            moment[:, row, column] += part * dx, part * dy
            travelled += part * math.hypot(dx, dy)
    assert found.carried == pytest.approx(carried, rel=1e-5)
    assert found.moment == pytest.approx(moment, rel=1e-4, abs=1e-7 * carried.sum())
    assert found.travelled == pytest.approx(travelled / carried.sum(), rel=1e-5)


def test_spatial_stands_still() -> None:
    for layer in range(len(SHAPES)):
        flow = flown(paired(made("relu", 1), made("relu", 2)), "spatial", "norm", layer)
        found = field(flow)
        assert found.travelled == 0 and not found.moment.any()
        assert found.carried.sum() == pytest.approx(flow.carried.sum(dtype=np.float64))


def test_an_unchanged_pair_carries_nothing_and_goes_nowhere() -> None:
    for metric in COMPARES:
        flow = flown(paired(made("relu", 1), made("relu", 1)), metric, "norm", 2)
        found = field(flow)
        assert found.travelled == 0 and not found.carried.any() and not found.moment.any()
        assert all(len(part) == 0 for part in sample(flow, 150))


def test_each_sampled_arrow_stands_for_an_equal_part() -> None:
    flow = flown(paired(made("relu", 1), made("sparse", 2)), "sort", "raw", 2)
    channel, here, there = sample(flow, 4000)
    assert (flow.carried[channel, here] > 0).all()
    assert np.array_equal(there, flow.there[channel, here])
    counts = np.zeros(flow.carried.shape)
    np.add.at(counts, (channel, here), 1)
    # Equal spacing: no arrow is taken more than one time too often or too seldom.
    exact = flow.carried.astype(np.float64) / flow.carried.sum(dtype=np.float64) * 4000
    assert np.abs(counts - exact).max() < 1 + 1e-6
    mean = lengths(flow, channel, here).mean()
    assert mean == pytest.approx(field(flow).travelled, abs=0.01)


def test_one_arrow_that_carries_all_is_taken_every_time() -> None:
    carried = np.zeros((3, 6), np.float32)
    carried[1, 4] = 2.5
    there = np.tile(np.arange(6)[::-1], (3, 1))
    found = sample(Flow("sort", "raw", 2, 3, there, there, carried), 7)
    assert [set(part.tolist()) for part in found] == [{1}, {4}, {1}]
