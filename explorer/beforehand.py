"""What can be made ready before anybody asks."""

from __future__ import annotations

import torch

from explorer.attribution import heatmaps
from explorer.comparison import compare
from explorer.features import Features


def compile_loops() -> None:
    """Compile the loops that answers on a CPU need, or read them from where they are kept.

    This takes ten seconds of one core once after installing, and then less than one.
    """
    with torch.inference_mode():
        a, b = (
            Features([torch.rand(1, 3, 16, 16).contiguous(memory_format=torch.channels_last)])
            for _ in range(2)
        )
        # First what the page shows when it opens.
        compared = compare(a, b, [torch.rand(3)])
        heatmaps("sort", "norm", a, b, compared, ("only",))
