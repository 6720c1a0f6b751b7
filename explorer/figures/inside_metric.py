"""A person's own metric beside the others, as the page draws it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from explorer.blend import PARTS, Blend, written
from explorer.figures.ladder import DOMAIN, sentence
from explorer.figures.theme import colour_of, number, shown, title_of
from explorer.results import OWN, Score, Verdict

Counts = Mapping[str, tuple[int, int]]
"""Kind of case → passed, all."""


def figure(
    blend: Blend,
    score: Score,
    verdicts: Sequence[Verdict],
    rule: str,
    counts: Mapping[tuple[str, str], Counts] | None,
) -> dict[str, Any]:
    """Plain data.

    Args:
        blend: the metric.
        score: of the pair, layer by layer.
        verdicts: the metric's own and those that stand beside it.
        rule: of `rule_of`.
        counts: (metric, norm) → its successes on the suite; None if it was not run.
    """
    own = [v for v in verdicts if v.norm == OWN]
    others = [v for v in verdicts if v.norm != OWN]
    kinds = list(next(iter(counts.values()))) if counts else []
    return {
        "text": written([blend]),
        "name": blend.name,
        "network": blend.network,
        "weights": {"layers": list(blend.layers), "parts": list(blend.parts), "norm": blend.norm},
        "parts": PARTS,
        "total": number(score.total),
        "perLayer": [number(value) for value in score.layers],
        "shares": [v / score.total if score.total > 0 else 0.0 for v in score.layers],
        "rule": rule,
        "domain": DOMAIN,
        "kinds": kinds,
        "rows": [_row(v, rule, kinds, counts) for v in (*own, *others)],
    }


def _row(
    verdict: Verdict,
    rule: str,
    kinds: Sequence[str],
    counts: Mapping[tuple[str, str], Counts] | None,
) -> dict[str, Any]:
    passed = verdict.passes(rule)
    limit = verdict.limit(rule)
    found = (counts or {}).get((verdict.metric, verdict.norm))
    row: dict[str, Any] = {
        "metric": verdict.metric,
        "norm": verdict.norm,
        "title": title_of(verdict.metric),
        "colour": colour_of(verdict.metric),
        "distance": shown(verdict.metric, verdict.distance),
        "ratio": verdict.distance / limit if limit > 0 else None,
        "passed": passed,
        "sentence": sentence(verdict, rule, passed),
    }
    if found is not None:
        row["counts"] = [list(found[kind]) for kind in kinds]
        row["all"] = [sum(found[kind][i] for kind in kinds) for i in (0, 1)]
    return row
