"""Features compared by rank: each channel's activations, sorted.

Without channel norm the layer's distance is the squared 1-D Wasserstein-2 distance between the
activations of each channel, summed over channels.
"""

import torch

from explorer.cores import Job
from explorer.metrics.record import Metric, register
from explorer.metrics.sorting import sort_rows, sort_rows_soon


def sort(features: torch.Tensor) -> torch.Tensor:
    """(N, C, H, W) → (N, C, H·W): place k holds the channel's k-th smallest activation."""
    return sort_rows(features.flatten(2))


def sort_soon(features: torch.Tensor) -> tuple[torch.Tensor, Job[None]]:
    """The same as a job."""
    return sort_rows_soon(features.flatten(2))


SORT = register(
    Metric.single(
        "sort",
        sort,
        rearrange_soon=sort_soon,
        help="Compares each channel's activations by rank, wherever they are.",
    )
)
