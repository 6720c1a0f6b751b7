"""What a metric is: a rearrangement of each layer's features, then a squared distance.

Metrics combine by addition: `SPATIAL + SORT` is the metric whose score is the sum of both scores.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch

from explorer.cores import Job
from explorer.registry import Registry
from explorer.results import NORMS

Rearrange = Callable[[torch.Tensor], torch.Tensor]
"""(N, C, H, W) → (N, C, P): what stands at each of P places to be compared."""
RearrangeSoon = Callable[[torch.Tensor], tuple[torch.Tensor, Job[None] | None]]
"""The same on a CPU without gradients; it is there when the job is done, if there is one."""


@dataclass(frozen=True)
class Metric:
    """One metric, or the sum of several.

    Attributes:
        name: as people type it.
        title: as people read it.
        parts: names of the single metrics whose scores are added; its own name if it is one.
        rearrange: of a single metric, its rearrangement; None for a sum.
        rearrange_soon: of a single metric that rearranges by a job for several threads, that job.
        norms: the normalisations it is defined for.
        weighted: channels are weighted by trained heads (LPIPS) before they are summed.
        help: one sentence on what it compares.
    """

    name: str
    title: str
    parts: tuple[str, ...]
    rearrange: Rearrange | None = None
    rearrange_soon: RearrangeSoon | None = None
    norms: tuple[str, ...] = NORMS
    weighted: bool = False
    help: str = ""

    @classmethod
    def single(cls, name: str, rearrange: Rearrange, **rest: object) -> Metric:
        """A metric of its own: `parts` is itself."""
        title = str(rest.pop("title", name))
        return cls(name, title, (name,), rearrange, **rest)  # type: ignore[arg-type]

    def __add__(self, other: Metric) -> Metric:
        """The metric whose score is the sum of both."""
        return Metric(
            f"{self.name}+{other.name}",
            f"{self.title} + {other.title}",
            self.parts + other.parts,
            norms=tuple(n for n in self.norms if n in other.norms),
            help=f"The plain sum of {self.name} and {other.name}.",
        )


METRICS: Registry[Metric] = Registry("metric")


def register(metric: Metric) -> Metric:
    """Add a metric under its own name."""
    return METRICS.add(metric.name, metric)
