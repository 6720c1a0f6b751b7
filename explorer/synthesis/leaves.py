"""Slanted rows of slim leaves."""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np

from explorer.spec import Integer, Real
from explorer.synthesis.drawing import Grid
from explorer.synthesis.registry import FAMILIES
from explorer.synthesis.shapes import norm, turned
from explorer.synthesis.tones import Ink, Paper, two_tone

THICKNESS = 0.44  # of half a leaf, in widths of a row


@FAMILIES.register("leaves", title="Leaves", kind="pattern")
def leaves(
    grid: Grid,
    *,
    rows: Annotated[int, Integer(9, 2, 24, help="How many rows across.")],
    length: Annotated[float, Real(5, 1, 10, 0.1, help="Length of a leaf over a row's width.")],
    ink: Ink,
    paper: Paper,
    seed: Annotated[int, Integer(0, 0, 999, help="Where in its row each leaf lies.")],
) -> np.ndarray:
    """Slim pointed leaves, tip to tip in slanted rows."""
    slanted = turned(grid, math.radians(35))
    density = rows / 2
    place = slanted.x * density
    row = np.rint(place)
    # A table of shifts, one a row; it is longer than the most rows that can be seen.
    shifts = np.arange(64) * 0.37 % 1
    if seed:
        shifts = np.random.default_rng(seed).uniform(0, 1, 64)
    angle = slanted.y * (math.pi * density / length)
    angle += (shifts * math.pi).astype(np.float32)[row.astype(np.intp) + 32]
    half = np.abs(np.sin(angle)) * THICKNESS
    slope = np.cos(angle) * (THICKNESS * math.pi / length)
    across = np.abs(place - row)
    reach = norm(1, slope) * (density * grid.pixel)
    coverage = np.clip(0.5 - (across - half) / reach, 0, 1)
    coverage -= np.clip(0.5 - (across + half) / reach, 0, 1)
    return two_tone(ink, paper, coverage)
