"""The sweep as plain data: words, ratios, maps and the table behind them."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest

from explorer.figures import sweep as figures
from explorer.results import Axis, Receipt, Sweep, SweepPoint, Verdict, WeightsInfo

RECEIPT = Receipt("alexnet", WeightsInfo("here", "00"), (64, 64), "float32", "cpu", "0")
LIMIT = 2.0


def point(at: tuple[float, ...], distance: float, rule: str = "references") -> SweepPoint:
    references = {"black": 5.0, "white": LIMIT}
    return SweepPoint(at, rule, (Verdict("sort", "norm", distance, references, decoy=3.0),))


def curve(fails: dict[float, bool], unit: str = "px") -> Sweep:
    axis = Axis("translate.x", "Move x", unit, tuple(sorted(fails)))
    points = [
        point((x,), 4.0 if bad else 1.0, "references" if x else "none") for x, bad in fails.items()
    ]
    return Sweep(RECEIPT, (axis,), tuple(points))


@pytest.mark.parametrize(
    ("fails", "words"),
    [
        ({-2: False, -1: False, 0: False, 1: False, 2: False}, "passes everywhere"),
        ({-2: True, -1: True, 0: False, 1: True, 2: True}, "fails everywhere"),
        ({-2: False, -1: False, 0: False, 1: True, 2: True}, "fails from 1 px"),
        ({-2: True, -1: False, 0: False, 1: True, 2: True}, "fails up to -2 px, from 1 px"),
        ({-2: False, -1: True, 0: False, 1: False, 2: False}, "fails at -1 px"),
        ({-2: False, 1: True, 2: True, 3: False}, "fails 1 to 2 px"),
    ],
)
def test_where_it_fails_in_words(fails: dict[float, bool], words: str) -> None:
    sweep = curve(fails)
    assert figures.in_words(sweep, 0, sweep.failing(0)) == words
    assert figures.figure(sweep, {}, 1, done=True)["series"][0]["verdict"] == words


def test_a_knob_without_effect_neither_passes_nor_fails() -> None:
    axis = Axis("stain.strokes", "Strokes", "", (0.0, 1.0))
    still = tuple(point((x,), 0.0, "none") for x in axis.values)
    sweep = Sweep(RECEIPT, (axis,), still)
    assert figures.in_words(sweep, 0, sweep.failing(0)) == "nothing changes"


def test_degrees_stand_close_to_their_number() -> None:
    sweep = curve({-2: False, 0: False, 1.5: True}, unit="°")
    assert figures.in_words(sweep, 0, sweep.failing(0)) == "fails from 1.5°"


def test_a_curve_is_in_order_whatever_the_order_of_its_points() -> None:
    sweep = curve({2: True, -1: False, 1: False, 0: False})
    data = figures.figure(sweep, {"layout.size": "64"}, 1, done=False)
    assert data["x"] == [-1, 0, 1, 2]
    (series,) = data["series"]
    assert series["ratio"] == [0.5, 0.5, 0.5, 2.0] and series["passed"] == [True, True, True, False]
    assert series["nearest"] == ["white"] * 4 and series["limit"] == ["2"] * 4
    assert data["csv"] == "" and data["values"] == {"layout.size": "64"}
    json.dumps(data, allow_nan=False)


@pytest.mark.parametrize(("rule", "limit"), [("references", 2.0), ("decoy", 3.0), ("both", 2.0)])
def test_the_ceiling_is_the_rules(rule: str, limit: float) -> None:
    (verdict,) = point((1,), 1.0, rule).verdicts
    assert figures.ratio(verdict, rule) == pytest.approx(1 / limit, rel=1e-3)


def test_no_ratio_where_a_reference_is_the_picture_itself() -> None:
    verdict = Verdict("sort", "norm", 1.0, {"white": 0.0})
    assert figures.ratio(verdict, "references") is None


@pytest.mark.parametrize("stride", [1, 2, 4, 8])
@pytest.mark.parametrize("shape", [(9, 9), (5, 12), (3, 25)])
def test_an_atlas_has_no_holes_once_its_coarse_level_is_known(
    stride: int, shape: tuple[int, int]
) -> None:
    rows, columns = shape
    axes = (
        Axis("translate.x", "x", "px", tuple(range(columns))),
        Axis("rotate.angle", "y", "°", tuple(range(rows))),
    )
    known = tuple(
        point((i, j), 4.0 if i + j > 5 else 1.0)
        for j in range(0, rows, stride)
        for i in range(0, columns, stride)
    )
    (series,) = figures.figure(Sweep(RECEIPT, axes, known), {}, stride, done=False)["series"]
    grid = np.array(series["ratio"], float).reshape(rows, columns)
    assert not np.isnan(grid).any()
    for p in known:
        i, j = map(int, p.at)
        assert grid[j, i] == figures.ratio(p.verdicts[0], p.rule)
    share = sum(not p.verdicts[0].passes(p.rule) for p in known) / len(known)
    assert series["verdict"] == f"fails at {share:.0%}"


def test_the_table_has_a_line_a_point_and_metric() -> None:
    sweep = curve({2: True, -1: False})
    rows = list(csv.DictReader(io.StringIO(figures.as_csv(sweep))))
    assert [row["translate.x"] for row in rows] == ["-1", "2"]
    assert rows[1]["passed"] == "0" and float(rows[1]["distance"]) == 4.0
    assert float(rows[1]["to_white"]) == 2.0 and float(rows[1]["to_decoy"]) == 3.0
    assert float(rows[1]["limit"]) == 2.0 and rows[1]["metric"] == "sort"
