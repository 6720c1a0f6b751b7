"""What is known of the locality continuum: distances at windows, and the verdicts they make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch

from explorer.inside.locality import cells
from explorer.results import Scores, Verdict
from explorer.scene import Step

Points = Mapping[int, Scores]
"""Window in pixels → (mode, norm) → distance from the original; the windows that are known."""


@dataclass(frozen=True)
class Challenge:
    """One changed picture.

    Attributes:
        name: `pair` is what Explore shows; else the perturbation, or `shuffle`.
        title: as people read it.
        steps: what was done, where it is steps.
        rule: one of `results.rule_of`.
        minded: whether a metric should fail it: the picture is not the same any more.
        image: float32, 3 × H × W, in [0, 1].
        points: its distances.
    """

    name: str
    title: str
    steps: tuple[Step, ...]
    rule: str
    minded: bool
    image: torch.Tensor
    points: Points


@dataclass(frozen=True)
class Continuum:
    """Curves over the window, as far as they are known.

    Attributes:
        size: of the pictures, in pixels.
        layers: their names.
        sides: height and width of each layer's maps, in cells.
        windows: in pixels, upwards; the first is one cell in every layer, the last the whole.
        tiles: of the shuffle, a side.
        challenges: the pair first.
        references: name → distances of the original to a reference.
        decoy: the same to the decoy.
        left: how many distances are still missing, of `count`.
        doing: what comes next, in words; empty when nothing is left.
    """

    size: int
    layers: tuple[str, ...]
    sides: tuple[tuple[int, int], ...]
    windows: tuple[int, ...]
    tiles: int
    challenges: tuple[Challenge, ...]
    references: Mapping[str, Points]
    decoy: Points
    left: int
    count: int
    doing: str

    def blocks(self, layer: int, window: int) -> tuple[int, int]:
        """Rows and columns of a layer's blocks at a window, in cells."""
        return blocks(self.sides[layer], self.size, window)

    def verdict(self, challenge: Challenge, window: int, mode: str, norm: str) -> Verdict | None:
        """A challenge judged at a window, everything with the same window; None if not known.

        Args:
            challenge: one of `challenges`.
            window: one of `windows`.
            mode: `sort` or `mean`.
            norm: `raw` or `norm`.
        """
        everything = [challenge.points, self.decoy, *self.references.values()]
        if not all(window in points for points in everything):
            return None
        key = (mode, norm)
        return Verdict(
            mode,
            norm,
            challenge.points[window][key].total,
            {name: points[window][key].total for name, points in self.references.items()},
            self.decoy[window][key].total,
        )

    def passed(self, challenge: Challenge, mode: str, norm: str) -> dict[int, bool]:
        """Whether a challenge is passed, at each window that is known."""
        found = {w: self.verdict(challenge, w, mode, norm) for w in self.windows}
        return {w: v.passes(challenge.rule) for w, v in found.items() if v is not None}


def blocks(sides: tuple[int, int], size: int, window: int) -> tuple[int, int]:
    """Rows and columns of a map's blocks at a window in pixels."""
    return cells(sides[0], size, window), cells(sides[1], size, window)
