"""GoogLeNet and Inception v3: the last layer before each halving of the maps, and the last of all.

torchvision's weights for both were trained on inputs in [-1, 1]. Its models turn ImageNet's usual
normalisation into that one (`transform_input`); here the preprocessing gives it at once: mean and
deviation one half. The auxiliary classifiers are left out.
"""

from explorer.networks.graph import add

HALF = (0.5, 0.5, 0.5)
BUILD = {"aux_logits": False, "transform_input": False, "init_weights": False}
FAMILY = "Inception"

add(
    "googlenet",
    "GoogLeNet",
    FAMILY,
    "GoogLeNet_Weights",
    {
        "conv1": 64,
        "conv3": 192,
        "inception3b": 480,
        "inception4e": 832,
        "inception5b": 1024,
    },
    build=BUILD,
    mean=HALF,
    std=HALF,
)

add(
    "inception_v3",
    "Inception v3",
    FAMILY,
    "Inception_V3_Weights",
    {
        "Conv2d_2b_3x3": 64,
        "Conv2d_4a_3x3": 192,
        "Mixed_5d": 288,
        "Mixed_6e": 768,
        "Mixed_7c": 2048,
    },
    smallest=75,
    build=BUILD,
    mean=HALF,
    std=HALF,
)
