"""The triplets on which metrics and people disagree most, and small pictures of them."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from PIL import Image

from explorer.bapps import pictures, scoring
from explorer.bapps.layout import PICTURES, TWO_AFC, Item
from explorer.bapps.report import Distances

LISTED = 12
"""Triplets listed for each configuration, and for all of them together."""


def disagreement(d0: np.ndarray, d1: np.ndarray, h: np.ndarray) -> np.ndarray:
    """How far a metric's answer is against people's, in [0, 1].

    What its answer misses of the best score that any answer can have, max(h, 1 − h) − score, times
    how decided it is, |d0 − d1| / max(d0, d1): 1 where everybody chose one picture, and the metric
    found the other one identical to the reference.

    Args:
        d0: (…, N) distances of p0.
        d1: the same of p1.
        h: (N,), the share of people who chose p1.

    >>> disagreement(np.array([0.5]), np.array([1.0]), np.array([1.0]))
    array([0.5])
    """
    missed = scoring.best(h) - scoring.two_afc(d0, d1, h)
    larger = np.maximum(d0, d1)
    decided = np.divide(np.abs(d0 - d1), larger, out=np.zeros_like(larger), where=larger > 0)
    return missed * decided


def listed(items: Sequence[Item], distances: Distances, configurations: int) -> dict[str, Any]:
    """`triplets` by id, and `most`: the ids for all configurations together, then for each.

    Only those with any disagreement are listed, the largest first, equal ones by name.
    """
    own = [i for i in items if i.task == TWO_AFC and distances.get(i.id) is not None]
    if not own:
        return {"triplets": {}, "most": [[] for _ in range(configurations + 1)]}
    values = np.array([distances[item.id] for item in own])
    h = np.array([item.judgement for item in own])
    each = disagreement(values[:, 0].T, values[:, 1].T, h)
    most = []
    for row in (each.mean(0), *each):
        order = np.argsort(-row, kind="stable")[:LISTED]
        most.append([int(i) for i in order if row[i] > 0])
    chosen = sorted({i for row in most for i in row})
    return {
        "triplets": {
            own[i].id: {
                "part": own[i].part,
                "split": own[i].split,
                "name": own[i].name,
                "judgement": own[i].judgement,
                "distances": values[i].tolist(),
            }
            for i in chosen
        },
        "most": [[own[i].id for i in row] for row in most],
    }


def thumbnails(
    items: Iterable[Item], most: Sequence[Sequence[str]], count: int
) -> dict[str, dict[str, str]]:
    """The pictures of the first `count` triplets of every list: id → side → `data:` address."""
    wanted = {name for row in most for name in row[:count]}
    return {
        item.id: {
            side: _address(pictures.read(path))
            for side, path in zip(PICTURES[item.task], item.pictures, strict=True)
        }
        for item in items
        if item.id in wanted
    }


def _address(pixels: np.ndarray) -> str:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
