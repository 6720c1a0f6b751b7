"""The other VGGs, with and without batch normalisation, tapped as LPIPS taps VGG-16.

That is after the last ReLU of each of the five blocks, before the pooling.
"""

from functools import partial

from torch import nn
from torchvision import models

from explorer.networks.graph import torchvision_source
from explorer.networks.record import NETWORKS, Network, Tap

BLOCKS = {11: (1, 1, 2, 2, 2), 13: (2, 2, 2, 2, 2), 16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}
CHANNELS = (64, 128, 256, 512, 512)


def taps(depth: int, normalised: bool) -> tuple[Tap, ...]:
    """The last ReLU of each block: a convolution is two modules, three with its normalisation."""
    found, index = [], 0
    for block, (count, channels) in enumerate(zip(BLOCKS[depth], CHANNELS, strict=True), 1):
        index += count * (3 if normalised else 2)
        found.append(Tap(index - 1, f"relu{block}_{count}", channels))
        index += 1  # the pooling
    return tuple(found)


def trunk(name: str, last: int) -> nn.Sequential:
    """The convolutions up to the last tap."""
    return getattr(models, name)(weights=None, init_weights=False).features[: last + 1]


for depth in BLOCKS:
    for normalised in (False, True):
        name = f"vgg{depth}_bn" if normalised else f"vgg{depth}"
        if name in NETWORKS:
            continue
        found = taps(depth, normalised)
        enum = f"VGG{depth}_BN_Weights" if normalised else f"VGG{depth}_Weights"
        NETWORKS.add(
            name,
            Network(
                name=name,
                title=f"VGG-{depth} with batch norm" if normalised else f"VGG-{depth}",
                trunk=partial(trunk, name, found[-1].index),
                taps=found,
                smallest=16,
                sources=(
                    torchvision_source(
                        f"VGG{depth}_BN_Weights" if normalised else f"VGG{depth}_Weights"
                    ),
                ),
                family="VGG",
            ),
        )
