"""Pictures as people have them → tensors: float, 3 × H × W, sRGB in [0, 1]."""

from __future__ import annotations

import os
from typing import Any, Union

import numpy as np
import torch
from PIL import Image

from explorer import images
from explorer.api import checks
from explorer.images import PictureError, read_picture, to_tensor
from explorer.spec import parse_colour

File = Union[str, "os.PathLike[str]", Image.Image]
Array = Union["np.ndarray[Any, Any]", torch.Tensor]
Picture = Union[File, Array]
"""A path, a PIL image, an array H × W × 3 or H × W, or a tensor 3 × H × W."""

Size = Union[int, "tuple[int, int]"]
LARGEST = 4096


def is_batch(given: object) -> bool:
    """Whether that is several pictures: a list, or one dimension more than a picture has."""
    return isinstance(given, (list, tuple)) or (
        isinstance(given, (np.ndarray, torch.Tensor)) and given.ndim == 4
    )


def picture_of(
    given: object, name: str, size: Size | None = None, background: str | None = None
) -> torch.Tensor:
    """One picture.

    Args:
        given: a path, a PIL image, an array (H × W × 3 or H × W, uint8 or floats in [0, 1]), or a
            tensor (3 × H × W, floats in [0, 1]).
        name: what to call it in error messages.
        size: resize (Lanczos) to this many pixels a side, or to (width, height).
        background: composite transparency over `#rrggbb`; without it alpha is dropped.

    Returns:
        A detached tensor, 3 × H × W: float64 if that was given, else float32.

    Raises:
        PictureError: if a file or PIL image cannot be decoded.
        ValueError: if something else is wrong with it.
    """
    if isinstance(given, (str, os.PathLike)):
        return _flattened(read_picture(os.fspath(given)), size, background)
    if isinstance(given, Image.Image):
        return _flattened(_decoded(given, name), size, background)
    if isinstance(given, np.ndarray):
        if given.dtype == np.uint8:
            return _flattened(Image.fromarray(_channels_last(given, name)), size, background)
        return _as_it_is(_from_floats(given, name), name, size)
    if isinstance(given, torch.Tensor):
        checks.floats(given, name)
        checks.one_picture(given.shape, name)
        given = given.detach()
        return _as_it_is(given if given.dtype == torch.float64 else given.float(), name, size)
    raise ValueError(
        f"{name} must be a path, a PIL image, a numpy array or a torch tensor; "
        f"{type(given).__name__} was given."
    )


def size_of(size: object) -> tuple[int, int] | None:
    """A size as (width, height); None stays None.

    Raises:
        ValueError: if it is neither a whole number nor two, from 1 to 4096.
    """
    if size is None:
        return None
    sides = size if isinstance(size, (tuple, list)) else (size, size)
    whole = all(isinstance(s, int) and not isinstance(s, bool) for s in sides)
    if len(sides) != 2 or not whole or not all(1 <= s <= LARGEST for s in sides):
        raise ValueError(
            f"size is a whole number of pixels or (width, height), 1 to {LARGEST}; "
            f"{size!r:.60} was given."
        )
    return sides[0], sides[1]


def colour_of(background: object) -> str | None:
    """A colour as `#rrggbb`; None stays None.

    Raises:
        ValueError: if it is no colour.
    """
    found = None if background is None else parse_colour(background)
    if background is not None and found is None:
        raise ValueError(f"background is a colour such as '#ffffff'; {background!r:.60} was given.")
    return found


def _decoded(picture: Image.Image, name: str) -> Image.Image:
    """Upright and 8-bit, as a file of the same picture would be."""
    try:
        return images._upright_8bit(picture)
    except Exception as error:  # What damaged files lead a decoder to raise has no bounds.
        raise PictureError(f"{name} is damaged or cut off: it could not be decoded.") from error


def _flattened(picture: Image.Image, size: Size | None, background: str | None) -> torch.Tensor:
    colour, sides = colour_of(background), size_of(size)
    if colour is not None:
        under = Image.new("RGBA", picture.size, colour)
        picture = Image.alpha_composite(under, picture.convert("RGBA"))
    if sides is not None:
        picture = picture.convert("RGB").resize(sides, Image.Resampling.LANCZOS)
    return to_tensor(picture)


def _channels_last(given: np.ndarray[Any, Any], name: str) -> np.ndarray[Any, Any]:
    """H × W or H × W × 3 → H × W × 3."""
    if given.ndim == 2:
        given = given[..., None].repeat(3, axis=2)
    if given.ndim != 3 or given.shape[2] != 3:
        first = given.ndim == 3 and given.shape[0] == 3
        four = given.ndim == 3 and given.shape[2] == 4
        hint = " Its channels come first: .transpose(1, 2, 0) brings them last." if first else ""
        hint = f" {name}[..., :3] drops its alpha." if four else hint
        raise ValueError(
            f"{name}, a numpy array, must be H × W × 3 or H × W; {given.shape} was given.{hint}"
        )
    if 0 in given.shape:
        raise ValueError(f"{name} has no pixels: its shape is {given.shape}.")
    return np.ascontiguousarray(given)


def _from_floats(given: np.ndarray[Any, Any], name: str) -> torch.Tensor:
    if given.dtype.kind != "f":
        raise ValueError(
            f"{name}, a numpy array, must hold uint8 or floats in [0, 1]; {given.dtype} was given."
        )
    # A copy in this machine's byte order, which torch needs.
    kind = np.float32 if given.dtype.itemsize <= 4 else np.float64
    return torch.from_numpy(_channels_last(given, name).transpose(2, 0, 1).astype(kind, order="C"))


def _as_it_is(given: torch.Tensor, name: str, size: Size | None) -> torch.Tensor:
    if 0 in given.shape:
        raise ValueError(f"{name} has no pixels: its shape is {tuple(given.shape)}.")
    checks.within_range(given, name, checks.ROUNDING)
    sides = size_of(size)
    height, width = given.shape[-2:]
    if sides is not None and sides != (width, height):
        raise ValueError(
            f"{name} is {width} × {height}, and size={size} resizes files, PIL images and uint8 "
            "arrays only: resize floats yourself."
        )
    return given
