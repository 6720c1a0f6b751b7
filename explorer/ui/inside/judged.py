"""Verdicts from comparisons that a view made itself."""

from __future__ import annotations

from explorer.comparison import Compared
from explorer.pictures import REFERENCES
from explorer.results import Verdict
from explorer.verdicts import limits, on_features

Three = tuple[Compared, Compared, Compared]
"""One picture against the other of the pair, the references, and the decoy."""


def judged(three: Three) -> dict[tuple[str, str], Verdict]:
    """(metric, norm) → its verdict, in the order of the metrics."""
    changed, blanks, decoy = three
    references = {name: blanks.scores(i) for i, name in enumerate(REFERENCES)}
    found = on_features(changed.scores(), limits(references, decoy.scores()))
    return {(verdict.metric, verdict.norm): verdict for verdict in found}
