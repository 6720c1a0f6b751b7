"""Arrows as data of the page: the map can be read back, and the words say what it shows."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from explorer.figures.inside_provenance import AT_RANDOM, figure
from explorer.inside.displacement import field, sample
from explorer.inside.provenance import Arrow, Flow


def made(height: int, width: int) -> Flow:
    random = np.random.default_rng(3)
    count = height * width
    there = np.stack([random.permutation(count) for _ in range(4)])
    return Flow("sort", "raw", height, width, there, there, random.random((4, count), np.float32))


def shown(flow: Flow, arrows: list[Arrow], distance: float) -> dict:
    return figure(
        flow,
        arrows,
        field(flow),
        sample(flow, 20),
        distance=distance,
        size=100,
        names=("original", "perturbed"),
    )


ARROWS = [
    Arrow(7, 5, 18, 0.5, (2.0, 1.0), (2.0, 1.0), (3, 3)),
    Arrow(2, 5, 5, 0.125, (0.0, 1.0), (0.0, 1.0), (0, 9)),
]


@pytest.mark.parametrize("side", [10, 224])
def test_the_map_can_be_read_back(side: int) -> None:
    flow = made(side, side)
    data = shown(flow, ARROWS, 1.0)["map"]
    whole = field(flow)
    kept = (data["height"], data["width"])
    block = side // kept[0]
    assert kept == (min(side, 112), min(side, 112))
    blocks = [v.reshape(kept[0], block, kept[1], block).mean((1, 3)) for v in whole.moment]
    carried = whole.carried.reshape(kept[0], block, kept[1], block).mean((1, 3))
    weights = np.frombuffer(base64.b64decode(data["weights"]), "<u2").reshape(kept)
    shift = np.frombuffer(base64.b64decode(data["shift"]), "<i2").reshape(2, *kept)
    assert weights / 65535 * data["peak"] == pytest.approx(carried, abs=1e-5 * carried.max())
    assert shift / 32767 == pytest.approx(np.stack(blocks) / carried, abs=1e-4)


def test_arrows_in_numbers() -> None:
    flow = made(10, 10)
    first, second = shown(flow, ARROWS, 2.0)["arrows"]
    # From row 0, column 5 to row 1, column 8: 3 across, 1 down, of 10 a side, 100 px.
    assert first["to"] == [1, 8] and first["moved"] == "32"
    assert first["strength"] == 1 and first["share"] == 0.25
    assert second["moved"] == "0" and second["strength"] == 0.25 and second["ranks"] == [0, 9]


def test_the_words() -> None:
    flow = made(10, 10)
    total = float(field(flow).carried.sum())
    whole, place, arrow = shown(flow, ARROWS, 2 * total)["said"]
    assert "50 % of the layer's distance" in whole and "52 px apart" in whole
    assert place.startswith("Row 0, column 5 of the original picture carries")
    assert arrow == (
        "In channel 7 sort compared its activation 2 with 1 at row 1, column 8, 32 px away in the "
        "perturbed picture."
    )


def test_random_places_are_so_far_apart() -> None:
    points = np.random.default_rng(0).random((2, 2, 400_000))
    assert np.hypot(*(points[0] - points[1])).mean() == pytest.approx(AT_RANDOM, abs=1e-3)
