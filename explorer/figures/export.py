"""One comparison as files that others read: JSON with everything, CSV with the numbers."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict, dataclass
from typing import Any

from explorer import links
from explorer.results import Exploration, Verdict, rule_of

FORMAT = 1
"""Version of the JSON below; it changes when a name in it changes its meaning."""
COLUMNS = (
    "metric",
    "norm",
    "layer",
    "distance",
    "passed",
    "network",
    "weights_sha256",
    "size",
    "version",
    "link",
)


@dataclass(frozen=True)
class Export:
    """A comparison and how to come back to it.

    Attributes:
        exploration: what the page shows.
        link: its address.
        upload_name: file name of the uploaded picture, where the subject is one.
    """

    exploration: Exploration
    link: str
    upload_name: str | None = None

    @property
    def upload_sha256(self) -> str | None:
        """Of the uploaded picture's file, where the subject is one."""
        source = self.exploration.scene.source
        return source.step.name if source.kind == "upload" else None


def passed(verdict: Verdict, rule: str) -> bool | None:
    """Whether a metric passes; None where nothing is changed, so that nothing is judged."""
    return None if rule == "none" else verdict.passes(rule)


def as_data(export: Export) -> dict[str, Any]:
    """Everything as plain data: scene, receipt, scores by layer, verdicts; full precision."""
    found = export.exploration
    rule = rule_of(found.scene)
    layers = found.comparison.layers
    upload = {"name": export.upload_name, "sha256": export.upload_sha256}
    return {
        "format": FORMAT,
        "link": export.link,
        "key": found.scene.digest(),
        "values": links.changed(found.scene),
        "upload": upload if export.upload_sha256 else None,
        "scene": json.loads(found.scene.to_json()),
        "receipt": asdict(found.comparison.receipt),
        "scores": [
            {
                "metric": metric,
                "norm": norm,
                "layers": dict(zip(layers, score.layers, strict=True)),
                "total": score.total,
            }
            for (metric, norm), score in found.comparison.scores.items()
        ],
        "rule": rule,
        "verdicts": [
            {
                "metric": v.metric,
                "norm": v.norm,
                "distance": v.distance,
                "passed": passed(v, rule),
                "nearest": v.nearest,
                "references": dict(v.references),
                "decoy": v.decoy,
            }
            for v in found.verdicts
        ],
    }


def as_json(export: Export) -> str:
    """`as_data`, indented for people."""
    return json.dumps(as_data(export), indent=2, allow_nan=False) + "\n"


def as_csv(export: Export) -> str:
    """A row for each metric, norm and layer, then one for their total, `layer` being `total`."""
    found = export.exploration
    receipt = found.comparison.receipt
    rule = rule_of(found.scene)
    made = [
        receipt.network,
        receipt.weights.sha256,
        f"{receipt.size[0]}x{receipt.size[1]}",
        receipt.version,
        export.link,
    ]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for verdict in found.verdicts:
        key = (verdict.metric, verdict.norm)
        if key in found.comparison.scores:
            score = found.comparison.scores[key]
            for layer, distance in zip(found.comparison.layers, score.layers, strict=True):
                writer.writerow([*key, layer, repr(distance), "", *made])
        judged = passed(verdict, rule)
        words = "" if judged is None else str(judged).lower()
        writer.writerow([*key, "total", repr(verdict.distance), words, *made])
    return text.getvalue()
