"""Every baseline of many pictures at once, a few pictures at a time."""

from __future__ import annotations

from collections.abc import Iterable

import torch

from explorer.baselines.record import BASELINES, Baseline

# Values of the pictures handled at once. On a CPU more would fall out of its caches: four pictures
# of 224 pixels together take several times as long as one after another.
CPU_VALUES = 1 << 16
GPU_VALUES = 1 << 22


def distances(
    a: torch.Tensor, b: torch.Tensor, baselines: Iterable[Baseline] = BASELINES
) -> dict[str, torch.Tensor]:
    """Compare the pictures of `a` with those of `b` by every baseline defined at their size.

    Args:
        a: (1 or N, 3, H, W), floats in [0, 1], on any device that knows float64.
        b: (N, 3, H, W), on the same device.
        baselines: which ones.

    Returns:
        The distances, name → float64 (N,) on the CPU, in the order of `baselines`.

    Raises:
        ValueError: if the shapes do not fit.
    """
    if a.ndim != 4 or a.shape[1:] != b.shape[1:] or a.shape[1] != 3 or len(a) not in (1, len(b)):
        raise ValueError(
            f"Pictures of shapes {tuple(a.shape)} and {tuple(b.shape)} cannot be compared: "
            "(1 or N, 3, H, W) and (N, 3, H, W) were expected."
        )
    side = min(a.shape[2:])
    defined = [baseline for baseline in baselines if side >= baseline.smallest]
    at_once = max(
        1, (CPU_VALUES if b.device.type == "cpu" else GPU_VALUES) // max(1, b.shape[1:].numel())
    )
    found: dict[str, list[torch.Tensor]] = {baseline.name: [] for baseline in defined}
    pairs = zip(a.expand_as(b).split(at_once), b.split(at_once), strict=True)
    for few_a, few_b in ((few_a.double(), few_b.double()) for few_a, few_b in pairs):
        for baseline in defined:
            found[baseline.name].append(baseline.distance(few_a, few_b).cpu())
    return {name: torch.cat(pieces) for name, pieces in found.items()}
