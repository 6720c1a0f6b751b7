"""What a place of a layer can see: receptive fields, from the trunk's own modules.

Convolutions and pooling look at windows. Kernel, stride, padding and dilation of the modules before
a tap say which pixels of the picture can reach a place of it (Araujo et al. 2019,
https://distill.pub/2019/computing-receptive-fields). `ceil_mode` adds places whose windows run over
the edge; it moves none.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from torch import nn
from torchvision.models.squeezenet import Fire

from explorer.conversion import empty_trunk
from explorer.networks import Network


@dataclass(frozen=True)
class Field:
    """The receptive fields of one layer, the same down and across.

    Attributes:
        size: pixels that one place sees, along one side.
        jump: pixels from one place to the next.
        start: the first pixel that place 0 sees; below 0 it lies in the padding.
    """

    size: int = 1
    jump: int = 1
    start: int = 0

    def centre(self, place: int) -> float:
        """The middle of what a place sees, in pixels from the edge of the picture."""
        return self.start + place * self.jump + self.size / 2

    def edges(self, places: int, side: int) -> np.ndarray:
        """Where the places' own cells begin and end, in pixels: float64 (places + 1,).

        A cell is one jump wide and lies around the middle of what its place sees. The outermost
        cells reach to the edges of the picture, so that every pixel belongs to one cell.
        """
        inner = [self.centre(i) - self.jump / 2 for i in range(1, places)]
        return np.array([0.0, *inner, float(side)])

    def seen(self, places: int, side: int) -> np.ndarray:
        """Which pixels each place sees: bool (places, side)."""
        first = self.start + self.jump * np.arange(places)[:, None]
        pixels = np.arange(side)[None]
        return (pixels >= first) & (pixels < first + self.size)


@lru_cache(maxsize=64)
def fields(network: Network) -> tuple[Field, ...]:
    """The receptive field at every tap of a network.

    Raises:
        TypeError: if the trunk has a module whose windows are not known here.
    """
    taps = {tap.index for tap in network.taps}
    current, found = Field(), []
    for index, module in enumerate(empty_trunk(network)):
        current = _after(module, current)
        if index in taps:
            found.append(current)
    return tuple(found)


def _after(module: nn.Module, before: Field) -> Field:
    if isinstance(module, (nn.Conv2d, nn.MaxPool2d, nn.AvgPool2d)):
        window = (module.kernel_size, module.stride, module.padding)
        kernel, stride, padding = (_side(value) for value in window)
        dilation = _side(getattr(module, "dilation", 1))
        return Field(
            before.size + (kernel - 1) * dilation * before.jump,
            before.jump * stride,
            before.start - padding * before.jump,
        )
    if isinstance(module, Fire):
        squeezed = _after(module.squeeze, before)
        branches = (_after(b, squeezed) for b in (module.expand1x1, module.expand3x3))
        # The wider branch holds the other: both are centred on the same pixel.
        return max(branches, key=lambda field: field.size)
    if isinstance(module, (nn.ReLU, nn.Dropout, nn.Identity)):
        return before
    raise TypeError(f"The receptive field of {type(module).__name__} is not known.")


def _side(value: int | tuple[int, ...] | str) -> int:
    if isinstance(value, int):
        return value
    if isinstance(value, tuple) and len(set(value)) == 1:
        return value[0]
    raise TypeError(f"Windows must be square and padded by a number; {value!r} was given.")
