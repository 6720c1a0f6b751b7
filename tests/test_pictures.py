"""From a scene's words to pixels: subjects of every source, cut out or not, and pictures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from explorer import pictures
from explorer.canvas import SUPERSAMPLE, smoothed
from explorer.form import scene_of
from explorer.images import Upload
from explorer.perturbations import PERTURBATIONS
from explorer.pictures import picture, reference, sample_names, subject
from explorer.presets import PRESETS
from explorer.scene import Layout, Scene, Source, Step
from explorer.spec import Real
from explorer.synthesis import FAMILIES

SHA = "c0ffee" * 10 + "1234"
RED, WHITE, BLUE, CLEAR = (255, 0, 0, 255), (255, 255, 255, 255), (0, 0, 255, 255), (0, 255, 0, 0)
FULL = Layout(size=64, scale=1.0)


def an_upload(pixels: np.ndarray) -> tuple[Source, Upload]:
    pixels.flags.writeable = False
    return Source("upload", Step(SHA)), Upload(SHA, "holiday.png", pixels)


def plain(height: int, width: int, colour: tuple[int, ...] = RED) -> np.ndarray:
    return np.full((height, width, 4), colour, np.uint8)


def framed() -> np.ndarray:
    """A blue square of 20 in a white picture of 40."""
    pixels = plain(40, 40, WHITE)
    pixels[10:30, 10:30] = BLUE
    return pixels


def drawn(pixels: np.ndarray, layout: Layout = FULL) -> torch.Tensor:
    return subject(an_upload(pixels)[0], layout, an_upload(pixels)[1])


def every_source() -> dict[str, Scene]:
    forms: dict[str, dict[str, object]] = {f: {"picture.family": f} for f in FAMILIES.names()}
    for name in sample_names():
        forms[name] = {"picture.kind": "sample", "picture.sample": name}
        forms[f"{name} cut out"] = {**forms[name], "layout.cutout": 0.3}
    return {name: scene_of({"layout.size": "64", **form}).scene for name, form in forms.items()}


SOURCES = [pytest.param(scene, id=name) for name, scene in every_source().items()]


@pytest.mark.parametrize("scene", SOURCES)
def test_a_subject_is_premultiplied_at_the_resolution_of_its_place(scene: Scene) -> None:
    found = subject(scene.source, scene.layout, None)
    side = SUPERSAMPLE * round(64 * scene.layout.scale)
    assert found.dtype == torch.float32 and found.shape == (4, side, side)
    assert found.is_contiguous() and found.min() >= 0 and found.max() <= 1
    assert (found[:3] <= found[3:] + 1e-6).all(), "colour may not exceed its alpha"
    assert found[3].max() > 0.99, "something is to be seen"
    assert torch.equal(found, subject(scene.source, scene.layout, None))


@pytest.mark.parametrize("scale", [0.001, 0.1, 0.55, 1.0])
@pytest.mark.parametrize("size", [64, 224])
def test_no_place_is_too_small_for_a_subject(scale: float, size: int) -> None:
    for source in (Source("sample", Step("cat")), scene_of({}).scene.source):
        found = subject(source, Layout(size, scale=scale), None)
        assert found.shape[1] == SUPERSAMPLE * max(round(size * scale), 1)


@pytest.mark.parametrize("scene", SOURCES)
def test_a_picture_is_float32_from_0_to_1(scene: Scene) -> None:
    found = subject(scene.source, scene.layout, None)
    before = found.clone()
    image = picture(found, scene.layout, scene.challenge)
    assert image.dtype == torch.float32 and image.shape == (3, 64, 64)
    assert image.min() >= 0 and image.max() <= 1 and image.std() > 0.01
    assert torch.equal(found, before)


@pytest.mark.parametrize("name", PERTURBATIONS.names())
@pytest.mark.parametrize("end", ["low", "high"])
def test_no_challenge_leaves_the_range(name: str, end: str) -> None:
    values: dict[str, object] = {"layout.size": "64"}
    for knob_name, knob in PERTURBATIONS[name].knobs.items():
        if isinstance(knob, Real):
            values[f"{name}.{knob_name}"] = getattr(knob, end)
    scene = scene_of(values).scene
    found = subject(scene.source, scene.layout, None)
    image = picture(found, scene.layout, scene.challenge)
    assert image.dtype == torch.float32 and image.shape == (3, 64, 64)
    assert image.isfinite().all() and image.min() >= 0 and image.max() <= 1
    assert torch.equal(image, picture(found, scene.layout, ())) == (not scene.challenge)


def test_the_layout_places_the_subject() -> None:
    scene = scene_of({"layout.size": "64", "layout.scale": 0.4}).scene
    found = subject(scene.source, scene.layout, None)
    image = picture(found, scene.layout, ())
    placed = picture(found, replace(scene.layout, x=7, y=-11), ())
    assert torch.equal(placed, image.roll((-11, 7), (1, 2)))
    assert torch.equal(picture(found, scene.layout, (), smooth=smoothed(found)), image)


@pytest.mark.parametrize("preset", [pytest.param(p.values, id=p.name) for p in PRESETS])
def test_every_preset_can_be_seen(preset: dict[str, object]) -> None:
    scene = scene_of(preset).scene
    found = subject(scene.source, scene.layout, None)
    change = picture(found, scene.layout, scene.challenge) - picture(found, scene.layout, ())
    assert change.abs().mean() > 0.01


@pytest.mark.parametrize("scene", [s for s in SOURCES if s.id in sample_names()])
def test_an_opaque_photograph_at_scale_1_fills_the_canvas(scene: Scene) -> None:
    found = subject(scene.source, FULL, None)
    assert found[3].min() > 1 - 1e-5
    over = [picture(found, Layout(64, c, 1.0), ()) for c in ("#000000", "#ffffff")]
    assert (over[0] - over[1]).abs().max() < 1e-5


def test_an_opaque_upload_is_cropped_to_its_central_square() -> None:
    pixels = plain(20, 60, BLUE)
    pixels[:, 20:40] = RED
    for shape in (pixels, pixels.swapaxes(0, 1).copy()):
        found = drawn(shape)
        assert (found[0] > 1 - 1e-5).all() and (found[1:3] < 1e-5).all()


def test_an_uploads_alpha_is_kept_and_it_is_fitted_whole() -> None:
    pixels = plain(32, 64)
    pixels[:, 32:] = CLEAR
    found = drawn(pixels)
    assert found.shape == (4, 128, 128)
    assert (found[:, :28] == 0).all() and (found[:, -28:] == 0).all(), "room above and below"
    assert (found[3, 36:92, 4:60] > 1 - 1e-5).all() and (found[:, :, 68:] == 0).all()
    image = picture(found, Layout(64, "#0000ff", 1.0), ())
    assert torch.equal(image[:, :, 36:], reference("blue", 64)[:, :, 36:])
    assert (image[:, 20:44, 4:28] - reference("red", 64)[:, 20:44, 4:28]).abs().max() < 1e-5
    # The green beneath what is transparent must not come through at the edge.
    assert image[1].max() == 0


def test_cut_out_takes_away_the_colour_of_the_border() -> None:
    found = drawn(framed(), Layout(64, scale=1.0, cutout=0.1))
    assert (found[:, :25] == 0).all() and (found[:, :, -25:] == 0).all()
    assert (found[3, 40:88, 40:88] > 1 - 1e-5).all() and (found[2, 40:88, 40:88] > 1 - 1e-5).all()
    image = picture(found, Layout(64, "#ff0000", 1.0), ())
    assert torch.equal(image[:, :12], reference("red", 64)[:, :12])


def test_no_cut_out_takes_nothing_away() -> None:
    found = drawn(framed(), Layout(64, scale=1.0, cutout=0.0))
    assert found[3].min() > 1 - 1e-5 and (found[:3, :20] > 1 - 1e-5).all()


def test_cut_out_goes_by_the_borders_median() -> None:
    pixels = framed()
    pixels[0, :9] = pixels[20, 20] = RED
    found = drawn(pixels, Layout(64, scale=1.0, cutout=0.1))
    assert (found[3, 8:25] == 0).all() and found[3, 0, 8] > 0.9


def test_cut_out_never_gives_more_with_more() -> None:
    photograph = Source("sample", Step("cat"))
    kept = [
        subject(photograph, Layout(64, scale=0.5, cutout=c), None)[3].mean().item()
        for c in (0.02, 0.1, 0.3, 0.6)
    ]
    assert kept == sorted(kept, reverse=True) and kept[0] - kept[-1] > 0.1


def test_the_edge_of_a_cut_out_is_soft() -> None:
    pixels = plain(40, 40, (100, 100, 100, 255))
    pixels[10:30, 10:30] = (105, 100, 100, 255)
    # 5 / 255 is 0.0196: 0.0098 above the limit, of the 0.04 over which opacity rises.
    found = drawn(pixels, Layout(64, scale=1.0, cutout=2.5 / 255))
    assert found[3, 64, 64].item() == pytest.approx(2.5 / 255 / 0.04, abs=0.01)


def test_a_cut_out_respects_alpha_that_is_there() -> None:
    pixels = framed()
    pixels[12:20, 12:28] = CLEAR
    assert (drawn(pixels, Layout(64, scale=1.0, cutout=0.1))[:, 42:60, 42:86] == 0).all()


def test_the_upload_is_left_alone() -> None:
    source, upload = an_upload(framed())
    subject(source, Layout(64, cutout=0.2), upload)
    assert np.array_equal(upload.pixels, framed())


def test_what_is_missing_or_unknown_is_named_in_a_sentence() -> None:
    source, upload = an_upload(framed())
    other = Upload("0" * 64, upload.name, upload.pixels)
    for given in (None, other):
        with pytest.raises(ValueError, match=r"^This scene needs .* c0ffeec0ffee….*\.$"):
            subject(source, FULL, given)
    with pytest.raises(ValueError, match=r"^There is no sample 'dog'; there are: .*cat.*\.$"):
        subject(Source("sample", Step("dog")), FULL, None)
    for name in ("../../../etc/passwd", "", "cat.jpg"):
        with pytest.raises(ValueError, match="There is no sample"):
            subject(Source("sample", Step(name)), FULL, None)
    with pytest.raises(ValueError, match=r"^There is no picture source 'painting'\.$"):
        subject(Source("painting", Step("cat")), FULL, upload)


def test_the_samples_are_named_in_order() -> None:
    names = sample_names()
    assert names == tuple(sorted(names)) and len(names) >= 2
    assert all((pictures.SAMPLES / f"{name}.jpg").is_file() for name in names)
