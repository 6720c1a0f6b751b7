"""The verdict ladder: each metric's distance beside those to the references and the decoy."""

from __future__ import annotations

import math
from typing import Any

from explorer.baselines import BASELINES
from explorer.figures.theme import colour_of, help_of, is_shown, shown, times, title_of
from explorer.results import PIXELS, Exploration, Verdict, rule_of

DOMAIN = (0.01, 30.0)
"""Shown range of distance ÷ nearest reference. Fixed, so that the axis never moves."""
RULES = {
    "none": "Nothing is changed: every distance is 0 and nothing is judged.",
    "references": "✓ means no further than any blank reference.",
    "decoy": "✓ means nearer than the decoy (the rule for a colour stain).",
    "both": "✓ means no further than any blank reference, and nearer than the decoy.",
}
"""What a rule of `rule_of` asks, in words."""


def figure(exploration: Exploration) -> dict[str, Any]:
    """Plain data: one row a metric under the chosen norm, and counts for both norms."""
    rule = rule_of(exploration.scene)
    chosen = "norm" if exploration.scene.question.norm else "raw"
    rows = []
    counts: dict[str, list[int]] = {}
    for verdict in exploration.verdicts:
        passed = verdict.passes(rule)
        count = counts.setdefault(verdict.norm, [0, 0])
        count[0] += passed
        count[1] += 1
        if is_shown(verdict.metric, verdict.norm, chosen):
            rows.append(_row(verdict, rule, passed))
    return {
        "key": exploration.scene.digest(),
        "rule": rule,
        "meaning": RULES[rule],
        "norm": chosen,
        "domain": DOMAIN,
        "rows": rows,
        "counts": {norm: {"passed": p, "of": n} for norm, (p, n) in counts.items()},
    }


def _row(verdict: Verdict, rule: str, passed: bool) -> dict[str, Any]:
    nearest = verdict.references[verdict.nearest]

    def ratio(distance: float) -> float | None:
        # A picture that is itself a reference is at distance zero from it: no ratio exists.
        return distance / nearest if nearest > 0 else None

    ticks = [
        {"name": name, "distance": shown(verdict.metric, d), "ratio": ratio(d)}
        for name, d in verdict.references.items()
    ]
    if verdict.decoy is not None:
        ticks.append(
            {
                "name": "decoy",
                "distance": shown(verdict.metric, verdict.decoy),
                "ratio": ratio(verdict.decoy),
            }
        )
    return {
        "metric": verdict.metric,
        "title": title_of(verdict.metric),
        "help": help_of(verdict.metric),
        "norm": verdict.norm,
        "asksNetwork": verdict.metric not in BASELINES,
        "colour": colour_of(verdict.metric),
        "distance": shown(verdict.metric, verdict.distance),
        "ratio": ratio(verdict.distance),
        "times": None if nearest == 0 else times(verdict.distance / nearest),
        "nearest": verdict.nearest,
        "nearestDistance": shown(verdict.metric, nearest),
        "passed": passed,
        "ticks": ticks,
        "sentence": sentence(verdict, rule, passed),
    }


def sentence(verdict: Verdict, rule: str, passed: bool) -> str:
    """What the row says, in words; also its text alternative."""
    title = title_of(verdict.metric)
    here = shown(verdict.metric, verdict.distance)
    decoy = shown(verdict.metric, verdict.decoy or 0.0)
    distance, nearest = verdict.distance, verdict.references[verdict.nearest]
    multiple = times(distance / nearest if nearest > 0 else math.inf, 3)
    # What people know as SSIM or PSNR rises with likeness: its ratio would say nothing.
    what = "the distance" if verdict.norm != PIXELS else "as a distance that"
    against = f"{here}, {multiple} times {what} to {verdict.nearest}"
    passes = f"{title} {'passes' if passed else 'fails'}"
    if rule == "none":
        return f"{title}: nothing is changed, the distance is 0 ({here})."
    if rule == "decoy":
        return (
            f"{passes}: the stained picture is at {here}, another subject on the same background "
            f"at {decoy}."
        )
    if rule == "both" and verdict.sees_same and not passed:
        return f"{passes}: {against}, but another subject is nearer ({decoy})."
    return f"{passes}: {against}, the nearest blank canvas."
