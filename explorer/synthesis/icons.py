"""Small drawings of things, each painted over a picture on a grid that spans [-1, 1]."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from explorer.synthesis.drawing import Grid, paint
from explorer.synthesis.shapes import convex, disc, taper, turned


def heart(grid: Grid, picture: np.ndarray) -> np.ndarray:
    """A red heart."""
    left = taper(grid, (-0.44, -0.32, 0.47), (0, 0.75, 0.13))
    right = taper(grid, (0.44, -0.32, 0.47), (0, 0.75, 0.13))
    middle = taper(grid, (0, 0.06, 0.38), (0, 0.75, 0.13))
    whole = np.minimum(np.minimum(left, right), middle)
    picture = paint(picture, "#b3122b", grid.inside(whole))
    picture = paint(picture, "#e8304a", grid.inside(whole + 0.09))
    glint = taper(grid, (-0.62, -0.4, 0.07), (-0.44, -0.56, 0.07))
    return paint(picture, "#ff9aa8", grid.inside(glint))


def key(grid: Grid, picture: np.ndarray) -> np.ndarray:
    """An old key, bow upwards."""
    grid = turned(grid, 0.6)
    shaft = taper(grid, (0, -0.1, 0.11), (0, 0.86, 0.11))
    bits = np.minimum(
        taper(grid, (0.05, 0.78, 0.09), (0.36, 0.78, 0.09)),
        taper(grid, (0.05, 0.48, 0.09), (0.28, 0.48, 0.09)),
    )
    bow = np.maximum(disc(grid, 0, -0.5, 0.44), -disc(grid, 0, -0.52, 0.2))
    whole = np.minimum(np.minimum(shaft, bits), bow)
    picture = paint(picture, "#7d6a2c", grid.inside(whole))
    return paint(picture, "#e3b93c", grid.inside(whole + 0.05))


def gem(grid: Grid, picture: np.ndarray) -> np.ndarray:
    """A cut stone seen from the side."""
    crown = ((-0.56, -0.62), (-0.2, -0.62), (0.2, -0.62), (0.56, -0.62))
    girdle = ((-0.96, -0.16), (-0.36, -0.16), (0.36, -0.16), (0.96, -0.16))
    tip = (0.0, 0.86)
    outline = (crown[0], crown[3], girdle[3], tip, girdle[0])
    picture = paint(picture, "#5aa9d6", grid.inside(convex(grid, outline)))
    facets = (
        ("#8fd3f4", (crown[0], crown[1], girdle[1], girdle[0])),
        ("#c9eefc", (crown[1], crown[2], girdle[2], girdle[1])),
        ("#6cbde8", (crown[2], crown[3], girdle[3], girdle[2])),
        ("#4ba3dc", (girdle[0], girdle[1], tip)),
        ("#8fd3f4", (girdle[1], girdle[2], tip)),
        ("#2f7fbf", (girdle[2], girdle[3], tip)),
    )
    for colour, corners in facets:
        picture = paint(picture, colour, grid.inside(convex(grid, corners) + 0.012))
    return picture


def apple(grid: Grid, picture: np.ndarray) -> np.ndarray:
    """A red apple with a leaf."""
    stem = taper(grid, (0, -0.35, 0.05), (0.1, -0.86, 0.07))
    leaf = np.maximum(disc(grid, 0.27, -0.42, 0.42), disc(grid, 0.42, -0.98, 0.42))
    left = taper(grid, (-0.36, -0.02, 0.5), (-0.2, 0.6, 0.32))
    right = taper(grid, (0.36, -0.02, 0.5), (0.2, 0.6, 0.32))
    whole = np.minimum(left, right)
    picture = paint(picture, "#a3101f", grid.inside(whole))
    picture = paint(picture, "#de2b35", grid.inside(np.maximum(whole + 0.03, left + 0.08)))
    picture = paint(picture, "#de2b35", grid.inside(np.maximum(whole + 0.03, right + 0.08)))
    picture = paint(
        picture, "#ff8b84", grid.inside(taper(grid, (-0.6, 0, 0.09), (-0.5, -0.2, 0.09)))
    )
    picture = paint(picture, "#6b3f1d", grid.inside(stem))
    return paint(picture, "#4aa83a", grid.inside(leaf))


def strawberry(grid: Grid, picture: np.ndarray) -> np.ndarray:
    """A strawberry, tip down."""
    body = taper(grid, (0, -0.18, 0.62), (0, 0.72, 0.16))
    picture = paint(picture, "#b0142a", grid.inside(body))
    picture = paint(picture, "#e6313f", grid.inside(body + 0.06))
    for row, (y, xs) in enumerate(
        ((-0.16, (-0.38, 0.0, 0.38)), (0.12, (-0.2, 0.2)), (0.38, (-0.12, 0.14)), (0.62, (0.0,)))
    ):
        for x in xs:
            seed = taper(grid, (x, y - 0.03, 0.035), (x, y + 0.05, 0.045))
            picture = paint(picture, "#ffd76a" if row % 2 else "#ffe9a0", grid.inside(seed))
    crown = taper(grid, (0, -0.62, 0.12), (0, -0.88, 0.06))
    for x, y in ((-0.56, -0.5), (-0.3, -0.3), (0.0, -0.26), (0.3, -0.3), (0.56, -0.5)):
        crown = np.minimum(crown, taper(grid, (0.0, -0.68, 0.15), (x, y, 0.03)))
    return paint(picture, "#3f9a35", grid.inside(crown))


def avocado(grid: Grid, picture: np.ndarray) -> np.ndarray:
    """Half an avocado with its stone."""
    grid = turned(grid, 0.35)
    skin = taper(grid, (0, 0.28, 0.64), (0, -0.62, 0.32))
    picture = paint(picture, "#2f5d23", grid.inside(skin))
    picture = paint(picture, "#8fc045", grid.inside(skin + 0.09))
    picture = paint(picture, "#dbe98a", grid.inside(skin + 0.19))
    picture = paint(picture, "#6d3d1c", grid.inside(disc(grid, 0, 0.3, 0.33)))
    return paint(picture, "#a9693a", grid.inside(disc(grid, -0.07, 0.22, 0.19)))


def leaf(grid: Grid, picture: np.ndarray) -> np.ndarray:
    """A pointed leaf with veins."""
    grid = turned(grid, 0.7)
    blade = np.maximum(disc(grid, -0.6, -0.1, 1.06), disc(grid, 0.6, -0.1, 1.06))
    vein = taper(grid, (0, 0.95, 0.06), (0, -0.75, 0.015))
    for y in (-0.3, 0.05, 0.4):
        for side in (-1, 1):
            branch = taper(grid, (0, y, 0.03), (side * 0.3, y - 0.28, 0.012))
            vein = np.minimum(vein, np.maximum(branch, blade + 0.06))
    picture = paint(picture, "#2c7a2c", grid.inside(blade))
    picture = paint(picture, "#55ad3f", grid.inside(np.maximum(blade, -grid.x)))
    return paint(picture, "#1d5a22", grid.inside(vein))


def mushroom(grid: Grid, picture: np.ndarray) -> np.ndarray:
    """A red toadstool with white spots."""
    stem = taper(grid, (0, 0.05, 0.22), (0, 0.62, 0.3))
    dome = disc(grid, 0, 0.04, 0.92)
    cap = np.maximum(dome, grid.y - 0.16)
    picture = paint(picture, "#e9dfc9", grid.inside(stem))
    picture = paint(picture, "#c9b995", grid.inside(np.maximum(stem, grid.y - 0.26)))
    picture = paint(picture, "#c4202b", grid.inside(cap))
    spots = disc(grid, 0, -0.42, 0.22)
    for x, y, radius in ((-0.5, -0.12, 0.17), (0.52, -0.16, 0.19), (-0.44, -0.6, 0.1)):
        spots = np.minimum(spots, disc(grid, x, y, radius))
    return paint(picture, "#fff6ea", grid.inside(np.maximum(spots, cap)))


ICONS: dict[str, Callable[[Grid, np.ndarray], np.ndarray]] = {
    "avocado": avocado,
    "gem": gem,
    "strawberry": strawberry,
    "apple": apple,
    "key": key,
    "heart": heart,
    "leaf": leaf,
    "mushroom": mushroom,
}
