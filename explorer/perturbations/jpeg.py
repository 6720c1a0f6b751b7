"""JPEG compression."""

from __future__ import annotations

import io
from typing import Annotated

import torch
from PIL import Image

from explorer.images import to_bytes, to_tensor
from explorer.perturbations.registry import PERTURBATIONS
from explorer.spec import Integer


@PERTURBATIONS.register(
    "jpeg", title="JPEG", stage="filter", neutral={"compression": 0}, paper=False
)
def jpeg(
    image: torch.Tensor,
    *,
    compression: Annotated[
        int, Integer(0, 0, 100, help="0 is off; above, JPEG quality is 100 less this, at least 1.")
    ],
) -> torch.Tensor:
    """Saves the picture as a JPEG file and opens it again.

    Pillow (libjpeg) at quality max(1, 100 − compression), colour at half resolution (4:2:0); the
    picture is rounded to 8 bits on the way.
    """
    file = io.BytesIO()
    picture = Image.fromarray(to_bytes(image))
    picture.save(file, "JPEG", quality=max(1, 100 - int(compression)), subsampling="4:2:0")
    return to_tensor(Image.open(file))
