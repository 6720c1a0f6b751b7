"""Broad stripes of colour."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from explorer.spec import Choice, Integer, Real, rgb
from explorer.synthesis.drawing import Grid
from explorer.synthesis.registry import FAMILIES
from explorer.synthesis.shapes import boxes, laid
from explorer.synthesis.tones import PALETTES, opaque


@FAMILIES.register("colour_stripes", title="Colour stripes", kind="pattern")
def colour_stripes(
    grid: Grid,
    *,
    count: Annotated[int, Integer(3, 2, 24, help="How many stripes.")],
    palette: Annotated[str, Choice("primary", tuple(PALETTES), help="Which colours.")],
    unevenness: Annotated[float, Real(0, 0, 1, help="How much their widths differ.")],
    course: Annotated[str, Choice("upright", ("upright", "level"), help="How the stripes run.")],
    seed: Annotated[int, Integer(0, 0, 999, help="Which order and widths; 0 keeps the order.")],
) -> np.ndarray:
    """Plain stripes in colours that follow one another."""
    generator = np.random.default_rng(seed)
    colours = [rgb(colour) for colour in PALETTES[palette]]
    if seed:
        colours = [colours[i] for i in generator.permutation(len(colours)).tolist()]
    widths = 1 + unevenness * generator.uniform(-0.9, 0.9, count)
    shares = boxes(grid, *laid(widths))
    table = np.array([colours[i % len(colours)] for i in range(count)], dtype=np.float32)
    line = (shares @ table).T
    line = line[:, None, :] if course == "upright" else line[:, :, None]
    return opaque(np.broadcast_to(line, (3, *grid.x.shape)))
