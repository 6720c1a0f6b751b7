"""What can be made ready before anybody asks."""

from __future__ import annotations

import torch

from explorer.canvas import Canvas, flatten
from explorer.comparison import compare
from explorer.features import Features


def compile_loops() -> None:
    """Compile the loops that the page's first answers need on a CPU, or read them from disk.

    This takes four seconds of one core once after installing, and then hardly any. Those for the
    heatmaps of `sort` wait until somebody looks at them: the first answer would be later for them.
    """
    with torch.inference_mode():
        a, b = (
            Features([torch.rand(1, 3, 16, 16).contiguous(memory_format=torch.channels_last)])
            for _ in range(2)
        )
        compare(a, b, [torch.rand(3)])
        flatten(Canvas(torch.rand(4, 16, 16), torch.rand(3, 1, 1), size=16, angle=1.0))
