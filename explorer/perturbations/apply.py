"""A list of steps on a canvas: neutral steps left out, the rest in the stated order."""

from __future__ import annotations

from collections.abc import Iterable

import torch

from explorer.canvas import Canvas, flatten
from explorer.perturbations.registry import PERTURBATIONS, STAGES
from explorer.scene import Step


def active(steps: Iterable[Step]) -> tuple[Step, ...]:
    """The steps that change something, in order of composition.

    That is the order of `STAGES`, and within a stage the order of registration, whatever the
    order in which the steps are given.

    Raises:
        KeyError: if a step names no perturbation.
    """
    kept = [step for step in steps if not PERTURBATIONS[step.name].is_neutral(step.kwargs())]
    place = {name: i for i, name in enumerate(PERTURBATIONS.names())}
    return tuple(sorted(kept, key=lambda step: (_stage(step), place[step.name])))


def apply(steps: Iterable[Step], canvas: Canvas) -> torch.Tensor:
    """The picture after the steps: float32, 3 × size × size, in [0, 1].

    Moves and stains change the canvas, which is then flattened and filtered. Without active steps
    this is `flatten(canvas)`, bit for bit.

    Args:
        steps: in any order; each has all knobs of its perturbation, cleaned.
        canvas: is not modified.

    Raises:
        KeyError: if a step names no perturbation.
    """
    ordered = active(steps)
    flat = STAGES.index("filter")
    for step in ordered:
        if _stage(step) < flat:
            canvas = PERTURBATIONS[step.name].function(canvas, **step.kwargs())
    image = flatten(canvas)
    for step in ordered:
        if _stage(step) >= flat:
            image = PERTURBATIONS[step.name].function(image, **step.kwargs())
    return image


def _stage(step: Step) -> int:
    return STAGES.index(PERTURBATIONS[step.name].facts["stage"])
