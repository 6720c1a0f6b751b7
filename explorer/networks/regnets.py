"""RegNets X and Y: the stem and the ends of the four stages, after the ReLU.

RegNet Y 128 GF, whose weights have 2.6 GB and were not trained on ImageNet alone, is left out.
"""

from explorer.networks.graph import add

NODES = ("stem", *(f"trunk_output.block{i}" for i in (1, 2, 3, 4)))

for letter, size, channels in (
    ("x", "400MF", (32, 64, 160, 400)),
    ("x", "800MF", (64, 128, 288, 672)),
    ("x", "1_6GF", (72, 168, 408, 912)),
    ("x", "3_2GF", (96, 192, 432, 1008)),
    ("x", "8GF", (80, 240, 720, 1920)),
    ("x", "16GF", (256, 512, 896, 2048)),
    ("x", "32GF", (336, 672, 1344, 2520)),
    ("y", "400MF", (48, 104, 208, 440)),
    ("y", "800MF", (64, 144, 320, 784)),
    ("y", "1_6GF", (48, 120, 336, 888)),
    ("y", "3_2GF", (72, 216, 576, 1512)),
    ("y", "8GF", (224, 448, 896, 2016)),
    ("y", "16GF", (224, 448, 1232, 3024)),
    ("y", "32GF", (232, 696, 1392, 3712)),
):
    add(
        f"regnet_{letter}_{size.lower()}",
        f"RegNet {letter.upper()} {size[:-2].replace('_', '.')} {size[-2:]}",
        "RegNet",
        f"RegNet_{letter.upper()}_{size}_Weights",
        dict(zip(NODES, (32, *channels), strict=True)),
        shorten="trunk_output.",
    )
