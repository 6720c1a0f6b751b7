"""A BAPPS picture as the published program sees it: RGB, 64 × 64, bilinear."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image

from explorer.images import MAX_BYTES, PictureError, open_picture

SIDE = 64


def read(path: Path) -> np.ndarray:
    """The picture of a file, uint8, 64 × 64 × 3.

    Pictures of other sizes are resized by Pillow's bilinear filter, which averages over what a
    pixel covers, like the published loader's. Its patches are square, so others are refused: the
    published loader would leave them oblong.

    Raises:
        PictureError: with one sentence, if it cannot be used.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise PictureError(f"{path.name} cannot be read: {error.strerror}.") from error
    picture = _plain(data) or open_picture(data, path.name).convert("RGB")
    if picture.width != picture.height:
        raise PictureError(
            f"{path.name} is {picture.width} × {picture.height} pixels; BAPPS's are square."
        )
    if picture.size != (SIDE, SIDE):
        picture = picture.resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    return np.asarray(picture)


def _plain(data: bytes) -> Image.Image | None:
    """What nearly every file is, an 8-bit RGB PNG of 64 × 64, without the checks of strangers'."""
    if data[:8] != b"\x89PNG\r\n\x1a\n" or data[16:26] != _HEAD:
        return None
    try:
        picture = Image.open(io.BytesIO(data), formats=("PNG",))
        picture.load()
    except (OSError, SyntaxError, ValueError):
        return None  # is opened again with every check, and gets its sentence there
    return picture if picture.mode == "RGB" else None


_HEAD = SIDE.to_bytes(4, "big") * 2 + b"\x08\x02"
