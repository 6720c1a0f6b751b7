"""What every configuration of a network says to a trial: how far each candidate is."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.agreement import preference
from explorer.engine import Engine
from explorer.metrics import METRICS
from explorer.trials.trial import Pictures


@dataclass(frozen=True)
class Judged:
    """One configuration's answer.

    Attributes:
        metric: its name.
        norm: `raw` or `norm`.
        d0: distance of p0 from the reference.
        d1: distance of p1.
    """

    metric: str
    norm: str
    d0: float
    d1: float

    @property
    def key(self) -> str:
        """Metric and norm in one word, `spatial/norm`."""
        return f"{self.metric}/{self.norm}"

    @property
    def title(self) -> str:
        """As people read it."""
        several = len(METRICS[self.metric].norms) > 1
        return METRICS[self.metric].title + (f", {self.norm}" if several else "")

    @property
    def prefers(self) -> float:
        """1 for p1, 0 for p0, 0.5 where both are equally far."""
        return preference(self.d0, self.d1)


def judge(engine: Engine, pictures: Pictures, network: str) -> tuple[Judged, ...]:
    """Every metric and norm of a network, in the order of the registry; LPIPS where it has heads.

    Raises:
        WeightsError: if the network's weights cannot be had.
        ValueError: if the pictures are too small for the network.
    """
    reference, p0, p1 = pictures
    first = engine.compare_images(reference, p0, network).scores
    second = engine.compare_images(reference, p1, network).scores
    return tuple(Judged(m, n, first[m, n].total, second[m, n].total) for m, n in first)
