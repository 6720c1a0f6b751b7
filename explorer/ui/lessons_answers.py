"""How the answers of the lessons follow from a result. Nothing here knows the answer before."""

from __future__ import annotations

import numpy as np

from explorer.figures.theme import number, times, title_of
from explorer.results import Exploration, Verdict, rule_of
from explorer.ui.lessons_kind import Found

NORM_TITLES = {"norm": "with channel norm", "raw": "without channel norm"}


def verdict_of(found: Exploration, metric: str, norm: str) -> Verdict:
    """The verdict of one metric."""
    return next(v for v in found.verdicts if (v.metric, v.norm) == (metric, norm))


def ratio(verdict: Verdict, rule: str = "references") -> float:
    """The distance as a multiple of that at which the metric begins to fail."""
    return verdict.distance / verdict.limit(rule)


def percent(share: float) -> str:
    """A share in percent."""
    return f"{100 * share:.0f} %"


def listed(names: list[str]) -> str:
    """Names in a sentence; "none" where there are none.

    >>> listed([]), listed(["a"]), listed(["a", "b", "c"])
    ('none', 'a', 'a, b and c')
    """
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part) or "none"


def largest_layer(found: Exploration) -> Found:
    """Which layer makes the largest part of spatial's normalised distance."""
    score = found.comparison.scores["spatial", "norm"]
    shares = [layer / score.total for layer in score.layers]
    at = int(np.argmax(shares))
    last = len(shares) - 1
    choice = "first" if at == 0 else "second" if at == 1 else "last" if at == last else "middle"
    layers = found.comparison.layers
    return Found(
        choice,
        {
            "layer": layers[at],
            "share": percent(shares[at]),
            "first": percent(shares[0]),
            "last": percent(shares[-1]),
        },
    )


def elsewhere(found: Exploration) -> Found:
    """How much of the last layer's distance lies where no pixel changed."""
    last = [m for m in found.maps if m.layer == found.comparison.layers[-1]][-1]
    changed = np.any(found.original != found.perturbed, axis=0)
    rows, columns = (
        ((np.arange(cells) + 0.5) * pixels / cells).astype(int)
        for cells, pixels in zip(last.values.shape, changed.shape, strict=True)
    )
    untouched = ~changed[np.ix_(rows, columns)]
    share = float(last.values[untouched].sum() / last.values.sum())
    choice = "none" if share == 0 else "some" if share < 0.5 else "most"
    numbers = {
        "layer": last.layer,
        "share": percent(share),
        "cells": str(int(untouched.sum())),
        "of": str(untouched.size),
    }
    return Found(choice, numbers)


def beside_blank(found: Exploration, metric: str) -> Found:
    """How far a metric with channel norm is on the way to the nearest blank canvas."""
    verdict = verdict_of(found, metric, "norm")
    way = ratio(verdict)
    choice = "near" if way < 0.5 else "close" if way <= 1 else "beyond"
    numbers = {
        "distance": number(verdict.distance),
        "times": times(way, 3),
        "nearest": verdict.nearest,
        "blank": number(verdict.references[verdict.nearest]),
    }
    return Found(choice, numbers)


def zero_or_beside(found: Exploration, metric: str) -> Found:
    """The same, where a distance of exactly zero is an answer of its own."""
    beside = beside_blank(found, metric)
    zero = verdict_of(found, metric, "norm").distance == 0
    return Found("zero" if zero else beside.choice, beside.numbers)


def with_and_without(found: Exploration, metric: str) -> Found:
    """Whether a metric passes with channel norm, without, both or neither."""
    rule = rule_of(found.scene)
    norm, raw = (verdict_of(found, metric, key) for key in ("norm", "raw"))
    passed = [key for key, v in (("norm", norm), ("raw", raw)) if v.passes(rule)]
    choice = "both" if len(passed) == 2 else passed[0] if passed else "neither"
    return Found(choice, {"norm": times(ratio(norm), 3), "raw": times(ratio(raw), 3)})


def order(found: Exploration) -> Found:
    """Which of spatial, sort and mean is the lowest and which the highest, without norm."""
    totals = {m: verdict_of(found, m, "raw").distance for m in ("mean", "sort", "spatial")}
    # Stable: equal distances stay in the order of the theorem.
    choice = "-".join(sorted(totals, key=totals.__getitem__))
    return Found(choice, {metric: number(total) for metric, total in totals.items()})


def how_many(found: Exploration) -> Found:
    """How many of spatial, mean and sort pass with channel norm, and which."""
    rule = rule_of(found.scene)
    three = [verdict_of(found, metric, "norm") for metric in ("spatial", "mean", "sort")]
    passed = [title_of(v.metric) for v in three if v.passes(rule)]
    failed = [title_of(v.metric) for v in three if not v.passes(rule)]
    raw = verdict_of(found, "sort", "raw")
    numbers = {
        "passed": listed(passed),
        "failed": listed(failed),
        **{v.metric: times(ratio(v, rule), 3) for v in three},
        "raw": times(ratio(raw, rule), 3),
    }
    return Found(("none", "one", "two", "three")[len(passed)], numbers)


def between(found: Exploration) -> Found:
    """Where spatial + sort stands beside its two parts, each by its own nearest blank canvas."""
    spatial, sort, both = (
        ratio(verdict_of(found, m, "norm")) for m in ("spatial", "sort", "spatial+sort")
    )
    low, high = sorted((spatial, sort))
    outside = both < low or both > high
    choice = "outside" if outside else "passes" if both <= 1 else "fails"
    numbers = {"spatial": times(spatial, 3), "sort": times(sort, 3), "both": times(both, 3)}
    return Found(choice, numbers)
