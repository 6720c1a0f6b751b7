"""One finished run of a challenge suite as plain data, from which the page does everything else.

Neither floor knows the other: what is needed of a suite and of its results is said here.
"""

from __future__ import annotations

import base64
import hashlib
import io
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Protocol

import numpy as np
from PIL import Image

from explorer.baselines import NAMED
from explorer.figures.originals import originals, sliders
from explorer.figures.theme import shown, title_of
from explorer.form import DEFAULTS, values_of
from explorer.metrics import METRICS
from explorer.networks import NETWORKS
from explorer.results import PIXELS, Receipt
from explorer.scene import Scene

VERSION = 1
PIXELS_TITLE = "Pixels"
MOST_THUMBNAILS = 400
MOST_PROBLEMS = 100
THUMBNAIL_SIDE = 96
LARGEST = 1e30


class Case(Protocol):
    """See `explorer.suite.cases`."""

    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def original(self) -> str: ...  # noqa: D102
    @property
    def other(self) -> str: ...  # noqa: D102
    @property
    def decoy(self) -> str | None: ...  # noqa: D102


class Suite(Protocol):
    """See `explorer.suite.cases`."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def pictures(self) -> Mapping[str, np.ndarray]: ...  # noqa: D102
    @property
    def references(self) -> Mapping[str, str]: ...  # noqa: D102
    @property
    def cases(self) -> Sequence[Any]: ...  # noqa: D102
    @property
    def problems(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def scenes(self) -> Mapping[Any, Scene]: ...  # noqa: D102


class CaseResult(Protocol):
    """See `explorer.suite.cases`."""

    @property
    def metric(self) -> str: ...  # noqa: D102
    @property
    def norm(self) -> str: ...  # noqa: D102
    @property
    def case(self) -> Any: ...  # noqa: D102
    @property
    def distance(self) -> float: ...  # noqa: D102
    @property
    def references(self) -> Mapping[str, float]: ...  # noqa: D102
    @property
    def decoy_distance(self) -> float | None: ...  # noqa: D102
    @property
    def passed(self) -> bool: ...  # noqa: D102
    @property
    def margin(self) -> float: ...  # noqa: D102


def _title(receipt: Receipt) -> str:
    """The network's title, with its layers where not all count."""
    title = NETWORKS[receipt.network].title
    return f"{title} at {', '.join(receipt.taps)}" if receipt.taps else title


def figure(suite: Suite, receipt: Receipt, results: Sequence[CaseResult]) -> dict[str, Any]:
    """Plain data of one suite on one network, or of the baselines on its pixels.

    Lists under `scores` follow the order of `cases`, and lists of distances to the references the
    order of `references`. All numbers have six significant digits. The baselines have no
    `weights` unless DISTS is one of them, and each of their scores has the same lists under
    `shown` as people know them.
    Where the suite was not made here, `originals` and each case's `sliders` take the scenes' place.
    """
    pixels = receipt.network == PIXELS
    weights = {"origin": receipt.weights.origin, "sha256": receipt.weights.sha256}
    data: dict[str, Any] = {
        "version": VERSION,
        "suite": suite.name,
        "network": receipt.network,
        "title": PIXELS_TITLE if pixels else _title(receipt),
        **({"weights": weights} if receipt.weights.sha256 else {}),
        "program": receipt.version,
        "computed": f"{receipt.dtype} on {receipt.device}",
        "size": list(receipt.size),
        "problems": list(suite.problems[:MOST_PROBLEMS]),
        "left_out": len(suite.problems),
        "references": dict(suite.references),
        "cases": [_case(suite, case) for case in suite.cases],
        "scores": _scores(suite, results),
        "thumbnails": thumbnails(suite),
        "originals": {} if suite.scenes else originals(suite),
    }
    # The digest names this run for the page; equal runs are equal to the last digit shown.
    digest = hashlib.sha256(repr(data).encode()).hexdigest()[:12]
    return {"key": digest, **data}


def _case(suite: Suite, case: Case) -> dict[str, Any]:
    row: dict[str, Any] = {"kind": case.kind, "original": case.original, "other": case.other}
    if case.decoy is not None:
        row["decoy"] = case.decoy
    scene = suite.scenes.get(case)
    if scene is None:
        row["sliders"] = sliders(suite, case)
    else:
        row["values"] = {k: v for k, v in values_of(scene).items() if v != DEFAULTS[k]}
    return row


def _scores(suite: Suite, results: Sequence[CaseResult]) -> list[dict[str, Any]]:
    """A row a metric and norm, in the order of the registries, a person's own metrics last."""
    found: dict[tuple[str, str], dict[Any, CaseResult]] = {}
    for result in results:
        found.setdefault((result.metric, result.norm), {})[result.case] = result
    names = [*METRICS.names(), *NAMED]
    rows = []
    for (metric, norm), by_case in sorted(
        # `sorted` is stable: the norms stay as they come.
        found.items(),
        key=lambda item: names.index(item[0][0]) if item[0][0] in names else len(names),
    ):
        own = [by_case[case] for case in suite.cases]
        row: dict[str, Any] = {
            "metric": metric,
            "title": title_of(metric),
            "norm": norm,
            **_distances(suite, own, short),
            "passed": [int(r.passed) for r in own],
            "margin": [short(r.margin) for r in own],
        }
        if metric in NAMED:
            row["shown"] = _distances(suite, own, partial(shown, metric))
        rows.append(row)
    return rows


def _distances(
    suite: Suite, own: Sequence[CaseResult], turn: Callable[[float], Any]
) -> dict[str, list[Any]]:
    """Every distance of a metric, turned into a number or a text."""
    return {
        "distance": [turn(r.distance) for r in own],
        "references": [[turn(r.references[n]) for n in suite.references] for r in own],
        "decoy": [None if r.decoy_distance is None else turn(r.decoy_distance) for r in own],
    }


def short(value: float) -> float:
    """Six significant digits; JSON knows no infinity, so it ends at 1e30.

    >>> short(0.123456789), short(2401.92143), short(float("-inf"))
    (0.123457, 2401.92, -1e+30)
    """
    if math.isnan(value):
        return 0.0
    return float(f"{min(max(value, -LARGEST), LARGEST):.6g}")


def thumbnails(suite: Suite) -> dict[str, str]:
    """Path → small picture as a `data:` address: the references, then case by case."""
    chosen = list(dict.fromkeys(_paths(suite)))[:MOST_THUMBNAILS]
    return {path: thumbnail(suite.pictures[path]) for path in chosen}


def _paths(suite: Suite) -> Iterable[str]:
    yield from suite.references.values()
    for case in suite.cases:
        yield from (p for p in (case.original, case.other, case.decoy) if p is not None)


def thumbnail(pixels: np.ndarray) -> str:
    """A JPEG of at most 96 pixels a side, from uint8 H × W × 3."""
    picture = Image.fromarray(pixels)
    picture.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.BOX, reducing_gap=None)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=88, subsampling=0)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()
