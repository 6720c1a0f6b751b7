"""What a place of a layer can see: receptive fields, from the trunk's own modules.

Convolutions and pooling look at windows. Kernel, stride, padding and dilation of the modules before
a tap say which pixels of the picture can reach a place of it (Araujo et al. 2019,
https://distill.pub/2019/computing-receptive-fields). `ceil_mode` adds places whose windows run over
the edge of what is there; it moves none.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from torch import nn
from torchvision.models.squeezenet import Fire

from explorer.conversion import empty_trunk
from explorer.networks import Network
from explorer.networks.shift_tolerant import BlurPool


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


@dataclass(frozen=True)
class Window:
    """What a module looks at, the same down and across; `mirrors` is what its padding does."""

    kernel: int
    stride: int
    padding: int
    dilation: int = 1
    ceil: bool = False
    mirrors: bool = False

    def places(self, given: int) -> int:
        """How many places come out of so many that go in."""
        room = given + 2 * self.padding - self.dilation * (self.kernel - 1) - 1
        if not self.ceil:
            return room // self.stride + 1
        count = -(-room // self.stride) + 1
        # A last window that would begin in the padding at the end is left out.
        return count - ((count - 1) * self.stride >= given + self.padding)


@lru_cache(maxsize=64)
def fields(network: Network) -> tuple[Field, ...]:
    """The receptive field at every tap of a network.

    Raises:
        ValueError: with one sentence, if the trunk is no plain sequence of modules.
        TypeError: if the trunk has a module whose windows are not known here.
    """
    current, found = Field(), []
    for window, tapped in _windows(network):
        if window is not None:
            current = _after(window, current)
        if tapped:
            found.append(current)
    return tuple(found)


@lru_cache(maxsize=64)
def spans(network: Network, side: int) -> tuple[np.ndarray, ...]:
    """The first and the last pixel that each place sees, int64 (places, 2), at every tap.

    Within the picture these are those of `fields`. At its edges windows are cut off, and where
    strides do not fit the picture its last pixels may be seen by no place.

    Args:
        network: whose trunk it is.
        side: of the picture, in pixels.

    Raises:
        ValueError: with one sentence, if the trunk is no plain sequence of modules.
        TypeError: if the trunk has a module whose windows are not known here.
    """
    current = np.repeat(np.arange(side)[:, None], 2, axis=1)
    found = []
    for window, tapped in _windows(network):
        if window is not None:
            given = len(current)
            start = np.arange(window.places(given)) * window.stride - window.padding
            seen = start[:, None] + window.dilation * np.arange(window.kernel)
            if window.mirrors:
                seen = given - 1 - abs(given - 1 - abs(seen))
            first, last = (np.clip(seen.min(1), 0, None), np.clip(seen.max(1), None, given - 1))
            current = np.stack([current[first, 0], current[last, 1]], axis=1)
        if tapped:
            found.append(current)
    for each in found:
        each.flags.writeable = False
    return tuple(found)


def _windows(network: Network) -> list[tuple[Window | None, bool]]:
    """Each module's window, and whether there is a tap behind it."""
    taps = {tap.index for tap in network.taps}
    trunk = empty_trunk(network)
    if not isinstance(trunk, nn.Sequential):
        raise ValueError(
            f"What a place of {network.title} sees is not known here: its layers are no plain "
            "sequence, as those of AlexNet, VGGs and SqueezeNets are. Choose one of these."
        )
    return [(_window(m), i in taps) for i, m in enumerate(trunk)]


def _after(window: Window, before: Field) -> Field:
    return Field(
        before.size + (window.kernel - 1) * window.dilation * before.jump,
        before.jump * window.stride,
        before.start - window.padding * before.jump,
    )


def _window(module: nn.Module) -> Window | None:
    """The window of a module; None if it looks at single places."""
    if isinstance(module, BlurPool):
        return Window(module.KERNEL, module.STRIDE, module.PADDING, mirrors=True)
    if isinstance(module, (nn.Conv2d, nn.MaxPool2d, nn.AvgPool2d)):
        return Window(
            _side(module.kernel_size),
            _side(module.stride),
            _side(module.padding),
            _side(getattr(module, "dilation", 1)),
            bool(getattr(module, "ceil_mode", False)),
        )
    if isinstance(module, Fire):
        # The squeeze looks at single places. The wider branch holds the other, around the same one.
        branches = [_window(branch) for branch in (module.expand1x1, module.expand3x3)]
        return max((b for b in branches if b is not None), key=lambda window: window.kernel)
    if isinstance(module, (nn.ReLU, nn.BatchNorm2d, nn.Dropout, nn.Identity)):
        return None
    raise TypeError(f"The receptive field of {type(module).__name__} is not known.")


def _side(value: int | tuple[int, ...] | str) -> int:
    if isinstance(value, int):
        return value
    if isinstance(value, tuple) and len(set(value)) == 1:
        return value[0]
    raise TypeError(f"Windows must be square and padded by a number; {value!r} was given.")
