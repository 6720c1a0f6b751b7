"""What a baseline is: a classical measure of two pictures, turned so that 0 is identical.

Baselines stand beside the deep metrics: the same question, asked of the pixels themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch

from explorer.registry import Registry

Distance = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
"""Two (N, 3, H, W) in [0, 1] → float64 (N,), from 0 (identical) upwards; symmetric."""


@dataclass(frozen=True)
class Baseline:
    """One measure, as a distance and as the number people know.

    Attributes:
        name: as people type it.
        title: as people read it.
        help: one sentence on what it compares and how to read its number.
        distance: falls as likeness grows, so that "is x nearer than the reference?" is
            `distance(original, x) <= distance(original, reference)` for every baseline.
        value: distance → the number that papers report, which may rise with likeness.
        unit: of that number.
        smallest: side in pixels below which it is not defined.
    """

    name: str
    title: str
    help: str
    distance: Distance
    value: Callable[[float], float] = float
    unit: str = ""
    smallest: int = 1


BASELINES: Registry[Baseline] = Registry("baseline")


def register(baseline: Baseline) -> Baseline:
    """Add a baseline under its own name."""
    return BASELINES.add(baseline.name, baseline)
