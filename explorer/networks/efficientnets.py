"""EfficientNets B0 to B7: where the next stage halves the maps, and the last convolution.

Stages end in a linear bottleneck without an activation behind it, so their maps have both signs;
the last convolution is tapped after its SiLU.
"""

from explorer.networks.graph import add

NODES = ("features.1", "features.2", "features.3", "features.5", "features.8")

for letter, channels in enumerate(
    (
        (16, 24, 40, 112, 1280),
        (16, 24, 40, 112, 1280),
        (16, 24, 48, 120, 1408),
        (24, 32, 48, 136, 1536),
        (24, 32, 56, 160, 1792),
        (24, 40, 64, 176, 2048),
        (32, 40, 72, 200, 2304),
        (32, 48, 80, 224, 2560),
    )
):
    add(
        f"efficientnet_b{letter}",
        f"EfficientNet B{letter}",
        "EfficientNet",
        f"EfficientNet_B{letter}_Weights",
        dict(zip(NODES, channels, strict=True)),
    )
