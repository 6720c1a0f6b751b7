"""The right scores beside those with a bug, as the page draws them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from explorer.figures.theme import colour_of, help_of, number, title_of
from explorer.results import Verdict

CHANGED = "changed"
"""The name of the picture that is judged, among the references and the decoy."""

DOMAIN = (0.01, 100.0)
"""Shown range of distance with the bug ÷ right distance. Fixed, so that the axis never moves."""


def figure(
    bug: dict[str, Any], rule: str, changed: str, pairs: Sequence[tuple[Verdict, Verdict]]
) -> dict[str, Any]:
    """Plain data.

    Args:
        bug: what it is, in words.
        rule: of the verdicts.
        changed: what the judged picture is called, `perturbed` or (swapped) `original`.
        pairs: the right verdict and the one with the bug, a pair a metric.
    """
    rows = [_row(right, wrong, rule, changed) for right, wrong in pairs]
    counts = [
        sum(pair[side].passes(rule) for pair in pairs) if rule != "none" else None
        for side in (0, 1)
    ]
    return {
        "bug": bug,
        "rule": rule,
        "changed": changed,
        "domain": DOMAIN,
        "rows": rows,
        "passed": counts,
        "summary": _summary(rows, counts, rule),
    }


def _row(right: Verdict, wrong: Verdict, rule: str, changed: str) -> dict[str, Any]:
    judged = rule != "none"
    title = title_of(right.metric)
    sides = [_side(verdict, rule, judged) for verdict in (right, wrong)]
    ratio = wrong.distance / right.distance if right.distance > 0 else None
    order = [_order(verdict) for verdict in (right, wrong)]
    names = [CHANGED, *right.references, "decoy"]
    pictures = [
        {
            "name": changed if name == CHANGED else name,
            "judged": name == CHANGED,
            "distances": [number(_distances(v)[name]) for v in (right, wrong)],
            "ranks": [ranks[name] for ranks in order],
        }
        for name in names
    ]
    return {
        "metric": right.metric,
        "title": title,
        "help": help_of(right.metric),
        "colour": colour_of(right.metric),
        "right": sides[0],
        "wrong": sides[1],
        "ratio": ratio,
        "flipped": judged and sides[0]["passes"] != sides[1]["passes"],
        "pictures": pictures,
        "crossings": _crossings(order),
        "sentence": _sentence(title, sides, ratio, order, judged, len(names)),
    }


def _side(verdict: Verdict, rule: str, judged: bool) -> dict[str, Any]:
    return {
        "distance": number(verdict.distance),
        "limit": number(verdict.limit(rule)),
        "nearest": verdict.nearest,
        "passes": verdict.passes(rule) if judged else None,
    }


def _distances(verdict: Verdict) -> dict[str, float]:
    decoy = {} if verdict.decoy is None else {"decoy": verdict.decoy}
    return {CHANGED: verdict.distance, **verdict.references, **decoy}


def _order(verdict: Verdict) -> dict[str, int]:
    """The place of each picture, 1 the nearest; equal distances keep the order of the list."""
    found = _distances(verdict)
    return {name: i + 1 for i, name in enumerate(sorted(found, key=lambda n: found[n]))}


def _crossings(order: Sequence[dict[str, int]]) -> int:
    """How many pairs of pictures stand in another order."""
    right, wrong = order
    names = list(right)
    return sum(
        (right[a] < right[b]) != (wrong[a] < wrong[b])
        for i, a in enumerate(names)
        for b in names[i + 1 :]
    )


def _sentence(
    title: str,
    sides: Sequence[dict[str, Any]],
    ratio: float | None,
    order: Sequence[dict[str, int]],
    judged: bool,
    count: int,
) -> str:
    right, wrong = sides
    text = f"{title}: {right['distance']} is right, {wrong['distance']} with the bug"
    if ratio is not None:
        text += f", {ratio:.3g} times as much"
    if judged:
        said = {True: "passes", False: "fails"}
        text += f". It {said[right['passes']]} rightly and {said[wrong['passes']]} with the bug"
    places = [ranks[CHANGED] for ranks in order]
    return f"{text}. Among {count} pictures it is number {places[0]}, with the bug {places[1]}."


def _summary(rows: Sequence[dict[str, Any]], counts: Sequence[int | None], rule: str) -> str:
    if all(row["ratio"] in (None, 1.0) and row["crossings"] == 0 for row in rows):
        return "No number of these metrics changes here."
    crossings = [row["crossings"] for row in rows]
    moved = sum(c > 0 for c in crossings)
    text = (
        f"The order of the pictures changes for {moved} of {len(rows)} metrics"
        if moved
        else "The order of the pictures stays for every metric"
    )
    if rule == "none":
        return f"{text}. Nothing is changed in Explore, so there is nothing to pass or fail."
    flipped = [row["title"] for row in rows if row["flipped"]]
    verdict = f"the verdict of {', '.join(flipped)}" if flipped else "no verdict"
    return (
        f"{text}, and {verdict} changes: {counts[0]} of {len(rows)} pass rightly, "
        f"{counts[1]} with the bug."
    )
