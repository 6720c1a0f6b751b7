"""Procedural pictures, one family a file. Importing the package registers them all."""

from explorer.synthesis.drawing import Grid
from explorer.synthesis.registry import FAMILIES

# The order of import is the order in which a person meets them: those of the paper come first.
# isort: off
from explorer.synthesis import (
    rings,
    yin_yang,
    chessboard,
    honeycomb,
    zebra,
    leaves,
    maze,
    diamonds,
    spiral,
    labyrinth,
    squares,
    blob,
    colour_stripes,
    mosaic,
    items,
    confetti,
    static,
    scales,
    dots,
    flower,
    butterfly,
)
# isort: on

__all__ = [
    "FAMILIES",
    "Grid",
    "blob",
    "butterfly",
    "chessboard",
    "colour_stripes",
    "confetti",
    "diamonds",
    "dots",
    "flower",
    "honeycomb",
    "items",
    "labyrinth",
    "leaves",
    "maze",
    "mosaic",
    "rings",
    "scales",
    "spiral",
    "squares",
    "static",
    "yin_yang",
    "zebra",
]
