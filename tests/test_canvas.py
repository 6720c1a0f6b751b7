"""Flattening: whole-pixel shifts copy, quarter turns are exact, the background stays."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch

from explorer.canvas import SUPERSAMPLE, Canvas, flatten, smoothed

SIZE = 32
GREEN = torch.tensor([0.25, 0.75, 0.125]).view(3, 1, 1)
SHIFTS = [(0, 0), (5, 0), (0, -7), (-31, 31), (12, 9), (3, -1)]


def a_canvas(side: int = 12, x: int = 0, y: int = 0, opaque: bool = False) -> Canvas:
    """Noise of `side` pixels, half transparent here and there, over green."""
    generator = torch.Generator().manual_seed(side)
    shape = (SUPERSAMPLE * side, SUPERSAMPLE * side)
    alpha = torch.ones(shape) if opaque else torch.rand(shape, generator=generator)
    colour = torch.rand(3, *shape, generator=generator) * alpha
    return Canvas(torch.cat([colour, alpha.unsqueeze(0)]), GREEN, SIZE, x, y)


def a_dot(x: int, y: int) -> Canvas:
    """A soft white dot, at that offset from the centre, over black."""
    steps = (torch.arange(20) - 9.5) / 6
    alpha = torch.exp(-(steps[:, None] ** 2) - steps**2).expand(4, 20, 20).clone()
    return Canvas(alpha, torch.zeros(3, 1, 1), 64, x, y)


def centre(picture: torch.Tensor) -> tuple[float, float]:
    """The centre of the brightness, from the picture's centre, in pixels right and down."""
    weight = picture.mean(0).double()
    steps = torch.arange(weight.shape[0]) - (weight.shape[0] - 1) / 2
    total = weight.sum()
    return float((weight.sum(0) @ steps.double()) / total), float(
        (weight.sum(1) @ steps.double()) / total
    )


def shifted(picture: torch.Tensor, dx: int, dy: int) -> torch.Tensor:
    """The picture moved right and down; green comes in at the edges."""
    moved = GREEN.expand_as(picture).clone()
    size = picture.shape[1]
    to_rows, to_columns = (slice(max(d, 0), size + min(d, 0)) for d in (dy, dx))
    from_rows, from_columns = (slice(max(-d, 0), size + min(-d, 0)) for d in (dy, dx))
    moved[:, to_rows, to_columns] = picture[:, from_rows, from_columns]
    return moved


def test_a_picture_is_float32_from_0_to_1() -> None:
    for canvas in (a_canvas(), a_canvas(32), replace(a_canvas(), angle=33.0, dx=4)):
        picture = flatten(canvas)
        assert picture.dtype == torch.float32 and picture.shape == (3, SIZE, SIZE)
        assert picture.min() >= 0 and picture.max() <= 1


@pytest.mark.parametrize(("x", "y"), SHIFTS)
@pytest.mark.parametrize("side", [1, 12, 13, 32, 37])
def test_a_pixel_is_the_mean_of_its_samples_over_the_background(side: int, x: int, y: int) -> None:
    canvas = a_canvas(side, x, y)
    # A margin wide enough for a subject anywhere, cut off after pasting.
    margin = 2 * SIZE
    large = torch.zeros(4, *2 * [SUPERSAMPLE * (SIZE + 2 * margin)])
    top, left = (SUPERSAMPLE * (margin + d) + SIZE - side for d in (y, x))
    rows, columns = canvas.subject.shape[1:]
    large[:, top : top + rows, left : left + columns] = canvas.subject
    means = large.unflatten(1, (-1, SUPERSAMPLE)).unflatten(3, (-1, SUPERSAMPLE)).mean((2, 4))
    seen = means[:, margin : margin + SIZE, margin : margin + SIZE]
    expected = seen[:3] + (1 - seen[3]) * GREEN
    assert torch.allclose(flatten(canvas), expected, atol=1e-6)


@pytest.mark.parametrize("angle", [0.0, 90.0, 33.0])
def test_smoothing_beforehand_changes_nothing(angle: float) -> None:
    for side in (12, 13, 32):
        canvas = replace(a_canvas(side, x=3), angle=angle, dy=-2)
        ready = replace(canvas, smooth=smoothed(canvas.subject))
        assert torch.equal(flatten(ready), flatten(canvas))


@pytest.mark.parametrize("opaque", [True, False])
@pytest.mark.parametrize(("dx", "dy"), SHIFTS)
def test_a_whole_pixel_shift_copies(dx: int, dy: int, opaque: bool) -> None:
    for side in (12, 13, 32):
        canvas = a_canvas(side, opaque=opaque)
        moved = flatten(replace(canvas, dx=dx, dy=dy))
        assert torch.equal(moved, shifted(flatten(canvas), dx, dy)), side


@pytest.mark.parametrize(("dx", "dy"), SHIFTS)
def test_placing_and_moving_add_up(dx: int, dy: int) -> None:
    placed = flatten(a_canvas(x=dx, y=dy))
    assert torch.equal(placed, flatten(replace(a_canvas(), dx=dx, dy=dy)))
    back = flatten(replace(a_canvas(x=dx, y=dy), dx=-dx, dy=-dy))
    assert torch.equal(back, flatten(a_canvas()))


@pytest.mark.parametrize("angle", [0.0, 360.0, -360.0, 720.0])
def test_whole_turns_are_no_turn(angle: float) -> None:
    canvas = a_canvas(x=3, y=-4)
    assert torch.equal(flatten(replace(canvas, angle=angle)), flatten(canvas))


@pytest.mark.parametrize(("x", "y"), [(0, 0), (7, -3), (-9, 10)])
@pytest.mark.parametrize("side", [12, 13, 32])
@pytest.mark.parametrize("angle", [90, 180, 270, -90, -180, 450])
def test_quarter_turns_are_exact_and_about_the_canvas(
    angle: int, side: int, x: int, y: int
) -> None:
    canvas = a_canvas(side, x, y) if side < SIZE else a_canvas(side)
    turned = flatten(replace(canvas, angle=float(angle)))
    # rot90 turns from the first axis given to the second: columns to rows is clockwise.
    expected = torch.rot90(flatten(canvas), angle // 90, (1, 2))
    assert (turned - expected).abs().max() < 1e-4
    same = flatten(replace(canvas, angle=float(angle - 360)))
    assert (turned - same).abs().max() < 1e-4


@pytest.mark.parametrize("angle", [30.0, 67.5, -120.0, 179.5, -0.5, 90.0])
@pytest.mark.parametrize(("x", "y"), [(0, 0), (15, 0), (-8, 12)])
def test_any_turn_is_about_the_canvas_and_counter_clockwise(angle: float, x: int, y: int) -> None:
    canvas = a_dot(x, y)
    turned = flatten(replace(canvas, angle=angle))
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    # Down is positive, so counter-clockwise on the screen takes (1, 0) to (cos, −sin).
    assert centre(turned) == pytest.approx((x * cos + y * sin, y * cos - x * sin), abs=0.02)
    assert turned.sum() == pytest.approx(float(flatten(canvas).sum()), rel=0.01)


@pytest.mark.parametrize("angle", [90.0, 45.0])
@pytest.mark.parametrize(("dx", "dy"), SHIFTS[:5])
def test_the_turn_comes_before_the_shift(angle: float, dx: int, dy: int) -> None:
    turned = replace(a_canvas(x=2), angle=angle)
    moved = flatten(replace(turned, dx=dx, dy=dy))
    assert (moved - shifted(flatten(turned), dx, dy)).abs().max() < 1e-4


@pytest.mark.parametrize("angle", [0.0, 90.0, 33.0])
@pytest.mark.parametrize(("dx", "dy"), [(SIZE, 0), (-SIZE, 0), (0, 99), (64, -64)])
def test_content_shifted_out_leaves_the_plain_background(angle: float, dx: int, dy: int) -> None:
    for side in (12, 32):
        gone = flatten(replace(a_canvas(side), angle=angle, dx=dx, dy=dy))
        if angle == 33 and side == SIZE and SIZE in (abs(dx), abs(dy)):
            # The corners of a turned square reach beyond the canvas, and come back in.
            continue
        assert torch.equal(gone, GREEN.expand(3, SIZE, SIZE))


@pytest.mark.parametrize("colour", [(0, 0, 0), (1, 1, 1), (127, 128, 127), (103, 27, 27)])
def test_the_background_has_exactly_its_colour(colour: tuple[int, ...]) -> None:
    background = (torch.tensor(colour, dtype=torch.float32) / 255).view(3, 1, 1)
    for angle in (0.0, 90.0, 33.0):
        canvas = replace(a_canvas(8), background=background, angle=angle)
        picture = flatten(canvas)
        border = torch.ones(SIZE, SIZE, dtype=torch.bool)
        border[8:24, 8:24] = False
        assert torch.equal(picture[:, border], background.view(3, 1).expand(3, int(border.sum())))


def test_a_painted_background_neither_turns_nor_shifts() -> None:
    painted = torch.rand(3, SIZE, SIZE, generator=torch.Generator().manual_seed(1))
    for angle, dx in ((0.0, 0), (90.0, 0), (33.0, 0), (0.0, 5)):
        picture = flatten(replace(a_canvas(4), background=painted, angle=angle, dx=dx))
        assert torch.equal(picture[:, :, :10], painted[:, :, :10])
        assert not torch.equal(picture, painted)


@pytest.mark.parametrize("angle", [0.0, 90.0, 180.0])
def test_an_opaque_full_subject_hides_the_background(angle: float) -> None:
    canvas = replace(a_canvas(SIZE, opaque=True), angle=angle)
    other = flatten(replace(canvas, background=1 - GREEN))
    assert (flatten(canvas) - other).abs().max() < 1e-4


def test_what_is_given_is_left_alone() -> None:
    canvas = replace(a_canvas(), background=GREEN.expand(3, SIZE, SIZE).clone())
    before = canvas.subject.clone(), canvas.background.clone()
    for angle in (0.0, 33.0):
        flatten(replace(canvas, angle=angle, dx=3)).zero_()
    assert torch.equal(canvas.subject, before[0]) and torch.equal(canvas.background, before[1])


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_a_turn_is_the_same_on_any_number_of_cores(threads: int) -> None:
    """In bands of rows, the last of which may be lower."""
    before = torch.get_num_threads()
    canvas = replace(a_canvas(side=9, x=3), angle=25.0)
    try:
        torch.set_num_threads(1)
        expected = flatten(canvas)
        torch.set_num_threads(threads)
        assert torch.equal(flatten(canvas), expected)
    finally:
        torch.set_num_threads(before)
