"""How a case of somebody's own suite opens in Explore: its original's file, and sliders.

Such a case has no scene. Explore is given the picture itself as an upload, and the slider of the
case's kind where the copy's name says enough.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, Protocol

import numpy as np
from PIL import Image

from explorer.form import SIZES
from explorer.spec import Value

MOST_ORIGINALS = 200
MOST_CHARACTERS = 6_000_000
SIDE = 96


class Suite(Protocol):
    """See `explorer.suite.cases`."""

    @property
    def pictures(self) -> Mapping[str, np.ndarray]: ...  # noqa: D102
    @property
    def cases(self) -> Sequence[Any]: ...  # noqa: D102


def originals(suite: Suite) -> dict[str, str]:
    """Path of each original → its exact pixels as a PNG in a `data:` address.

    Empty where there are more than `MOST_ORIGINALS`, or `MOST_CHARACTERS` in all.
    """
    paths = list(dict.fromkeys(case.original for case in suite.cases))
    found: dict[str, str] = {}
    room = MOST_CHARACTERS
    if len(paths) > MOST_ORIGINALS:
        return {}
    for path in paths:
        buffer = io.BytesIO()
        Image.fromarray(suite.pictures[path]).save(buffer, "PNG")
        found[path] = "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
        room -= len(found[path])
        if room < 0:
            return {}
    return found


def sliders(suite: Suite, case: Any) -> dict[str, Value]:
    """What Explore's controls shall hold beside the original, by `FORM` name."""
    height, width = suite.pictures[case.original].shape[:2]
    size = min(SIZES, key=lambda s: abs(int(s) - max(height, width)))
    values: dict[str, Value] = {"layout.size": size, "layout.scale": 1.0}
    if case.kind == "invert":
        values["invert.amount"] = 1.0
    elif case.kind == "rotate":
        angle = angle_in(case.other)
        if angle is not None:
            other, original = suite.pictures[case.other], suite.pictures[case.original]
            values["rotate.angle"] = -angle if _is_clockwise(original, other, angle) else angle
    return values


def angle_in(path: str) -> float | None:
    """The angle that a copy's name gives, in degrees from −180 to 180; halves are not written.

    >>> angle_in("rotate/cat_22.png"), angle_in("rotate/cat_67.png"), angle_in("rotate/cat_45.png")
    (22.5, 67.5, 45.0)
    >>> angle_in("rotate/cat_270.png"), angle_in("rotate/cat_turned.png"), angle_in("cat_999.png")
    (-90.0, None, None)
    """
    text = PurePosixPath(path).stem.rpartition("_")[2]
    if not (text.isascii() and text.isdigit()) or int(text) > 360:
        return None
    angle = float(text)
    if (angle + 0.5) % 22.5 == 0:
        angle += 0.5
    return angle - 360 if angle > 180 else angle


def _is_clockwise(original: np.ndarray, other: np.ndarray, angle: float) -> bool:
    """Whether the copy is clearly nearer to the original turned clockwise: names do not say it."""
    first, second = (
        Image.fromarray(p).resize((SIDE, SIDE), Image.Resampling.BOX) for p in (original, other)
    )
    inner = slice(SIDE // 4, -SIDE // 4)

    def error(degrees: float) -> float:
        turned = first.rotate(degrees, Image.Resampling.BICUBIC)
        difference = np.asarray(turned, dtype=np.float32) - np.asarray(second, dtype=np.float32)
        return float(np.abs(difference[inner, inner]).mean())

    return error(-angle) < 0.8 * error(angle)
