"""ConvNeXt and a vision transformer: after the published comparison, and without plain ReLUs.

ConvNeXt is tapped at the ends of its four stages. Of the transformer's twelve blocks every third is
tapped; its tokens are laid back on the grid of 14 × 14 patches that they came from, and the class
token, which has no place in the picture, is dropped. Maps of both have both signs.
"""

import torch

from explorer.networks.graph import add

add(
    "convnext_tiny",
    "ConvNeXt tiny",
    "ConvNeXt and transformer",
    "ConvNeXt_Tiny_Weights",
    {"features.1": 96, "features.3": 192, "features.5": 384, "features.7": 768},
)


def grid(tokens: torch.Tensor) -> torch.Tensor:
    """(N, 1 + S · S, C), the class token first → (N, C, S, S)."""
    patches = tokens[:, 1:].transpose(1, 2)
    side = round(patches.shape[2] ** 0.5)
    return patches.unflatten(2, (side, side))


add(
    "vit_b_16",
    "Vision transformer B/16",
    "ConvNeXt and transformer",
    "ViT_B_16_Weights",
    {f"encoder.layers.encoder_layer_{i}": 768 for i in (2, 5, 8, 11)},
    smallest=224,
    fixed=True,
    shorten="encoder.layers.",
    shape=grid,
)
