"""What the engine answers. Every result carries what made it; arrays are read-only numpy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from explorer.scene import Scene

NORMS = ("raw", "norm")
PIXELS = "pixels"
"""What stands in place of the norm where a baseline compares pixels, not features."""
OWN = "own"
"""What stands in place of the norm for a blend, which mixes both."""


@dataclass(frozen=True)
class WeightsInfo:
    """Which weights made a number: where they come from and the sha256 of their file."""

    origin: str
    sha256: str
    licence: str = ""


@dataclass(frozen=True)
class Receipt:
    """What made a result: enough to make it again.

    `taps`: the layers that counted, where a person chose some; empty if all did.
    """

    network: str
    weights: WeightsInfo
    size: tuple[int, int]
    dtype: str
    device: str
    version: str
    taps: tuple[str, ...] = ()


@dataclass(frozen=True)
class Score:
    """The distance of one metric under one norm: a number a layer and their sum."""

    layers: tuple[float, ...]

    @property
    def total(self) -> float:
        """The sum over layers."""
        return float(sum(self.layers))

    def __add__(self, other: Score) -> Score:
        """Layer by layer: what a summed metric is."""
        if len(self.layers) != len(other.layers):
            raise ValueError(
                f"Scores of {len(self.layers)} and {len(other.layers)} layers cannot be added."
            )
        return Score(tuple(a + b for a, b in zip(self.layers, other.layers, strict=True)))


Scores = Mapping[tuple[str, str], Score]
"""(metric, "raw" or "norm") → score, in the order of the metric registry."""


@dataclass(frozen=True)
class LayerMap:
    """Where one layer's distance comes from. The mean of `values` is `distance`.

    `values`: float32, h × w. `kind` is `positions` (a picture of the layer's grid, laid on the
    `over` picture: `original`, `perturbed` or `both`) or `channels` (one cell a channel).
    """

    layer: str
    metric: str
    norm: str
    kind: str
    over: str
    values: np.ndarray
    distance: float


@dataclass(frozen=True)
class Comparison:
    """Two pictures compared by every metric on one network."""

    receipt: Receipt
    layers: tuple[str, ...]
    scores: Scores


@dataclass(frozen=True)
class Verdict:
    """The paper's question for one metric and norm: would it rather have a blank canvas?

    A baseline answers it, too: `metric` is then its name and `norm` is `PIXELS`.

    `references`: name → distance(original, reference). `decoy`: distance(original, decoy), where
    there is one. `sees_same`: distance ≤ every reference. `beats_decoy`: decoy > distance.
    """

    metric: str
    norm: str
    distance: float
    references: Mapping[str, float]
    decoy: float | None = None

    @property
    def nearest(self) -> str:
        """The name of the nearest reference."""
        return min(self.references, key=lambda name: self.references[name])

    @property
    def sees_same(self) -> bool:
        """The rule for invert, translate and rotate."""
        return self.distance <= self.references[self.nearest]

    @property
    def beats_decoy(self) -> bool | None:
        """The rule for colour stain; None without a decoy."""
        return None if self.decoy is None else self.decoy > self.distance

    def passes(self, rule: str) -> bool:
        """Whether the metric passes under a rule of `rule_of`."""
        if rule == "decoy":
            return bool(self.beats_decoy)
        if rule == "both":
            return self.sees_same and bool(self.beats_decoy)
        return self.sees_same

    def limit(self, rule: str) -> float:
        """The distance at which the metric begins to fail under a rule of `rule_of`."""
        nearest = self.references[self.nearest]
        if rule == "decoy":
            return nearest if self.decoy is None else self.decoy
        if rule == "both" and self.decoy is not None:
            return min(nearest, self.decoy)
        return nearest


def rule_of(scene: Scene) -> str:
    """Which of the paper's rules judge a scene.

    `references` for everything but a stain, `decoy` for a stain alone, `both` for a stain with
    other steps, `none` when nothing is changed.
    """
    names = [step.name for step in scene.challenge]
    if not names:
        return "none"
    if "stain" not in names:
        return "references"
    return "decoy" if names == ["stain"] else "both"


@dataclass(frozen=True)
class Axis:
    """A knob that moves: its name in the form, its unit, and the values it takes, upwards."""

    name: str
    title: str
    unit: str
    values: tuple[float, ...]


@dataclass(frozen=True)
class SweepPoint:
    """The verdicts at one place of a sweep: `at` holds the value of each knob that moves."""

    at: tuple[float, ...]
    rule: str
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True)
class Sweep:
    """One knob (a curve) or two (an atlas), every metric judged at every point.

    Attributes:
        receipt: what made the numbers.
        axes: one or two.
        points: those that are known so far, in no order.
    """

    receipt: Receipt
    axes: tuple[Axis, ...]
    points: tuple[SweepPoint, ...]

    def failing(self, index: int) -> list[tuple[float, float]]:
        """Where a metric fails along one knob: (first, last) failing value of each stretch.

        Args:
            index: of the metric and norm among the verdicts of each point.
        """
        stretches: list[tuple[float, float]] = []
        before = False
        for point in sorted(self.points, key=lambda p: p.at):
            fails = not point.verdicts[index].passes(point.rule)
            if fails:
                first = stretches.pop()[0] if before else point.at[0]
                stretches.append((first, point.at[0]))
            before = fails
        return stretches


@dataclass(frozen=True)
class Exploration:
    """All that the Explore tab shows for one scene. Pictures: float32, 3 × H × W, in [0, 1]."""

    scene: Scene
    comparison: Comparison
    verdicts: tuple[Verdict, ...]
    maps: tuple[LayerMap, ...]
    original: np.ndarray
    perturbed: np.ndarray
    decoy: np.ndarray
    notes: tuple[str, ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict)
