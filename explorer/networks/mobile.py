"""Small networks for phones: MobileNets, MNASNet, ShuffleNets.

They are tapped where the next block halves the maps, and at the last convolution. Blocks of
MobileNets and of MNASNet end in a linear bottleneck without an activation behind it; so their maps
have both signs.
"""

from explorer.networks.graph import add

FAMILY = "MobileNet, MNASNet and ShuffleNet"


def _features(*places: int) -> tuple[str, ...]:
    return tuple(f"features.{i}" for i in places)


SHUFFLENET = ("conv1", "stage2", "stage3", "stage4", "conv5")
MNASNET = ("layers.7", "layers.8", "layers.9", "layers.11", "layers.16")

for name, title, enum, nodes, channels in (
    (
        "mobilenet_v2",
        "MobileNet v2",
        "MobileNet_V2_Weights",
        _features(1, 3, 6, 13, 18),
        (16, 24, 32, 96, 1280),
    ),
    (
        "mobilenet_v3_large",
        "MobileNet v3 large",
        "MobileNet_V3_Large_Weights",
        _features(1, 3, 6, 12, 16),
        (16, 24, 40, 112, 960),
    ),
    (
        "mobilenet_v3_small",
        "MobileNet v3 small",
        "MobileNet_V3_Small_Weights",
        _features(0, 1, 3, 8, 12),
        (16, 16, 24, 48, 576),
    ),
    (
        "mnasnet1_0",
        "MNASNet 1.0",
        "MNASNet1_0_Weights",
        MNASNET,
        (16, 24, 40, 96, 1280),
    ),
    (
        "shufflenet_v2_x1_0",
        "ShuffleNet v2 ×1.0",
        "ShuffleNet_V2_X1_0_Weights",
        SHUFFLENET,
        (24, 116, 232, 464, 1024),
    ),
    (
        "shufflenet_v2_x2_0",
        "ShuffleNet v2 ×2.0",
        "ShuffleNet_V2_X2_0_Weights",
        SHUFFLENET,
        (24, 244, 488, 976, 2048),
    ),
):
    add(name, title, FAMILY, enum, dict(zip(nodes, channels, strict=True)))
