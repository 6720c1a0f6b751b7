"""Filters of each pixel's colour: invert, brightness, contrast, hue."""

from __future__ import annotations

from typing import Annotated

import torch

from explorer.perturbations.registry import PERTURBATIONS
from explorer.spec import Real

LUMA = (0.299, 0.587, 0.114)
"""Weights of red, green and blue in grey (Rec. ITU-R BT.601)."""


@PERTURBATIONS.register(
    "invert", title="Invert", stage="filter", neutral={"amount": 0.0}, paper=True
)
def invert(
    image: torch.Tensor,
    *,
    amount: Annotated[
        float,
        Real(0.0, 0, 1, 0.01, help="0 is the picture, 1 its negative, 0.5 an even grey."),
    ],
) -> torch.Tensor:
    """Blends the picture into its negative.

    x + amount · (1 − 2x), so that 1 gives exactly 1 − x.
    """
    if amount == 1:
        return 1 - image
    return (image + amount * (1 - 2 * image)).clamp(0, 1)


@PERTURBATIONS.register(
    "brightness", title="Brightness", stage="filter", neutral={"amount": 0.0}, paper=False
)
def brightness(
    image: torch.Tensor,
    *,
    amount: Annotated[
        float, Real(0.0, -1, 1, 0.01, help="Added to every value: −1 is black, 1 is white.")
    ],
) -> torch.Tensor:
    """Makes the whole picture lighter or darker by the same amount.

    clamp(x + amount, 0, 1): the luminance shift of the quality-assessment literature, not the
    multiplication that some libraries call brightness.
    """
    return (image + amount).clamp(0, 1)


@PERTURBATIONS.register(
    "contrast", title="Contrast", stage="filter", neutral={"factor": 1.0}, paper=False
)
def contrast(
    image: torch.Tensor,
    *,
    factor: Annotated[
        float, Real(1.0, 0, 3, 0.01, " ×", help="0 is an even grey, 1 is the picture.")
    ],
) -> torch.Tensor:
    """Stretches or flattens the differences from the picture's mean grey.

    clamp(m + factor · (x − m), 0, 1), with m the mean of 0.299 R + 0.587 G + 0.114 B over the
    picture; this is the contrast of Pillow's ImageEnhance and of torchvision.
    """
    red, green, blue = image.mean(dim=(1, 2)).tolist()
    grey = LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue
    return (grey + factor * (image - grey)).clamp(0, 1)


@PERTURBATIONS.register("hue", title="Hue", stage="filter", neutral={"degrees": 0.0}, paper=False)
def hue(
    image: torch.Tensor,
    *,
    degrees: Annotated[
        float, Real(0.0, -180, 180, 1, "°", help="120° turns red into green, −120° into blue.")
    ],
) -> torch.Tensor:
    """Turns every colour around the colour wheel; greys, black and white stay.

    HSV: hue + degrees, with saturation and value kept, so no colour leaves [0, 1]. With V the
    largest channel and C the largest less the smallest, a channel becomes V − C · clamp(2 − d, 0,
    1), where d is how far the new hue lies from the channel's opposite (cyan, magenta, yellow)
    around the wheel, in sixths of a turn.
    """
    red, green, blue = image
    value = image.amax(0)
    chroma = value - image.amin(0)
    # Hue in sixths of a turn, −1 to 5. Grey has none: any will do, since its chroma is 0.
    scale = 1 / chroma.clamp(min=1e-12)
    wheel = torch.where(
        value == red,
        (green - blue) * scale,
        torch.where(value == green, (blue - red) * scale + 2, (red - green) * scale + 4),
    )
    # Where the opposite of red, green and blue would have to be now to be there after the turn.
    opposite = [(place - degrees / 60 + 1) % 6 - 1 for place in (3, 5, 1)]
    # Around the wheel d = 3 − |3 − t|, with t the plain distance, at most 6. In place throughout:
    # these are new tensors, and fresh memory costs more than the arithmetic.
    share = wheel - torch.tensor(opposite).view(3, 1, 1)
    share.abs_().sub_(3).abs_().sub_(1).clamp_(0, 1)
    return share.mul_(-chroma).add_(value).clamp_(0, 1)
