"""Agreement with people: BAPPS's score by its definition, Wilson's interval by its own."""

from __future__ import annotations

import itertools
import math
import random

import pytest

from explorer.agreement import Z95, agreement, ceiling, interval, preference, soft


def bapps(d0: float, d1: float, judge: float) -> float:
    """The published score of one triplet: (d0 < d1)(1 − h) + (d1 < d0) h + (d0 = d1) / 2."""
    return (d0 < d1) * (1 - judge) + (d1 < d0) * judge + (d0 == d1) * 0.5


def test_a_triplet_scores_as_published() -> None:
    values = (0.0, 0.1, 0.25, 1.0)
    for d0, d1, judge in itertools.product(values, values, (0, 0.2, 0.5, 0.8, 1)):
        assert soft(preference(d0, d1), judge) == pytest.approx(bapps(d0, d1, judge), abs=1e-15)


def test_the_share_is_the_mean_over_triplets() -> None:
    chance = random.Random(3)
    rows = [(chance.random(), chance.random(), chance.randrange(6) / 5) for _ in range(57)]
    rows += [(0.5, 0.5, 0.8)]
    found = agreement([preference(a, b) for a, b, _ in rows], [j for *_, j in rows])
    assert found is not None and found.n == 58
    assert found.share == pytest.approx(sum(bapps(*row) for row in rows) / 58, abs=1e-12)


@pytest.mark.parametrize(("right", "n"), [(0, 1), (1, 1), (3, 7), (10, 10), (0, 24), (130, 200)])
def test_the_interval_holds_what_a_score_test_does_not_reject(right: int, n: int) -> None:
    """The interval is the set of p with |share − p| ≤ z √(p (1 − p) / n): found by bisection."""
    share = right / n

    def rejected(p: float) -> bool:
        return abs(share - p) > Z95 * math.sqrt(p * (1 - p) / n)

    def edge(outside: float, inside: float) -> float:
        if not rejected(outside):
            return outside
        for _ in range(200):
            middle = (outside + inside) / 2
            outside, inside = (middle, inside) if rejected(middle) else (outside, middle)
        return inside

    found = interval(share, n)
    assert found.low == pytest.approx(edge(0.0, share), abs=1e-9)
    assert found.high == pytest.approx(edge(1.0, share), abs=1e-9)
    assert 0 <= found.low <= found.share <= found.high <= 1


def test_the_ceiling_is_who_sides_with_most_and_nobody_exceeds_it() -> None:
    judges = [0.2, 0.5, 1.0, 0.6]
    most = ceiling(judges)
    assert most is not None and most.share == pytest.approx((0.8 + 0.5 + 1.0 + 0.6) / 4)
    for prefers in itertools.product((0, 0.5, 1), repeat=4):
        found = agreement(prefers, judges)
        assert found is not None and found.share <= most.share + 1e-15


def test_nothing_is_said_of_no_triplet_and_lists_have_to_match() -> None:
    assert agreement([], []) is None and ceiling([]) is None
    with pytest.raises(ValueError, match="shorter"):
        agreement([1, 0], [1])
