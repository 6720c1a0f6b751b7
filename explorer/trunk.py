"""A trunk of convolutions, run as fast as this machine's torch can.

On CPUs with oneDNN each convolution is fused with the ReLU behind it. For single pictures the
kernels are packed once instead of at every call; both give the same numbers as the plain modules.
Long runs over batches may take `explorer.winograd`, whose last digits differ. Everywhere else, and
in any other precision, the plain modules run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import torch
from torch import nn
from torchvision.models.squeezenet import Fire

from explorer import winograd

Run = Callable[[torch.Tensor], torch.Tensor]
Stage = tuple[Run, int]
"""A function, and the index of the last module of the trunk that it stands for."""


def stages(trunk: nn.Sequential, example: torch.Tensor) -> list[Stage]:
    """The trunk as functions to be called one after the other.

    Args:
        trunk: on its device, channels_last, in its precision, without gradients.
        example: an input of the size that will be used; others would work, but very slowly.
    """
    if not can_pack(example):
        return plain(trunk)
    found: list[Stage] = []
    current = example
    for module, relu, last in _fused(trunk):
        run: Run = module
        if isinstance(module, nn.Conv2d):
            run = _convolution(module, relu, current.shape)
        elif isinstance(module, Fire):
            run = _fire(module, current)
        current = run(current)
        found.append((run, last))
    return found


def bulk(trunk: nn.Sequential, example: torch.Tensor, fewer: bool) -> list[Stage]:
    """The trunk as functions for long runs: for any number of pictures of any size, like `stages`.

    What a picture gives does not depend on the others of its batch. `fewer`: multiplications, by
    `explorer.winograd` where it pays, whose last digits differ.
    """
    if not can_pack(example):
        return plain(trunk)
    found: list[Stage] = []
    for module, relu, last in _fused(trunk):
        run: Run = module
        if isinstance(module, nn.Conv2d):
            with_fewer = fewer and winograd.pays(module)
            run = winograd.Convolution(module, relu) if with_fewer else _convolution(module, relu)
        elif isinstance(module, Fire):
            run = _fire(module)
        found.append((run, last))
    return found


def plain(trunk: nn.Sequential) -> list[Stage]:
    """The trunk's own modules, one after the other."""
    return [(module, index) for index, module in enumerate(trunk)]


def _fused(trunk: nn.Sequential) -> Iterator[tuple[nn.Module, bool, int]]:
    """Each module, whether the ReLU behind it is part of it, and the index of the last of both."""
    before: nn.Module | None = None
    for index, module in enumerate(trunk):
        behind = trunk[index + 1] if index + 1 < len(trunk) else None
        relu = isinstance(module, nn.Conv2d) and isinstance(behind, nn.ReLU)
        if not (isinstance(module, nn.ReLU) and isinstance(before, nn.Conv2d)):
            yield module, relu, index + relu
        before = module


def can_pack(example: torch.Tensor) -> bool:
    """Whether this torch has the packed convolution, for this device and precision."""
    return (
        example.device.type == "cpu"
        and example.dtype == torch.float32
        and torch.backends.mkldnn.is_available()
        and hasattr(torch.ops.mkldnn, "_convolution_pointwise")
        and hasattr(torch.ops.mkldnn, "_reorder_convolution_weight")
    )


def _convolution(conv: nn.Conv2d, relu: bool, shape: Sequence[int] | None = None) -> Run:
    """With its ReLU; packed for inputs of a shape, if one is given."""
    geometry = (conv.padding, conv.stride, conv.dilation, conv.groups)
    weight = conv.weight
    if shape is not None:
        weight = torch.ops.mkldnn._reorder_convolution_weight(weight, *geometry, list(shape))
    after = "relu" if relu else "none"

    def run(x: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = torch.ops.mkldnn._convolution_pointwise(
            x, weight, conv.bias, *geometry, after, [], ""
        )
        return found

    return run


def _fire(fire: Fire, example: torch.Tensor | None = None) -> Run:
    squeeze = _convolution(fire.squeeze, True, None if example is None else example.shape)
    middle = None if example is None else squeeze(example).shape
    expand1x1 = _convolution(fire.expand1x1, True, middle)
    expand3x3 = _convolution(fire.expand3x3, True, middle)

    def run(x: torch.Tensor) -> torch.Tensor:
        squeezed = squeeze(x)
        return torch.cat([expand1x1(squeezed), expand3x3(squeezed)], 1)

    return run
