"""Perturbations: properties over the registry, then each against an independent source."""

from __future__ import annotations

import colorsys
import io
import random
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch
import torchvision.transforms.functional as tvf
from PIL import Image

from explorer.canvas import SUPERSAMPLE, Canvas, flatten
from explorer.perturbations import PERTURBATIONS, STAGES, active, apply
from explorer.perturbations.stain import _arcs, stroke_cover
from explorer.registry import Entry
from explorer.scene import Step
from explorer.spec import Choice, Colour, Real, Toggle, Value

ORDER = (
    "rotate",
    "translate",
    "stain",
    "invert",
    "brightness",
    "contrast",
    "hue",
    "blur",
    "noise",
    "jpeg",
    "occlusion",
)
ENTRIES = [pytest.param(entry, id=entry.name) for entry in PERTURBATIONS]
FILTERS = [
    pytest.param(entry, id=entry.name)
    for entry in PERTURBATIONS
    if entry.facts["stage"] == "filter"
]


def a_canvas(size: int = 96) -> Canvas:
    """A soft-edged disc with a colour gradient, off centre, over a warm grey."""
    side = SUPERSAMPLE * size * 5 // 8
    y, x = torch.meshgrid(*2 * [torch.linspace(-1, 1, side)], indexing="ij")
    alpha = (4 * (0.95 - torch.hypot(x, y))).clamp(0, 1)
    colours = torch.stack([0.9 - 0.1 * y, 0.5 + 0.4 * x, 0.3 + 0.3 * x * y])
    subject = torch.cat([colours * alpha, alpha.unsqueeze(0)])
    background = torch.tensor([0.7, 0.6, 0.5]).view(3, 1, 1)
    return Canvas(subject, background, size, x=size // 24, y=-size // 32)


def an_image(size: int = 96, seed: int = 0) -> torch.Tensor:
    """Uniform noise with patches of pure black, white, grey and red."""
    image = torch.rand(3, size, size, generator=torch.Generator().manual_seed(seed))
    image[:, :8, :8], image[:, :8, 8:16], image[:, :8, 16:24] = 0, 1, 0.5
    image[:, 8:16, :8] = torch.tensor([1.0, 0, 0]).view(3, 1, 1)
    return image


def live(entry: Entry) -> dict[str, Value]:
    """Its defaults, with the knobs that carry the effect a quarter of the way up."""
    values = entry.defaults()
    for name in entry.facts["neutral"]:
        knob = entry.knobs[name]
        assert isinstance(knob, Real)
        value = knob.default + (knob.high - knob.default) / 4
        values[name] = knob.clean(value).value
    return values


def extremes(entry: Entry) -> Iterator[tuple[str, dict[str, Value]]]:
    """The live values with one knob after another at each of its ends."""
    for name, knob in entry.knobs.items():
        for value in ends(knob):
            yield name, {**live(entry), name: value}


def ends(knob: object) -> tuple[Value, ...]:
    match knob:
        case Real():
            return knob.low, knob.high
        case Colour():
            return "#000000", "#ff00ff"
        case Choice():
            return knob.options
        case Toggle():
            return False, True
    raise AssertionError(f"No ends are known for {knob}.")


def call(name: str, image: torch.Tensor, **values: Value) -> torch.Tensor:
    return PERTURBATIONS[name].function(image, **{**PERTURBATIONS[name].defaults(), **values})


def run(name: str, canvas: Canvas, **values: Value) -> torch.Tensor:
    return apply([Step.of(name, {**PERTURBATIONS[name].defaults(), **values})], canvas)


def check_picture(image: torch.Tensor, size: int) -> None:
    assert image.shape == (3, size, size)
    assert image.dtype == torch.float32
    # A NaN fails both comparisons.
    assert image.min() >= 0
    assert image.max() <= 1


# Properties of all


def test_the_order_is_as_stated():
    assert PERTURBATIONS.names() == ORDER
    stages = [STAGES.index(entry.facts["stage"]) for entry in PERTURBATIONS]
    assert stages == sorted(stages)


def test_the_papers_own_perturbations_are_marked():
    marked = {entry.name for entry in PERTURBATIONS if entry.facts["paper"]}
    assert marked == {"rotate", "translate", "stain", "invert"}


@pytest.mark.parametrize("entry", ENTRIES)
def test_declarations_are_complete(entry):
    assert entry.help.endswith(".")
    assert set(entry.facts["neutral"]) <= set(entry.knobs)
    for knob in entry.knobs.values():
        assert knob.help.endswith(".")
        if isinstance(knob, Real):
            assert knob.clean(knob.default).value == knob.default


@pytest.mark.parametrize("entry", ENTRIES)
def test_defaults_are_neutral_and_neutral_is_identical(entry):
    canvas = a_canvas()
    assert entry.is_neutral(entry.defaults())
    for _, values in extremes(entry):
        step = Step.of(entry.name, {**values, **entry.facts["neutral"]})
        assert active([step]) == ()
        assert torch.equal(apply([step], canvas), flatten(canvas))


@pytest.mark.parametrize("size", [64, 96])
@pytest.mark.parametrize("entry", ENTRIES)
def test_every_end_of_every_knob_gives_a_picture(entry, size):
    canvas = a_canvas(size)
    for _, values in extremes(entry):
        check_picture(apply([Step.of(entry.name, values)], canvas), size)


@pytest.mark.parametrize("entry", FILTERS)
def test_filters_take_any_picture_and_leave_it_alone(entry):
    for size, image in (
        (64, an_image(64)),
        (96, torch.zeros(3, 96, 96)),
        (64, torch.ones(3, 64, 64)),
    ):
        before = image.clone()
        for name, values in extremes(entry):
            if not entry.is_neutral(values):
                result = entry.function(image, **values)
                check_picture(result, size)
                assert torch.equal(image, before), name
                assert result.data_ptr() != image.data_ptr()


@pytest.mark.parametrize("entry", ENTRIES)
def test_the_canvas_is_left_alone_and_answers_repeat(entry):
    canvas = a_canvas()
    subject, background = canvas.subject.clone(), canvas.background.clone()
    step = Step.of(entry.name, live(entry))
    first = apply([step], canvas)
    torch.rand(3)
    assert torch.equal(apply([step], canvas), first)
    assert torch.equal(canvas.subject, subject)
    assert torch.equal(canvas.background, background)
    assert canvas == replace(canvas)


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_knob_has_an_effect(entry):
    canvas = a_canvas()
    base = apply([Step.of(entry.name, live(entry))], canvas)
    assert not torch.equal(base, flatten(canvas))
    for name, values in extremes(entry):
        if values != live(entry):
            changed = apply([Step.of(entry.name, values)], canvas)
            assert (changed - base).abs().max() > 0.01, (name, values[name])


# Composition


def all_live() -> list[Step]:
    return [Step.of(name, live(PERTURBATIONS[name])) for name in ORDER]


def test_steps_compose_in_the_stated_order_however_given():
    canvas = a_canvas(64)
    by_hand = canvas
    for name in ORDER[:3]:
        entry = PERTURBATIONS[name]
        by_hand = entry.function(by_hand, **live(entry))
    image = flatten(by_hand)
    for name in ORDER[3:]:
        entry = PERTURBATIONS[name]
        image = entry.function(image, **live(entry))

    steps = all_live()
    shuffle = random.Random(0).shuffle
    for _ in range(6):
        assert torch.equal(apply(steps, canvas), image)
        assert active(steps) == tuple(all_live())
        shuffle(steps)


def test_the_order_matters():
    image = an_image()
    noisy_last = call("noise", call("blur", image, sigma=2.0), sd=0.2)
    noisy_first = call("blur", call("noise", image, sd=0.2), sigma=2.0)
    assert (noisy_last - noisy_first).abs().mean() > 0.05


def test_neutral_steps_are_dropped_and_the_rest_kept():
    neutral = [Step.of(entry.name, entry.defaults()) for entry in PERTURBATIONS]
    blur = Step.of("blur", {"sigma": 1.5})
    rotate = Step.of("rotate", {"angle": 10.0})
    assert active(neutral) == ()
    assert active([*neutral, blur, rotate]) == (rotate, blur)
    canvas = a_canvas()
    assert torch.equal(apply([*neutral, blur, rotate], canvas), apply([blur, rotate], canvas))
    assert torch.equal(apply(iter([blur, rotate]), canvas), apply([blur, rotate], canvas))


def test_an_unknown_step_is_refused():
    with pytest.raises(KeyError, match="no perturbation named 'swirl'"):
        apply([Step.of("swirl")], a_canvas())


# Moves


def test_translate_is_a_roll_on_a_plain_canvas():
    canvas = a_canvas()
    for x, y in ((7, 0), (0, -9), (-12, 13)):
        rolled = np.roll(flatten(canvas).numpy(), (y, x), axis=(1, 2))
        assert np.array_equal(run("translate", canvas, x=x, y=y).numpy(), rolled)


@pytest.mark.parametrize("turns", [-1, 1, 2])
def test_rotate_by_quarter_turns_is_counter_clockwise(turns):
    canvas = a_canvas()
    turned = np.rot90(flatten(canvas).numpy(), turns, axes=(1, 2))
    assert np.abs(run("rotate", canvas, angle=90.0 * turns).numpy() - turned).max() < 1e-4


@pytest.mark.parametrize("angle", [22.5, -70.0])
def test_rotate_agrees_with_pillow(angle):
    canvas = a_canvas()
    result = run("rotate", canvas, angle=angle).numpy()

    def pillow(degrees: float) -> np.ndarray:
        planes = [Image.fromarray(plane) for plane in flatten(canvas).numpy()]
        fills = canvas.background.flatten().tolist()
        turned = [
            plane.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=fill)
            for plane, fill in zip(planes, fills, strict=True)
        ]
        return np.stack([np.asarray(plane) for plane in turned])

    assert np.abs(result - pillow(angle)).mean() < 0.002
    assert np.abs(result - pillow(-angle)).mean() > 0.01


# Stain


def test_a_full_stain_without_strokes_is_the_plain_colour():
    canvas = PERTURBATIONS["stain"].function(
        a_canvas(), strength=1.0, colour="#3366cc", strokes=0, stroke_colour="#ffffff", seed=0
    )
    assert canvas.background.shape == (3, 1, 1)
    assert canvas.background.flatten().tolist() == pytest.approx([0.2, 0.4, 0.8])
    assert torch.equal(canvas.subject, a_canvas().subject)


def test_strength_mixes_in_proportion():
    entry = PERTURBATIONS["stain"]
    plain = a_canvas().background
    full = entry.function(a_canvas(), **{**entry.defaults(), "strength": 1.0}).background
    part = entry.function(a_canvas(), **{**entry.defaults(), "strength": 0.3}).background
    assert full.shape == (3, 96, 96)
    assert torch.allclose(part, 0.7 * plain + 0.3 * full, atol=1e-6)


def test_a_stain_shows_both_colours_and_stays_behind_the_subject():
    result = run("stain", a_canvas(), strength=1.0, colour="#000000", stroke_colour="#ffffff")
    middle = (slice(None), slice(40, 50), slice(44, 54))
    assert torch.allclose(result[middle], flatten(a_canvas())[middle], atol=1e-6)
    corner = result[:, :20]
    assert corner.min() == 0
    assert corner.max() == 1


def test_strokes_lie_at_the_same_place_on_each_size():
    large, small = stroke_cover(256, 60, 3), stroke_cover(64, 60, 3)
    pooled = torch.nn.functional.avg_pool2d(large[None, None], 4)[0, 0]
    assert 0.1 < small.mean() < 0.4
    assert (pooled - small).abs().mean() < 0.01
    assert (pooled - stroke_cover(64, 60, 4)).abs().mean() > 0.1


def test_more_strokes_leave_the_first_ones():
    covers = [stroke_cover(96, count, 0) for count in (1, 2, 20, 60)]
    for few, many in zip(covers, covers[1:], strict=False):
        assert (many >= few).all()
        assert many.sum() > few.sum()


@pytest.mark.parametrize("bend", [0.1, 1.2, 2.6])
def test_a_stroke_is_what_lies_within_half_its_width_of_an_arc(bend):
    reach, middle, facing, length, half_width = 20, (20.3, 21.6), 0.7, 24.0, 3.0
    [cover] = _arcs(
        np.array([middle]), *(np.array([v]) for v in (facing, length, half_width, bend)), reach
    ).numpy()

    radius = length / bend
    towards = np.array([np.cos(facing), np.sin(facing)])
    angle = facing + np.linspace(-bend / 2, bend / 2, 500)
    arc = middle + radius * (np.stack([np.cos(angle), np.sin(angle)], axis=1) - towards)
    assert np.linalg.norm(np.diff(arc, axis=0), axis=1).sum() == pytest.approx(length, rel=1e-4)
    pixels = np.stack(np.meshgrid(*2 * [np.arange(2 * reach + 1) + 0.5]), axis=-1)
    distance = np.linalg.norm(pixels[:, :, None] - arc, axis=-1).min(axis=-1)
    chord = arc[-1] - arc[0]
    along = np.clip(2 * (pixels - middle) @ chord / (chord @ chord), -1, 1)
    inside = half_width * (1 + 0.35 * along) - distance
    assert np.abs(cover - np.clip(inside + 0.5, 0, 1)).max() < 0.01


# Colours


def test_invert_is_exact():
    image = an_image()
    assert torch.equal(call("invert", image, amount=1.0), 1 - image)
    assert torch.allclose(call("invert", image, amount=0.5), torch.full_like(image, 0.5))
    quarter = 0.75 * image.numpy() + 0.25 * (1 - image.numpy())
    assert np.allclose(call("invert", image, amount=0.25).numpy(), quarter, atol=1e-6)


def test_brightness_adds():
    image = an_image()
    for amount in (-0.4, 0.25):
        expected = np.minimum(np.maximum(image.numpy().astype(float) + amount, 0), 1)
        assert np.allclose(call("brightness", image, amount=amount).numpy(), expected, atol=1e-6)
    assert (call("brightness", image, amount=1.0) == 1).all()
    assert (call("brightness", image, amount=-1.0) == 0).all()


@pytest.mark.parametrize("factor", [0.0, 0.4, 2.5])
def test_contrast_agrees_with_torchvision_and_pillow(factor):
    image = an_image() ** 2
    result = call("contrast", image, factor=factor)
    # torchvision's weights of grey are 0.2989, 0.587, 0.114 and add up to 0.9999.
    assert torch.allclose(result, tvf.adjust_contrast(image, factor), atol=3e-4)

    eight_bits = (image * 255).round() / 255
    grey = Image.fromarray((eight_bits * 255).byte().permute(1, 2, 0).numpy()).convert("L")
    mean = np.asarray(grey).mean() / 255
    expected = np.clip(mean + factor * (eight_bits.numpy() - mean), 0, 1)
    assert np.abs(call("contrast", eight_bits, factor=factor).numpy() - expected).max() < 0.005


@pytest.mark.parametrize("degrees", [-180.0, -77.0, 30.0, 120.0, 179.0])
def test_hue_agrees_with_torchvision(degrees):
    image = an_image()
    result = call("hue", image, degrees=degrees)
    assert torch.allclose(result, tvf.adjust_hue(image, degrees / 360), atol=1e-5)
    assert torch.equal(result[:, :8, :24], image[:, :8, :24]), "black, white and grey stay"


def test_hue_agrees_with_colorsys():
    image = an_image()
    for degrees in (-100.0, 45.0):
        result = call("hue", image, degrees=degrees)
        for row, column in ((10, 3), (40, 41), (77, 12), (95, 95)):
            h, s, v = colorsys.rgb_to_hsv(*image[:, row, column].tolist())
            expected = colorsys.hsv_to_rgb((h + degrees / 360) % 1, s, v)
            assert result[:, row, column].tolist() == pytest.approx(expected, abs=1e-5)


def test_hue_turns_red_into_green():
    red = torch.tensor([1.0, 0, 0]).view(3, 1, 1).expand(3, 4, 4)
    turned = call("hue", red, degrees=120.0)
    assert turned[:, 0, 0].tolist() == pytest.approx([0, 1, 0], abs=1e-6)


# Blur, noise, JPEG, occlusion


@pytest.mark.parametrize("sigma", [0.1, 0.7, 2.0, 7.5])
def test_blur_agrees_with_torchvision(sigma):
    for size in (64, 96):
        image = an_image(size)
        side = 2 * int(np.ceil(4 * sigma)) + 1
        expected = tvf.gaussian_blur(image, [side, side], [sigma, sigma])
        assert torch.allclose(call("blur", image, sigma=sigma), expected, atol=2e-6)


def test_blur_of_oblongs_and_of_pictures_smaller_than_its_kernel():
    image = an_image()[:, :40, :70]
    expected = tvf.gaussian_blur(image, [25, 25], [3.0, 3.0])
    assert torch.allclose(call("blur", image, sigma=3.0), expected, atol=2e-6)
    # The reflection goes to and fro as often as the kernel needs, as NumPy's does.
    padded = np.pad(image[:, :9, :9].numpy(), ((0, 0), (32, 32), (32, 32)), mode="reflect")
    wide = call("blur", torch.from_numpy(padded), sigma=8.0)[:, 32:41, 32:41]
    assert torch.allclose(call("blur", image[:, :9, :9], sigma=8.0), wide, atol=2e-6)


def test_blur_of_a_point_has_the_stated_width():
    point = torch.zeros(3, 65, 65)
    point[:, 32, 32] = 1
    spread = call("blur", point, sigma=3.0)[0]
    offsets = torch.arange(65) - 32.0
    assert spread.sum().item() == pytest.approx(1, abs=1e-5)
    assert (spread.sum(1) * offsets**2).sum().item() == pytest.approx(9, rel=0.01)
    assert (spread.sum(0) * offsets).sum().item() == pytest.approx(0, abs=1e-4)


def test_noise_has_the_stated_spread():
    grey = torch.full((3, 96, 96), 0.5)
    added = call("noise", grey, sd=0.1, seed=5) - grey
    assert added.mean().item() == pytest.approx(0, abs=0.003)
    assert added.std().item() == pytest.approx(0.1, rel=0.02)
    correlations = torch.corrcoef(added.flatten(1)) - torch.eye(3)
    assert correlations.abs().max() < 0.05
    neighbours = torch.corrcoef(torch.stack([added[:, :, 1:], added[:, :, :-1]]).flatten(1))
    assert neighbours[0, 1].abs() < 0.03
    # Kurtosis tells a Gaussian (3) from a uniform distribution (1.8).
    assert (added**4).mean().item() / 0.1**4 == pytest.approx(3, rel=0.1)


def test_noise_of_a_seed_is_one_noise_at_each_strength():
    grey = torch.full((3, 64, 64), 0.5)
    weak, strong = (call("noise", grey, sd=sd, seed=2) - grey for sd in (0.02, 0.06))
    assert torch.allclose(3 * weak, strong, atol=1e-6)
    other = call("noise", grey, sd=0.02, seed=3) - grey
    assert torch.corrcoef(torch.stack([weak, other]).flatten(1))[0, 1].abs() < 0.05


@pytest.mark.parametrize(("compression", "quality"), [(1, 99), (50, 50), (99, 1), (100, 1)])
def test_jpeg_is_a_round_trip_through_pillow(compression, quality):
    image = flatten(a_canvas())
    pixels = np.floor(image.numpy().transpose(1, 2, 0) * 255 + 0.5).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, format="JPEG", quality=quality)
    expected = np.asarray(Image.open(file)).transpose(2, 0, 1) / 255
    result = call("jpeg", image, compression=compression).numpy()
    assert np.allclose(result, expected, atol=1e-6)


def test_jpeg_loses_more_with_more_compression():
    image = flatten(a_canvas())
    lost = [(call("jpeg", image, compression=c) - image).abs().mean() for c in (1, 60, 90, 99)]
    assert lost == sorted(lost)
    assert lost[0] < 0.01 < lost[-1]


@pytest.mark.parametrize(
    ("x", "y", "rows", "columns"),
    [
        (0, 0, (24, 72), (24, 72)),
        (-100, 100, (48, 96), (0, 48)),
        (50, -100, (0, 48), (36, 84)),
    ],
)
def test_occlusion_covers_the_stated_square(x, y, rows, columns):
    image = an_image()
    result = call("occlusion", image, side=50, x=x, y=y, colour="#ff0080")
    expected = image.numpy().copy()
    for channel, value in enumerate((1, 0, 128 / 255)):
        expected[channel, rows[0] : rows[1], columns[0] : columns[1]] = value
    assert np.allclose(result.numpy(), expected, atol=1e-6)


def test_occlusion_can_hide_everything_and_one_percent():
    image = an_image(64)
    assert (call("occlusion", image, side=100, colour="#000000") == 0).all()
    changed = (call("occlusion", image, side=1, x=37, y=-61) != image).any(0)
    assert changed.sum() == 1
