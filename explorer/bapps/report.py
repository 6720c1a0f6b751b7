"""Distances and judgements → scores as plain data, which the page, the files and the figure show.

Nothing here computes a distance. Numbers are shares in [0, 1], not percent.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from explorer.bapps import scoring
from explorer.bapps.bootstrap import Bootstrap
from explorer.bapps.layout import JND, SPLITS, TWO_AFC, Item
from explorer.bapps.run import Configuration
from explorer.bapps.scoring import Array, Ranking

FORMAT = "deep perceptual similarity explorer: bapps results"
VERSION = 1
ALL = "all"
"""The name of the items of all splits together."""
SCORE, ACCURACY, PRECISION = "2afc", "accuracy", "ap"
MEASURES: Mapping[str, tuple[str, ...]] = {TWO_AFC: (SCORE, ACCURACY), JND: (PRECISION,)}
MOST_PROBLEMS = 100

Distances = Mapping[str, Sequence[Sequence[float]] | None]
"""Item's id → (comparisons, configurations), or None where a picture could not be used."""


def scored(
    items: Sequence[Item],
    distances: Distances,
    configurations: Sequence[Configuration],
    bootstrap: Bootstrap,
) -> dict[str, Any]:
    """`groups` and `scores`: every split by itself, and all splits of a task together.

    Args:
        items: all that were read.
        distances: of each of them.
        configurations: in the order of the distances.
        bootstrap: for the intervals.

    Returns:
        `groups`: rows with `id`, `task`, `part`, `split`, `items`, and for 2AFC `human` and `best`,
        each `{value, low, high}`; `scores`: rows with `group`, `configuration` (a number in the
        list), `measure`, `value`, `low`, `high`. None stands where nothing can be scored.
    """
    groups, scores = [], []
    for task, part, split, own in _grouped(items, distances):
        name = f"{task}/{part}/{split}"
        row: dict[str, Any] = {
            "id": name,
            "task": task,
            "part": part,
            "split": split,
            "items": len(own),
        }
        values = np.array([distances[item.id] for item in own])
        judged = np.array([item.judgement for item in own])
        if task == TWO_AFC:
            known = np.stack([scoring.human(judged), scoring.best(judged)])
            ends = bootstrap.means(name, known)
            row["human"], row["best"] = _rows(known.mean(1), *ends)
        for measure, found in _measured(task, name, values, judged, bootstrap).items():
            scores += [
                {"group": name, "configuration": k, "measure": measure, **ends}
                for k, ends in enumerate(found)
            ]
        groups.append(row)
    return {"groups": groups, "scores": scores}


def _grouped(items: Sequence[Item], distances: Distances) -> list[tuple[str, str, str, list[Item]]]:
    """What is scored together: each split, then all of a task and part, where there are several."""
    usable = [item for item in items if distances.get(item.id) is not None]
    found = []
    for task in SPLITS:
        for part in dict.fromkeys(item.part for item in usable if item.task == task):
            own = [item for item in usable if (item.task, item.part) == (task, part)]
            splits = dict.fromkeys(item.split for item in own)
            for split in splits:
                found.append((task, part, split, [item for item in own if item.split == split]))
            if len(splits) > 1:
                found.append((task, part, ALL, own))
    return found


def _measured(
    task: str, name: str, values: Array, judged: Array, bootstrap: Bootstrap
) -> dict[str, list[dict[str, float | None]]]:
    """Measure → a row a configuration; `values` are (items, comparisons, configurations)."""
    if task == TWO_AFC:
        d0, d1 = values[:, 0].T, values[:, 1].T
        rows = {}
        for measure, score in ((SCORE, scoring.two_afc), (ACCURACY, scoring.accuracy)):
            each = score(d0, d1, judged)
            counted = ~np.isnan(each)
            number = counted.sum(1)
            mean = np.divide(
                np.where(counted, each, 0).sum(1),
                number,
                out=np.full(len(each), np.nan),
                where=number > 0,
            )
            rows[measure] = _rows(mean, *bootstrap.means(name, each))
        return rows
    rankings = [Ranking(column, judged) for column in values[:, 0].T]
    every = np.ones((1, len(judged)))
    precisions = np.array([ranking.precision(every)[0] for ranking in rankings])
    return {PRECISION: _rows(precisions, *bootstrap.precisions(name, rankings, len(judged)))}


def _rows(values: Array, lower: Array, upper: Array) -> list[dict[str, float | None]]:
    return [
        {"value": _known(value), "low": _known(low), "high": _known(high)}
        for value, low, high in zip(values, lower, upper, strict=True)
    ]


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


COLUMNS = (
    "task",
    "part",
    "split",
    "items",
    "network",
    "metric",
    "norm",
    "measure",
    "value",
    "low",
    "high",
    "human",
    "human_low",
    "human_high",
    "best",
    "made_by",
)


def as_csv(results: Mapping[str, Any]) -> str:
    """A line a score."""
    groups = {group["id"]: group for group in results["groups"]}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for score in results["scores"]:
        group = groups[score["group"]]
        made = results["configurations"][score["configuration"]]
        human = group.get("human", {}) if score["measure"] == SCORE else {}
        best = group.get("best", {}) if score["measure"] == SCORE else {}
        writer.writerow(
            [group[name] for name in COLUMNS[:4]]
            + [made[name] for name in COLUMNS[4:7]]
            + [score["measure"], *(_cell(score[end]) for end in ("value", "low", "high"))]
            + [_cell(human.get(end)) for end in ("value", "low", "high")]
            + [_cell(best.get("value")), made["made_by"]]
        )
    return text.getvalue()


def _cell(value: float | None) -> str:
    return "" if value is None else repr(value)


TITLES = {
    SCORE: "2AFC score, % (the share of people with whom a metric agrees)",
    ACCURACY: "2AFC accuracy, % (agreement with the majority; ties of people are not counted)",
    PRECISION: "JND average precision, %",
}


def table(results: Mapping[str, Any]) -> str:
    """For people: a table a measure, a column a split; intervals in brackets."""
    parts = []
    for measure in TITLES:
        for part in dict.fromkeys(group["part"] for group in results["groups"]):
            lines = _table(results, measure, part)
            if lines:
                parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _table(results: Mapping[str, Any], measure: str, part: str) -> list[str]:
    scores = {
        (s["configuration"], s["group"]): s for s in results["scores"] if s["measure"] == measure
    }
    asked = {group for _, group in scores}
    groups = [g for g in results["groups"] if g["part"] == part and g["id"] in asked]
    if not groups:
        return []
    level = f"{100 * results['bootstrap']['level']:g}"
    lines = [f"{TITLES[measure]}; {part}; [{level} % bootstrap interval]"]
    lines.append(
        f"{'network':22}{'metric':14}{'norm':8}" + "".join(f"{g['split']:>20}" for g in groups)
    )
    lines.append(f"{'':44}" + "".join(f"{_items(g):>20}" for g in groups))
    for k, made in enumerate(results["configurations"]):
        cells = "".join(f"{_interval(scores[k, group['id']]):>20}" for group in groups)
        lines.append(f"{made['network']:22}{made['metric']:14}{made['norm']:8}{cells}")
    if measure == SCORE:
        for name, title in (("human", "a random person"), ("best", "best possible")):
            cells = "".join(f"{_interval(group[name]):>20}" for group in groups)
            lines.append(f"{title:44}{cells}")
    return lines


def _items(group: Mapping[str, Any]) -> str:
    return f"{group['items']} items" if group["items"] != 1 else "1 item"


def _interval(row: Mapping[str, float | None]) -> str:
    if row["value"] is None:
        return "–"
    value, low, high = (100 * (row[end] or 0.0) for end in ("value", "low", "high"))
    return f"{value:.1f} [{low:.1f}, {high:.1f}]" if row["low"] is not None else f"{value:.1f}"
