"""Shift-tolerant AlexNet and VGG-16, fine-tuned with their own LPIPS heads.

Ghildyal and Liu, *Shift-tolerant Perceptual Similarity Metric*, ECCV 2022, arXiv 2207.13686.
Strides are replaced: the first convolution looks everywhere, pooling moves by one pixel, and what
is left out afterwards is blurred before (Zhang 2019, arXiv 1904.11486), so that a picture moved by
a pixel does not meet another grid.
"""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn

from explorer.networks.record import NETWORKS, Network, PipPackage, Tap

ALEXNET_TAPS = (
    Tap(2, "relu1", 64),
    Tap(6, "relu2", 192),
    Tap(10, "relu3", 384),
    Tap(12, "relu4", 256),
    Tap(14, "relu5", 256),
)
VGG16_TAPS = (
    Tap(3, "relu1_2", 64),
    Tap(9, "relu2_2", 128),
    Tap(17, "relu3_3", 256),
    Tap(25, "relu4_3", 512),
    Tap(33, "relu5_3", 512),
)
VGG16_BLOCKS = ((64, 64), (128, 128), (256,) * 3, (512,) * 3, (512,) * 3)
HEADS_FILE = "lpips_st00.safetensors"


class BlurPool(nn.Sequential):
    """Every second place down and across of maps blurred by (1, 2, 1) / 4 both ways.

    n places become ⌊(n + 3) / 2⌋: the maps are mirrored at their edges by two places. Two means of
    two neighbours are that blur, and need no kernel for each channel.
    """

    KERNEL, STRIDE, PADDING = 3, 2, 2

    def __init__(self) -> None:
        """Needs maps of at least three places a side, or there is nothing to mirror."""
        super().__init__(nn.ReflectionPad2d(self.PADDING), nn.AvgPool2d(2, 1), nn.AvgPool2d(2, 2))


def alexnet() -> nn.Sequential:
    """The convolutions up to relu5."""
    return nn.Sequential(
        nn.Conv2d(3, 64, 11, padding=2),
        BlurPool(),
        nn.ReLU(),
        nn.MaxPool2d(3, 1),
        BlurPool(),
        nn.Conv2d(64, 192, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(3, 1),
        BlurPool(),
        *_convolutions(192, (384, 256, 256)),
    )


def vgg16() -> nn.Sequential:
    """The convolutions up to relu5_3."""
    modules: list[nn.Module] = []
    given = 3
    for block in VGG16_BLOCKS:
        if modules:
            modules += [nn.MaxPool2d(2, 1), BlurPool()]
        modules += _convolutions(given, block)
        given = block[-1]
    return nn.Sequential(*modules)


def _convolutions(given: int, channels: Sequence[int]) -> list[nn.Module]:
    found: list[nn.Module] = []
    for wanted in channels:
        found += [nn.Conv2d(given, wanted, 3, padding=1), nn.ReLU()]
        given = wanted
    return found


def _source(file: str) -> PipPackage:
    return PipPackage(
        project="stlpips-pytorch",
        version="0.0.2",
        sha256="a412bf901a97c942b37af57c7c63b6e5d1aebfe8d1dfc17853d4b2f878630645",
        member=f"stlpips_pytorch/weights/vST0.0/{file}_shift_tolerant.pth",
        convert="torch_state",
        megabytes=63.8,
        licence="BSD-2-Clause (Ghildyal, Liu); trained on ImageNet and BAPPS",
        wheel=True,
    )


for record in (
    Network(
        name="alexnet_shift_tolerant",
        title="AlexNet, shift-tolerant",
        trunk=alexnet,
        taps=ALEXNET_TAPS,
        smallest=21,
        sources=(_source("alex"),),
        heads="alexnet_shift_tolerant",
        heads_file=HEADS_FILE,
        family="Shift-tolerant",
    ),
    Network(
        name="vgg16_shift_tolerant",
        title="VGG-16, shift-tolerant",
        trunk=vgg16,
        taps=VGG16_TAPS,
        smallest=18,
        sources=(_source("vgg"),),
        heads="vgg16_shift_tolerant",
        heads_file=HEADS_FILE,
        family="Shift-tolerant",
    ),
):
    NETWORKS.add(record.name, record)
