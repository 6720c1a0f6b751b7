"""A suite's results for people and for other programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from explorer.baselines import NAMED
from explorer.metrics import METRICS
from explorer.networks import NETWORKS
from explorer.suite.cases import KINDS, STAIN, CaseResult
from explorer.suite.experiment import ALL_LAYERS


def as_json(
    results: Sequence[CaseResult],
    problems: Sequence[str],
    layers: Mapping[str, tuple[int, ...]] = ALL_LAYERS,
) -> dict[str, Any]:
    """Plain data: `layers`, `cases`, `counts`, `problems`.

    `layers` names those that count of the networks of which not all do.
    """
    taps = {name: NETWORKS[name].taps for name in layers}
    chosen = {name: [taps[name][i].name for i in places] for name, places in layers.items()}
    return {
        "layers": {name: names for name, names in chosen.items() if names},
        "cases": [_case(r) for r in results],
        "counts": counts(results),
        "problems": [*problems],
    }


def _case(result: CaseResult) -> dict[str, Any]:
    row: dict[str, Any] = {
        "network": result.network,
        "metric": result.metric,
        "norm": result.norm,
        "kind": result.case.kind,
        "original": result.case.original,
        "other": result.case.other,
        "distance": result.distance,
        "references": dict(result.references),
        "passed": result.passed,
    }
    if result.case.kind == STAIN:
        row |= {"decoy": result.case.decoy, "decoy_distance": result.decoy_distance}
    return row


def as_csv(results: Sequence[CaseResult]) -> str:
    """A line a case, metric and norm, with a column a reference."""
    references = list(results[0].references) if results else []
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    head = ["network", "metric", "norm", "kind", "original", "other", "distance", "passed"]
    writer.writerow([*head, *(f"to_{name}" for name in references), "decoy", "to_decoy"])
    for r in results:
        row = [r.network, r.metric, r.norm, r.case.kind, r.case.original, r.case.other]
        limits = [r.references[name] for name in references]
        decoy = [r.case.decoy or "", "" if r.decoy_distance is None else r.decoy_distance]
        writer.writerow([*row, r.distance, int(r.passed), *limits, *decoy])
    return text.getvalue()


def table(results: Sequence[CaseResult]) -> str:
    """Successes by network, metric and norm, a column a kind."""
    rows: dict[tuple[str, str, str], dict[str, str]] = {}
    for count in counts(results):
        key = (count["network"], count["metric"], count["norm"])
        rows.setdefault(key, {})[count["kind"]] = f"{count['passed']}/{count['of']}"
    kinds = [kind for kind in KINDS if any(kind in row for row in rows.values())]
    head = f"{'network':21}{'metric':14}{'norm':7}" + "".join(f"{kind:>13}" for kind in kinds)
    lines = [
        f"{network:21}{metric:14}{norm:7}" + "".join(f"{row.get(kind, ''):>13}" for kind in kinds)
        for (network, metric, norm), row in rows.items()
    ]
    return "\n".join([head, *lines])


def counts(results: Sequence[CaseResult]) -> list[dict[str, Any]]:
    """Passed cases by network, metric, norm and kind, in the registries' order."""
    table: dict[tuple[str, str, str, str], list[int]] = {}
    for result in results:
        key = (result.network, result.metric, result.norm, result.case.kind)
        count = table.setdefault(key, [0, 0])
        count[0] += result.passed
        count[1] += 1
    return [
        {"network": n, "metric": m, "norm": norm, "kind": k, "passed": p, "of": of}
        for (n, m, norm, k), (p, of) in sorted(table.items(), key=lambda item: _order(item[0]))
    ]


def _order(key: tuple[str, str, str, str]) -> tuple[str, int, str, str, str]:
    network, metric, norm, kind = key
    known = [*METRICS.names(), *NAMED]
    place = known.index(metric) if metric in known else len(known)
    return network, place, metric, norm, kind
