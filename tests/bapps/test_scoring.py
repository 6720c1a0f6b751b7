"""The published scores against their formulas written out once more, item by item, in float64."""

from __future__ import annotations

import math

import numpy as np
import pytest

from explorer.bapps import scoring
from explorer.bapps.bootstrap import Bootstrap
from explorer.bapps.disagreement import disagreement
from explorer.bapps.scoring import Ranking


def plain_two_afc(d0: float, d1: float, h: float) -> float:
    return float(d0 < d1) * (1 - h) + float(d1 < d0) * h + 0.5 * float(d0 == d1)


def plain_precision(distances: list[float], same: list[float]) -> float:
    """Area under precision over recall, points in the order of distance, ties as one point."""
    total = sum(same)
    points = []
    for limit in sorted(set(distances)):
        taken = [s for d, s in zip(distances, same, strict=True) if d <= limit]
        points.append((sum(taken) / total, sum(taken) / len(taken)))
    area, before = 0.0, 0.0
    for i, (recall, _) in enumerate(points):
        area += (recall - before) * max(precision for _, precision in points[i:])
        before = recall
    return area


@pytest.mark.parametrize("seed", range(5))
def test_two_afc_accuracy_and_ceilings_are_the_formulas(seed: int) -> None:
    generator = np.random.default_rng(seed)
    d0 = generator.integers(0, 6, 200) / 4  # many ties
    d1 = generator.integers(0, 6, 200) / 4
    h = generator.integers(0, 11, 200) / 10
    triplets = list(zip(d0.tolist(), d1.tolist(), h.tolist(), strict=True))
    assert scoring.two_afc(d0, d1, h).tolist() == [plain_two_afc(*t) for t in triplets]
    right = [
        math.nan if s == 0.5 else 0.5 if a == b else float((b < a) == (s > 0.5))
        for a, b, s in triplets
    ]
    np.testing.assert_array_equal(scoring.accuracy(d0, d1, h), right)
    np.testing.assert_allclose(scoring.human(h), [s * s + (1 - s) * (1 - s) for s in h], rtol=1e-15)
    assert scoring.best(h).tolist() == [max(s, 1 - s) for s in h]
    assert (scoring.two_afc(d0, d1, h) <= scoring.best(h)).all()


def test_a_person_drawn_from_the_people_reaches_the_ceiling() -> None:
    generator = np.random.default_rng(0)
    h = 0.8
    chose_p1 = generator.random(200_000) < h
    agreed = np.where(chose_p1, h, 1 - h).mean()
    assert abs(agreed - scoring.human(np.array([h]))[0]) < 2e-3


@pytest.mark.parametrize("ties", [True, False])
@pytest.mark.parametrize("seed", range(4))
def test_average_precision_is_the_area_written_out(seed: int, ties: bool) -> None:
    generator = np.random.default_rng(seed)
    distances = generator.integers(0, 25, 90) / 8 if ties else generator.random(90)
    same = generator.integers(0, 4, 90) / 3
    expected = plain_precision(distances.tolist(), same.tolist())
    assert scoring.average_precision(distances, same) == pytest.approx(expected, rel=1e-12)


def test_average_precision_without_ties_is_that_of_voc_by_hand() -> None:
    # Recall 1/2, 1/2, 1; precision 1, 1/2, 2/3; made monotone 1, 2/3, 2/3.
    found = scoring.average_precision(np.array([1.0, 2.0, 3.0]), np.array([1.0, 0.0, 1.0]))
    assert found == pytest.approx(0.5 + 0.5 * 2 / 3, rel=1e-15)


def test_average_precision_does_not_depend_on_the_order_of_files() -> None:
    generator = np.random.default_rng(1)
    distances, same = generator.integers(0, 9, 60) / 8, generator.integers(0, 4, 60) / 3
    order = generator.permutation(60)
    assert scoring.average_precision(distances, same) == pytest.approx(
        scoring.average_precision(distances[order], same[order]), rel=1e-13
    )


def test_average_precision_without_any_same_pair_is_not_defined() -> None:
    assert math.isnan(scoring.average_precision(np.array([1.0, 2.0]), np.zeros(2)))


def test_weights_count_as_copies_do() -> None:
    generator = np.random.default_rng(2)
    distances, same = generator.integers(0, 9, 40) / 8, generator.integers(0, 4, 40) / 3
    weights = generator.integers(0, 4, (3, 40))
    found = Ranking(distances, same).precision(weights.astype(float))
    for row, value in zip(weights, found, strict=True):
        copies = np.repeat(np.arange(40), row)
        expected = plain_precision(distances[copies].tolist(), same[copies].tolist())
        assert value == pytest.approx(expected, rel=1e-12)


def test_intervals_of_means_are_those_of_resampled_means() -> None:
    generator = np.random.default_rng(3)
    values = generator.random((2, 50))
    values[1, :10] = math.nan
    lower, upper = Bootstrap(2000, seed=5).means("group", values)
    for k, row in enumerate(values):
        known = row[~np.isnan(row)]
        expected = 1.96 * known.std() / math.sqrt(len(known))
        assert upper[k] - lower[k] == pytest.approx(2 * expected, rel=0.12)
        assert lower[k] < known.mean() < upper[k]


def test_intervals_are_seeded_and_do_not_depend_on_the_size_of_a_piece(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    values = np.random.default_rng(4).random((3, 37))
    same = np.random.default_rng(5).integers(0, 4, 37) / 3
    rankings = [Ranking(row, same) for row in values]
    first = Bootstrap(300, 1)
    whole = (first.means("a", values), first.precisions("a", rankings, 37))
    monkeypatch.setattr("explorer.bapps.bootstrap.AT_ONCE", 37 * 7)
    pieces = (first.means("a", values), first.precisions("a", rankings, 37))
    np.testing.assert_allclose(np.array(whole), np.array(pieces), rtol=1e-12)
    assert not np.array_equal(first.means("a", values), first.means("b", values))
    assert not np.array_equal(first.means("a", values), Bootstrap(300, 2).means("a", values))


def test_a_tie_of_people_or_of_the_metric_is_no_disagreement() -> None:
    found = disagreement(
        np.array([1.0, 2.0, 0.0]), np.array([1.0, 1.0, 2.0]), np.array([1, 0.5, 1])
    )
    assert found.tolist() == [0.0, 0.0, 1.0]
