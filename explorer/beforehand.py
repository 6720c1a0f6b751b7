"""What can be made ready before anybody asks."""

from __future__ import annotations

import torch

from explorer.comparison import compare
from explorer.features import Features


def compile_loops() -> None:
    """Compile the loops that the page's first answer needs on a CPU, or read them from disk.

    This takes three seconds of one core once after installing, and then hardly any. Those for the
    heatmaps of `sort` wait until somebody looks at them: the first answer would be later for them.
    """
    with torch.inference_mode():
        a, b = (
            Features([torch.rand(1, 3, 16, 16).contiguous(memory_format=torch.channels_last)])
            for _ in range(2)
        )
        compare(a, b, [torch.rand(3)])
