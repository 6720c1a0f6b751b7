"""Distances and coverage against slow ways of finding the same."""

import math

import numpy as np
import pytest

from explorer.synthesis.drawing import Grid
from explorer.synthesis.shapes import (
    band,
    boxes,
    convex,
    crop,
    disc,
    laid,
    stripes,
    taper,
    turned,
    window,
)
from explorer.synthesis.tones import bordered, two_tone


def test_taper_is_the_nearest_of_many_discs():
    """The hull of two discs is all discs between them."""
    grid = Grid.of(24)
    start, end = (-0.4, 0.1, 0.45), (0.5, -0.3, 0.1)
    steps = np.linspace(0, 1, 2001)[:, None, None]
    x, y, r = (a + (b - a) * steps for a, b in zip(start, end, strict=True))
    slow = (np.hypot(grid.x - x, grid.y - y) - r).min(axis=0)
    np.testing.assert_allclose(taper(grid, start, end), slow, atol=1e-5)
    np.testing.assert_allclose(taper(grid, end, start), slow, atol=1e-5)


def test_convex_area_either_way_round():
    """A triangle covers half of base times height, whichever way its corners run."""
    grid = Grid.of(64)
    corners = ((-0.8, -0.5), (0.7, -0.5), (0.2, 0.7))
    for order in (corners, corners[::-1]):
        area = grid.inside(convex(grid, order)).sum() * grid.pixel**2
        assert area == pytest.approx(1.5 * 1.2 / 2, rel=3e-3)


@pytest.mark.parametrize("width", [0.001, 0.1, 0.7, 1, 2.3, 40])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.8])
def test_stripes_are_averages(width, share):
    """Against the mean of ten thousand samples over the width of a pixel."""
    phase = np.linspace(-2, 2, 83, dtype=np.float32)
    offsets = (np.arange(10000) + 0.5) / 10000 - 0.5
    samples = phase[:, None] + width * offsets
    slow = (np.abs(samples - np.rint(samples)) <= share / 2).mean(axis=1)
    np.testing.assert_allclose(stripes(phase, width, share), slow, atol=0.005)


def test_stripes_stay_float32():
    """A width that is a plain number does not widen the arithmetic."""
    assert stripes(np.zeros(3, dtype=np.float32), 0.1).dtype == np.float32


def test_fine_band_is_pale():
    """A line a tenth of a pixel wide has a tenth of the tone."""
    grid = Grid.of(50)
    line = band(grid, grid.x - 0.02, grid.pixel / 10)
    np.testing.assert_allclose(line.sum(axis=1), 0.1, atol=1e-4)


def test_boxes_share_out_every_pixel():
    """Intervals side by side take each pixel between them, and each its own length."""
    grid = Grid.of(37)
    widths = np.array([1.0, 2.0, 0.5, 3.0])
    shares = boxes(grid, *laid(widths))
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(shares.sum(axis=0) / 37, widths / widths.sum(), atol=1e-5)


def test_turned_turns_clockwise():
    """What pointed right points down after a quarter turn."""
    grid = turned(Grid.of(41), math.pi / 2)
    place = np.unravel_index(np.argmin(disc(grid, 0.5, 0, 0)), grid.x.shape)
    assert place[0] > 25
    assert place[1] == 20


def test_window_shows_the_same_disc():
    """A disc drawn in a window is the disc drawn on the whole grid, also across the border."""
    grid = Grid.of(45)
    for x, y in ((0.1, -0.2), (0.9, 0.9), (-1.4, 0)):
        whole = grid.inside(disc(grid, x, y, 0.4))
        part = np.zeros((1, 45, 45), dtype=np.float32)
        area, local = window(grid, x, y, 0.4)
        part[area] = local.inside(disc(local, 0, 0, 1))
        np.testing.assert_allclose(part[0], whole, atol=1e-4)


def test_crop_keeps_coordinates():
    """A part of the grid has the coordinates it had."""
    grid = Grid.of(20)
    area, part = crop(grid, -0.5, 0, 0.5, 3)
    np.testing.assert_array_equal(part.x, grid.x[area[1:]])
    assert part.x.min() < -0.5 < 0.5 < part.x.max()
    assert part.y.max() == grid.y.max()


def test_two_tone_and_border_mix_linearly():
    """Half covered is halfway; a border without width leaves none of its colour."""
    half = np.full((2, 2), 0.5, dtype=np.float32)
    np.testing.assert_allclose(two_tone("#000000", "#ffffff", half)[:, 0, 0], (0.5, 0.5, 0.5, 1))
    empty = np.zeros((4, 2, 2), dtype=np.float32)
    edge = bordered(empty, "#000000", "#ffffff", half, half)
    np.testing.assert_allclose(edge[:, 0, 0], 0.5)
