"""A pair of files, and what was found of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

Key = tuple[str, str]
"""(metric, norm)."""
Read = Callable[[Path], np.ndarray]


@dataclass(frozen=True)
class Pair:
    """Two files, and why they cannot be compared where that is known beforehand."""

    id: str
    a: Path
    b: Path
    problem: str = ""


@dataclass(frozen=True)
class Outcome:
    """What was found of a pair: its size (width, height) and scores, or a problem."""

    pair: Pair
    size: tuple[int, int] | None = None
    scores: Mapping[Key, float] = field(default_factory=dict)
    problem: str = ""
