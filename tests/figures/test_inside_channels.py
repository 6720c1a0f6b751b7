"""Channels as data of the page: nothing that is made smaller changes what it adds up to."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from explorer.figures import inside_channels as figures
from explorer.figures.shrinking import shrunk
from explorer.inside.channels import Curves, Maps


def random(*shape: int) -> np.ndarray:
    return np.random.default_rng(5).random(shape, dtype=np.float32) ** 4


def floats(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), "<f4")


def values(cell: dict) -> np.ndarray:
    """What the page makes of a cell."""
    codes = np.frombuffer(base64.b64decode(cell["data"]), "u1" if cell["top"] < 256 else "<u2")
    decoded = cell["low"] + (cell["high"] - cell["low"]) * codes / cell["top"]
    return decoded.reshape(cell["height"], cell["width"])


@pytest.mark.parametrize(
    ("shape", "side", "expected"),
    [
        ((2, 224, 224), 56, (2, 56, 56)),
        ((1, 127, 127), 56, (1, 43, 43)),
        ((111, 40), 56, (56, 40)),
        ((13, 13), 56, (13, 13)),
        ((1, 1), 1, (1, 1)),
    ],
)
def test_shrinking_keeps_the_mean(shape: tuple, side: int, expected: tuple) -> None:
    maps = random(*shape)
    small = shrunk(maps, side)
    assert small.shape == expected and small.dtype == maps.dtype
    assert small.mean((-2, -1)) == pytest.approx(maps.mean((-2, -1)), rel=1e-5)


def test_whole_blocks_are_their_means() -> None:
    maps = random(8, 12)
    assert shrunk(maps, 6) == pytest.approx(maps.reshape(4, 2, 6, 2).mean((1, 3)))


def test_both_pictures_of_a_channel_have_one_scale() -> None:
    a, b = random(1, 13, 13) - 0.25, 3 * random(1, 13, 13)
    found = figures.trio(Maps(a, b, np.square(a - b)), 0, 112, "<u2")
    ends = {(found[k]["low"], found[k]["high"]) for k in ("a", "b")}
    assert ends == {(float(a.min()), float(b.max()))}
    for key, expected in (("a", a), ("b", b), ("squared", np.square(a - b))):
        assert values(found[key]) == pytest.approx(expected[0], abs=1e-4 * 3)
    assert values(found["squared"]).mean() == pytest.approx(np.square(a - b).mean(), rel=1e-3)


def test_a_dark_map_is_dark() -> None:
    zeros = np.zeros((1, 5, 5), np.float32)
    found = figures.trio(Maps(zeros, zeros, zeros), 0, 56, "u1")
    assert not values(found["a"]).any() and found["squared"]["max"] == "0"


@pytest.mark.parametrize("ranks", [1, 9, 512, 729, 12321, 50176])
def test_the_area_under_the_squared_gaps_is_their_mean(ranks: int) -> None:
    a, b = np.sort(random(ranks)), np.sort(random(2 * ranks)[ranks:])
    found = figures.sorted_curves(Curves(a, b, float(a.mean()), float(b.mean())))
    exact = np.square(a.astype(np.float64) - b.astype(np.float64)).mean()
    assert found["mean"] == pytest.approx(exact, rel=1e-5)
    every, close = found["views"]
    assert (every["first"], every["end"]) == (0, ranks)
    for view in (every, close):
        squared, length = floats(view["squared"]), view["end"] - view["first"]
        widths = np.diff([i * length // len(squared) for i in range(len(squared) + 1)])
        total = (squared * widths).sum() / ranks
        # The closer view leaves out a hundredth at most.
        assert total <= exact * (1 + 1e-5)
        assert total >= exact * (0.99 if view is close else 1 - 1e-5)
        assert len(floats(view["a"])) == len(floats(view["b"])) == len(squared) <= figures.POINTS
    assert floats(every["a"])[-1] == a[-1] and floats(every["b"])[-1] == b[-1]


def test_no_difference_has_no_closer_view() -> None:
    a = np.sort(random(30))
    found = figures.sorted_curves(Curves(a, a, 1.0, 1.0))
    assert found["contribution"] == found["meanContribution"] == found["meanGap"] == "0"
    assert [(v["first"], v["end"]) for v in found["views"]] == [(0, 30), (0, 30)]


def test_numbers_of_a_channel() -> None:
    shares = {m: np.array([1.0, 6.0, 3.0, 3.0]) for m in ("spatial", "mean", "sort")}
    shares["mean"] = np.zeros(4)
    spatial, mean, ordered = figures.numbers(3, shares, {"spatial": 13, "mean": 0, "sort": 13})
    assert (spatial["place"], spatial["percent"], spatial["contribution"]) == (2, "23 %", "3")
    assert (mean["place"], mean["percent"], mean["contribution"]) == (1, "0 %", "0")
    assert ordered["distance"] == "13"


def test_summaries() -> None:
    assert figures.summary(np.zeros(64), 8).startswith("All 64 channels contribute 0")
    assert figures.summary(np.array([1.0, 3.0]), 1).startswith("1 channel of 2 makes 75 %")
    assert figures.summary(np.array([1.0, 3.0]), 8).startswith("2 of 2 channels make 100 %")
