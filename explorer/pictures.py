"""From a scene's words to pixels: sources, layout, challenge; and the paper's references."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from explorer import images
from explorer.canvas import SUPERSAMPLE, Canvas
from explorer.images import Upload
from explorer.perturbations import apply
from explorer.scene import Layout, Source, Step
from explorer.spec import rgb
from explorer.synthesis import FAMILIES, Grid

SAMPLES = Path(__file__).resolve().parent.parent / "assets" / "samples"

REFERENCES = {
    "black": "#000000",
    "white": "#ffffff",
    "red": "#ff0000",
    "green": "#00ff00",
    "blue": "#0000ff",
    "gray": "#7f807f",
    "noise": None,
}
"""The paper's seven; gray is (127, 128, 127) and noise is uniform in every pixel and channel."""


def sample_names() -> tuple[str, ...]:
    """The photographs that ship with the project."""
    return tuple(sorted(path.stem for path in SAMPLES.glob("*.jpg")))


@lru_cache(maxsize=64)
def reference(name: str, size: int) -> torch.Tensor:
    """A reference picture by name: float32, 3 × size × size."""
    colour = REFERENCES[name]
    return images.noise(size) if colour is None else images.plain(colour, size)


def picture(
    subject: torch.Tensor,
    layout: Layout,
    challenge: tuple[Step, ...],
    smooth: torch.Tensor | None = None,
) -> torch.Tensor:
    """Place a subject and apply the challenge: float32, 3 × size × size, in [0, 1].

    `smooth` is `canvas.smoothed(subject)`, for callers that keep it.
    """
    background = torch.tensor(rgb(layout.background)).view(3, 1, 1)
    canvas = Canvas(subject, background, layout.size, layout.x, layout.y, smooth=smooth)
    return apply(challenge, canvas)


def subject(source: Source, layout: Layout, upload: Upload | None) -> torch.Tensor:
    """The source at the resolution of its place: float32, 4 × n × n, premultiplied.

    Raises:
        ValueError: if the source is an upload that is not given, or is unknown.
    """
    side = max(round(layout.size * layout.scale) * SUPERSAMPLE, SUPERSAMPLE)
    if source.kind == "synthesis":
        drawn = FAMILIES[source.step.name].function(Grid.of(side), **source.step.kwargs())
        return torch.from_numpy(np.ascontiguousarray(drawn, dtype=np.float32))
    if source.kind == "sample":
        return _sample(source.step.name, side, layout.cutout)
    if source.kind == "upload":
        if upload is None or upload.sha256 != source.step.name:
            raise ValueError(
                f"This scene needs the picture with sha256 {source.step.name[:12]}…: upload it."
            )
        return _photograph(upload.pixels, side, layout.cutout)
    raise ValueError(f"There is no picture source {source.kind!r}.")


def _sample(name: str, side: int, cutout: float) -> torch.Tensor:
    if name not in sample_names():
        raise ValueError(f"There is no sample {name!r}; there are: {', '.join(sample_names())}.")
    with Image.open(SAMPLES / f"{name}.jpg") as photograph:
        return _photograph(np.asarray(photograph.convert("RGBA")), side, cutout)


def _photograph(pixels: np.ndarray, side: int, cutout: float) -> torch.Tensor:
    """RGBA pixels as a square subject, 4 × side × side, premultiplied.

    An opaque picture is cropped to its central square, so that at scale 1 it fills the canvas; one
    with transparency (its own, or cut out) is fitted whole.
    """
    values: np.ndarray = pixels.astype(np.float32) / 255
    if cutout > 0:
        values[..., 3] *= _keep(values[..., :3], cutout)
    values[..., :3] *= values[..., 3:]
    height, width = values.shape[:2]
    if bool((values[..., 3] == 1).all()):
        short = min(height, width)
        top, left = (height - short) // 2, (width - short) // 2
        values = values[top : top + short, left : left + short]
    else:
        long = max(height, width)
        square = np.zeros((long, long, 4), np.float32)
        top, left = (long - height) // 2, (long - width) // 2
        square[top : top + height, left : left + width] = values
        values = square
    tensor = torch.from_numpy(np.ascontiguousarray(values.transpose(2, 0, 1))).unsqueeze(0)
    resized = torch.nn.functional.interpolate(
        tensor, (side, side), mode="bicubic", align_corners=False, antialias=True
    )
    # Bicubic overshoots; colour may not exceed its own alpha.
    alpha = resized[:, 3:].clamp(0, 1)
    return torch.cat([resized[:, :3].clamp_min(0).minimum(alpha), alpha], 1).squeeze(0)


def _keep(colours: np.ndarray, cutout: float) -> np.ndarray:
    """Opacity by distance from the border's median colour: 0 within `cutout`, soft above."""
    border = np.concatenate([colours[0], colours[-1], colours[:, 0], colours[:, -1]])
    distance = np.abs(colours - np.median(border, 0)).max(-1)
    return np.clip((distance - cutout) / 0.04, 0, 1)
