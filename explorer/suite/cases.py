"""What a challenge suite is: pictures by path, references by name, cases that name both.

A case asks one question of a metric. For `invert`, `translate` and `rotate` it passes when the
changed picture (`other`) is no further from the original than any reference; for `color_stain`
when the decoy is further from the original than the stained picture is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from explorer.scene import Scene

KINDS = ("invert", "translate", "rotate", "color_stain")
STAIN = "color_stain"


@dataclass(frozen=True)
class Case:
    """One question; pictures are paths relative to the suite. `decoy` for a stain only."""

    kind: str
    original: str
    other: str
    decoy: str | None = None


@dataclass(frozen=True)
class Suite:
    """A checked suite.

    Attributes:
        name: for people.
        pictures: path → uint8 H × W × 3, all of one size.
        references: name → path.
        cases: in order of kind, then name.
        problems: a sentence for each file that was left out.
        scenes: the scene that makes each case, where the suite was made here.
    """

    name: str
    pictures: Mapping[str, np.ndarray]
    references: Mapping[str, str]
    cases: tuple[Case, ...]
    problems: tuple[str, ...] = ()
    scenes: Mapping[Case, Scene] = field(default_factory=dict)


@dataclass(frozen=True)
class CaseResult:
    """What one metric under one norm says to one case."""

    network: str
    metric: str
    norm: str
    case: Case
    distance: float
    references: Mapping[str, float]
    decoy_distance: float | None = None

    @property
    def passed(self) -> bool:
        """The rule of the case's kind."""
        if self.case.kind == STAIN:
            return self.decoy_distance is not None and self.decoy_distance > self.distance
        return all(self.distance <= d for d in self.references.values())

    @property
    def margin(self) -> float:
        """Distance to failing, as a share of the limit; negative when failed."""
        limits = self.references.values() if self.case.kind != STAIN else [self.decoy_distance]
        limit = min(d for d in limits if d is not None)
        return 1 - self.distance / limit if limit > 0 else -self.distance
