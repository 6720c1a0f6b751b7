"""Features compared by the mean of each channel."""

import torch

from explorer.cores import Job, run
from explorer.metrics import loops
from explorer.metrics.record import Metric, register


def mean(features: torch.Tensor) -> torch.Tensor:
    """(N, C, H, W) → (N, C, 1), the spatial mean of each channel."""
    found, job = mean_soon(features)
    run([job] if job else [])
    return found


def mean_soon(features: torch.Tensor) -> tuple[torch.Tensor, Job[None] | None]:
    """The same; it is there when the job is done, if there is one."""
    lines = None if torch.is_grad_enabled() else loops.lines(features.flatten(2))
    if lines is None:
        return features.mean((2, 3)).unsqueeze(2), None
    means, job = loops.means(lines, features.shape[0])
    return torch.from_numpy(means).unsqueeze(2), job


MEAN = register(
    Metric.single(
        "mean",
        mean,
        rearrange_soon=mean_soon,
        help="Compares each channel's mean; positions are forgotten.",
    )
)
