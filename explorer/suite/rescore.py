"""A suite's distances kept layer by layer, so that other weights are judged without a network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from explorer.blend import PARTS, Blend
from explorer.results import NORMS, Scores
from explorer.suite.cases import KINDS, STAIN
from explorer.suite.experiment import CaseScores

SINGLE = tuple((part, norm) for part in PARTS for norm in NORMS)


@dataclass(frozen=True)
class Table:
    """Every single metric's distances of a suite's cases on one network.

    Attributes:
        network: whose distances they are.
        kinds: of each case.
        other: float64 (cases, `SINGLE`, layers), to the changed copy.
        limits: float64 (cases, limits, `SINGLE`, layers): to each reference, or to the decoy of a
            stain; filled up with copies of the last where a case has fewer.
    """

    network: str
    kinds: tuple[str, ...]
    other: np.ndarray
    limits: np.ndarray

    @classmethod
    def of(cls, network: str, cases: Iterable[CaseScores]) -> Table:
        """Gather the scores of a suite.

        Raises:
            ValueError: if there are no cases.
        """
        found = list(cases)
        if not found:
            raise ValueError("A table needs at least one case.")
        limits = [_limits(one) for one in found]
        most = max(len(own) for own in limits)
        padded = [own + [own[-1]] * (most - len(own)) for own in limits]
        return cls(
            network,
            tuple(one.case.kind for one in found),
            np.array([_single(one.other) for one in found]),
            np.array(padded),
        )

    @property
    def nbytes(self) -> int:
        """Memory of the distances."""
        return self.other.nbytes + self.limits.nbytes

    def passed(self, blend: Blend) -> np.ndarray:
        """Which cases a blend passes, bool (cases,), by the rule of each case's kind.

        Raises:
            ValueError: if the blend belongs to another network.
        """
        if blend.network != self.network:
            raise ValueError(f"{blend.name} is for {blend.network}, not for {self.network}.")
        weights = blend.weights()
        factors = np.array([weights[key] for key in SINGLE])
        layers = np.array(blend.layers)
        distance = np.einsum("csl,s,l->c", self.other, factors, layers)
        limit = np.einsum("cmsl,s,l->cm", self.limits, factors, layers).min(1)
        stained = np.array([kind == STAIN for kind in self.kinds])
        return np.where(stained, limit > distance, distance <= limit)

    def counts(self, blend: Blend) -> Mapping[str, tuple[int, int]]:
        """Kind → passed and all cases, in the order of the kinds.

        Raises:
            ValueError: see `passed`.
        """
        passed = self.passed(blend)
        of = {kind: np.array([k == kind for k in self.kinds]) for kind in KINDS}
        return {k: (int(passed[at].sum()), int(at.sum())) for k, at in of.items() if at.any()}


def _limits(one: CaseScores) -> list[list[tuple[float, ...]]]:
    if one.case.kind == STAIN and one.decoy is not None:
        return [_single(one.decoy)]
    return [_single(scores) for scores in one.references.values()]


def _single(scores: Scores) -> list[tuple[float, ...]]:
    return [scores[key].layers for key in SINGLE]
