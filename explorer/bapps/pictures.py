"""A BAPPS picture as the published program sees it: RGB, 64 × 64, bilinear."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from explorer.images import PictureError, read_pixels

SIDE = 64


def read(path: Path) -> np.ndarray:
    """The picture of a file, uint8, 64 × 64 × 3.

    Pictures of other sizes are resized by Pillow's bilinear filter, which averages over what a
    pixel covers, like the published loader's. Its patches are square, so others are refused: the
    published loader would leave them oblong.

    Raises:
        PictureError: with one sentence, if it cannot be used.
    """
    pixels = read_pixels(path)
    height, width = pixels.shape[:2]
    if width != height:
        raise PictureError(f"{path.name} is {width} × {height} pixels; BAPPS's are square.")
    if width == SIDE:
        return pixels
    resized = Image.fromarray(pixels).resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    return np.asarray(resized)
