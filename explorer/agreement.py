"""How often a metric agrees with people on which of two candidates is closer to a reference.

The score is that of BAPPS (Zhang et al., *The Unreasonable Effectiveness of Deep Features as a
Perceptual Metric*, 2018): of each triplet, the share of people whose choice is the metric's; the
mean of it over triplets. A metric that finds both equally far agrees by half.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

Z95 = 1.959963984540054
"""The normal distribution's quantile for an interval of 95 %."""


@dataclass(frozen=True)
class Agreement:
    """A share with its interval; `share`, `low` and `high` in [0, 1]; `n` triplets behind it."""

    share: float
    low: float
    high: float
    n: int


def preference(d0: float, d1: float) -> float:
    """Which candidate distances prefer: 1 for p1, 0 for p0, 0.5 for a tie.

    >>> preference(0.2, 0.1), preference(0.1, 0.2), preference(0.1, 0.1)
    (1.0, 0.0, 0.5)
    """
    return 0.5 if d0 == d1 else float(d1 < d0)


def soft(prefers: float, judge: float) -> float:
    """The share of people with whom a preference agrees on one triplet.

    Args:
        prefers: of the metric: 1 for p1, 0 for p0, 0.5 for a tie.
        judge: the share of people, 0 to 1, who chose p1.
    """
    return prefers * judge + (1 - prefers) * (1 - judge)


def agreement(prefers: Sequence[float], judges: Sequence[float]) -> Agreement | None:
    """The mean of `soft` over triplets with Wilson's interval of 95 %; None without triplets.

    The interval takes triplets for the sample: votes on one triplet are not independent of each
    other. Wilson's is for a share of yes and no; a mean of values between 0 and 1 varies less, so
    that the interval is rather too wide than too narrow.

    Raises:
        ValueError: if there is not one judge a preference.
    """
    values = [soft(p, j) for p, j in zip(prefers, judges, strict=True)]
    return interval(math.fsum(values) / len(values), len(values)) if values else None


def ceiling(judges: Sequence[float]) -> Agreement | None:
    """What a metric gets that always sides with most people: no metric gets more."""
    values = [max(j, 1 - j) for j in judges]
    return interval(math.fsum(values) / len(values), len(values)) if values else None


def interval(share: float, n: int) -> Agreement:
    """Wilson's score interval of 95 % (Wilson, 1927).

    >>> found = interval(0.5, 10)
    >>> round(found.low, 4), round(found.high, 4)
    (0.2366, 0.7634)
    """
    square = Z95**2
    centre = (share + square / (2 * n)) / (1 + square / n)
    half = Z95 / (1 + square / n) * math.sqrt(share * (1 - share) / n + square / (4 * n * n))
    # At the ends the formula gives exactly 0 and 1, but not in floating point.
    low = 0.0 if share == 0 else max(0.0, centre - half)
    high = 1.0 if share == 1 else min(1.0, centre + half)
    return Agreement(share, low, high, n)
