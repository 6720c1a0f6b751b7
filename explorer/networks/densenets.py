"""DenseNets: the stem and the ends of the four dense blocks.

A dense block ends with its maps before normalisation and ReLU; both follow at the beginning of the
transition behind it, and that is where the block is tapped.
"""

from explorer.networks.graph import add

NODES = (
    "features.relu0",
    "features.transition1.relu",
    "features.transition2.relu",
    "features.transition3.relu",
    "relu",
)

for depth, channels in (
    (121, (64, 256, 512, 1024, 1024)),
    (161, (96, 384, 768, 2112, 2208)),
    (169, (64, 256, 512, 1280, 1664)),
    (201, (64, 256, 512, 1792, 1920)),
):
    add(
        f"densenet{depth}",
        f"DenseNet-{depth}",
        "DenseNet",
        f"DenseNet{depth}_Weights",
        dict(zip(NODES, channels, strict=True)),
        shorten="features.",
    )
