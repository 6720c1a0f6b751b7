"""A trunk of convolutions, run as fast as this machine's torch can.

On CPUs with oneDNN the kernels are packed once instead of at every call, and each convolution is
fused with the ReLU behind it; both give the same numbers as the plain modules. Everywhere else,
and in any other precision, the plain modules run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import nn
from torchvision.models.squeezenet import Fire

Stage = tuple[Callable[[torch.Tensor], torch.Tensor], int]
"""A function, and the index of the last module of the trunk that it stands for."""


def stages(trunk: nn.Sequential, example: torch.Tensor) -> list[Stage]:
    """The trunk as functions to be called one after the other.

    Args:
        trunk: on its device, channels_last, in its precision, without gradients.
        example: an input of the size that will be used; others would work, but very slowly.
    """
    if not can_pack(example):
        return [(module, index) for index, module in enumerate(trunk)]
    found: list[Stage] = []
    current = example
    for index, module in enumerate(trunk):
        if isinstance(module, nn.ReLU) and index and isinstance(trunk[index - 1], nn.Conv2d):
            continue  # is part of the convolution before it
        last = index
        run: Callable[[torch.Tensor], torch.Tensor] = module
        if isinstance(module, nn.Conv2d):
            fused = index + 1 < len(trunk) and isinstance(trunk[index + 1], nn.ReLU)
            last = index + fused
            run = _packed(module, current.shape, fused)
        elif isinstance(module, Fire):
            run = _packed_fire(module, current)
        current = run(current)
        found.append((run, last))
    return found


def can_pack(example: torch.Tensor) -> bool:
    """Whether this torch has the packed convolution, for this device and precision."""
    return (
        example.device.type == "cpu"
        and example.dtype == torch.float32
        and torch.backends.mkldnn.is_available()
        and hasattr(torch.ops.mkldnn, "_convolution_pointwise")
        and hasattr(torch.ops.mkldnn, "_reorder_convolution_weight")
    )


def _packed(
    conv: nn.Conv2d, shape: Sequence[int], relu: bool
) -> Callable[[torch.Tensor], torch.Tensor]:
    geometry = (conv.padding, conv.stride, conv.dilation, conv.groups)
    weight = torch.ops.mkldnn._reorder_convolution_weight(conv.weight, *geometry, list(shape))
    after = "relu" if relu else "none"

    def run(x: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = torch.ops.mkldnn._convolution_pointwise(
            x, weight, conv.bias, *geometry, after, [], ""
        )
        return found

    return run


def _packed_fire(fire: Fire, example: torch.Tensor) -> Callable[[torch.Tensor], torch.Tensor]:
    squeeze = _packed(fire.squeeze, example.shape, True)
    middle = squeeze(example).shape
    expand1x1 = _packed(fire.expand1x1, middle, True)
    expand3x3 = _packed(fire.expand3x3, middle, True)

    def run(x: torch.Tensor) -> torch.Tensor:
        squeezed = squeeze(x)
        return torch.cat([expand1x1(squeezed), expand3x3(squeezed)], 1)

    return run
