"""Pictures as tensors: float32, 3 × H × W (or 4 with alpha), sRGB in [0, 1].

Decoding is where strangers' bytes come in: everything is checked before pixels are unpacked, and
what is refused is refused with one sentence.
"""

from __future__ import annotations

import base64
import hashlib
import io
import os
import struct
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import ExifTags, Image

from explorer.png import plain_pixels
from explorer.spec import parse_colour, rgb

MAX_PIXELS = 40_000_000
MAX_SIDE = 16_384
MIN_SIDE = 2
MAX_BYTES = 32 * 1024 * 1024
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM")
KEPT_SIDE = 512
"""Uploads are kept at most this large: twice the largest canvas."""


class PictureError(ValueError):
    """A picture that cannot be used; the message is the sentence for the person."""


@dataclass(frozen=True)
class Upload:
    """A decoded picture of somebody's: its name, sha256 of the bytes, and uint8 H × W × 4."""

    sha256: str
    name: str
    pixels: np.ndarray


def open_picture(data: bytes, name: str = "The file") -> Image.Image:
    """Check and decode one picture: first frame, upright, 8-bit RGB or RGBA.

    Args:
        data: the bytes of a PNG, JPEG, WebP, GIF, BMP, TIFF or PPM file.
        name: what to call it in error messages.

    Raises:
        PictureError: with one sentence, if it is empty, no picture, damaged, or too large.
    """
    if not data:
        raise PictureError(f"{name} is empty (0 bytes); a PNG, JPEG, WebP or GIF is needed.")
    if len(data) > MAX_BYTES:
        raise PictureError(
            f"{name} has {_megabytes(len(data))} MB; at most {_megabytes(MAX_BYTES)} can be read."
        )
    # What a stranger's bytes lead a decoder to raise has no bounds, hence `Exception`, twice.
    try:
        with warnings.catch_warnings():
            # The bomb warning is turned into our own, lower limit just below.
            warnings.simplefilter("ignore")
            picture = Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError:
        raise PictureError(f"{name} unpacks to too many pixels; {_limits()}") from None
    except Exception as error:
        raise PictureError(
            f"{name} is not a picture that can be read here; PNG, JPEG, WebP, GIF, BMP, TIFF "
            "and PPM can."
        ) from error
    width, height = picture.size
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise PictureError(f"{name} is {width} × {height} pixels; {_limits()}")
    if min(width, height) < MIN_SIDE:
        raise PictureError(
            f"{name} is {width} × {height} pixels; each side needs at least {MIN_SIDE}."
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture.seek(0)
            return _upright_8bit(picture)
    except Exception as error:
        raise PictureError(f"{name} is damaged or cut off: it could not be decoded.") from error


def _megabytes(size: int) -> int:
    # Rounded up, so that one byte too many does not read as the limit.
    return -(-size // 2**20)


def _limits() -> str:
    return f"at most {MAX_PIXELS // 10**6} megapixels and {MAX_SIDE} a side can be read."


_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What brings a picture upright, by its EXIF orientation."""


def _orientation(picture: Image.Image) -> int:
    try:
        return picture.getexif().get(ExifTags.Base.Orientation, 1)
    except (OSError, ValueError, SyntaxError, TypeError, LookupError, struct.error):
        # Bad notes about a picture are no reason to refuse the picture.
        return 1


def _upright_8bit(picture: Image.Image) -> Image.Image:
    picture.load()
    turn = _TURNS.get(_orientation(picture))
    upright = picture if turn is None else picture.transpose(turn)
    if upright.mode.startswith("I") or upright.mode == "F":
        return _from_deep_grey(upright)
    transparent = "transparency" in upright.info or upright.mode in ("RGBA", "LA", "PA", "RGBa")
    return upright.convert("RGBA" if transparent else "RGB")


def _from_deep_grey(picture: Image.Image) -> Image.Image:
    # Pillow's own conversion of 16-bit grey clips at 255 where it should divide by 257.
    values = np.nan_to_num(np.asarray(picture, dtype=np.float64))
    scale = 1.0 if picture.mode == "F" and bool((values <= 1).all()) else 65535.0
    grey = np.clip(values / scale, 0, 1)
    return Image.fromarray(np.round(grey * 255).astype(np.uint8)).convert("RGB")


def open_pixels(data: bytes, name: str = "The file") -> np.ndarray:
    """The pixels of `open_picture`, uint8, H × W × 3, alpha dropped; plain PNG files faster.

    Raises:
        PictureError: as `open_picture`.
    """
    pixels = plain_pixels(data)
    if pixels is not None and min(pixels.shape[:2]) >= MIN_SIDE:
        return pixels
    return np.asarray(open_picture(data, name).convert("RGB"))


def read_bytes(path: str | Path) -> bytes:
    """The content of a picture's file.

    Raises:
        PictureError: with one sentence, if it is too large or cannot be read.
    """
    try:
        with open(path, "rb", buffering=0) as file:
            size = os.fstat(file.fileno()).st_size
            if size > MAX_BYTES:
                raise PictureError(
                    f"{Path(path).name} has {_megabytes(size)} MB; "
                    f"at most {_megabytes(MAX_BYTES)} can be read."
                )
            return file.readall()
    except OSError as error:
        raise PictureError(f"{path} cannot be read: {error.strerror}.") from error


def read_picture(path: str | Path) -> Image.Image:
    """`open_picture` on a file."""
    return open_picture(read_bytes(path), Path(path).name)


def read_pixels(path: str | Path) -> np.ndarray:
    """`open_pixels` on a file."""
    return open_pixels(read_bytes(path), Path(path).name)


def take_upload(path: str | Path) -> Upload:
    """Decode a file to what a session keeps of it: at most 512 px a side, RGBA.

    Raises:
        PictureError: as `open_picture`.
    """
    picture = read_picture(path).convert("RGBA")
    if max(picture.size) > KEPT_SIDE:
        # `thumbnail` keeps at least one pixel of a strip, where `ImageOps.contain` raises.
        picture.thumbnail((KEPT_SIDE, KEPT_SIDE), Image.Resampling.LANCZOS, reducing_gap=None)
    pixels = np.array(picture)
    pixels.flags.writeable = False
    digest = hashlib.sha256(Path(path).read_bytes()).hexdigest()
    return Upload(digest, Path(path).name, pixels)


def to_tensor(picture: Image.Image, background: str | None = None) -> torch.Tensor:
    """A decoded picture as float32, 3 × H × W, in [0, 1].

    Alpha is dropped, as the published tools do, unless `background` (`#rrggbb`) is given to
    composite it over.
    """
    if picture.mode == "RGBA" and background is not None:
        under = Image.new("RGBA", picture.size, parse_colour(background))
        picture = Image.alpha_composite(under, picture)
    pixels = np.asarray(picture.convert("RGB"), dtype=np.float32) / 255
    return torch.from_numpy(np.ascontiguousarray(pixels.transpose(2, 0, 1)))


def to_tensor_from_pixels(pixels: Sequence[np.ndarray]) -> torch.Tensor:
    """Pictures of one size, uint8 H × W × 3, as float32, N × 3 × H × W, in [0, 1]."""
    stacked = np.stack(pixels).transpose(0, 3, 1, 2)
    return torch.from_numpy(np.ascontiguousarray(stacked)).float() / 255


def to_bytes(image: np.ndarray | torch.Tensor) -> np.ndarray:
    """[0, 1], 3 × H × W → uint8, H × W × 3, rounded to nearest."""
    array = image.numpy() if isinstance(image, torch.Tensor) else image
    pixels = np.clip(array, 0, 1) * 255 + 0.5
    return np.ascontiguousarray(pixels.astype(np.uint8).transpose(1, 2, 0))


def data_uri(image: np.ndarray | torch.Tensor, quality: int = 97) -> str:
    """A picture as a JPEG `data:` address, for the page (not for numbers)."""
    buffer = io.BytesIO()
    Image.fromarray(to_bytes(image)).save(buffer, "JPEG", quality=quality, subsampling=0)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()


def plain(colour: str, size: int) -> torch.Tensor:
    """A canvas of one colour: float32, 3 × size × size."""
    return (
        torch.tensor(rgb(colour), dtype=torch.float32).view(3, 1, 1).expand(3, size, size).clone()
    )


def noise(size: int, seed: int = 0) -> torch.Tensor:
    """Uniform noise, independent in every pixel and channel: float32, 3 × size × size."""
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(3, size, size, generator=generator)
