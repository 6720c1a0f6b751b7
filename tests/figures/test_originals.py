"""Originals of somebody's own suite, and the sliders that go with them."""

from __future__ import annotations

import base64
import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from explorer.figures import originals as module
from explorer.figures.originals import MOST_ORIGINALS, originals, sliders
from explorer.figures.suite import figure
from explorer.form import FORM
from explorer.suite import Case, Suite
from tests.figures.test_suite_figure import RECEIPT, SCENE, STAINED, TURNED, results, small


def suite_of(*cases: Case, shape: tuple[int, int] = (40, 60)) -> Suite:
    """Each picture is noise, the same for the same path."""
    pictures = {
        path: np.random.default_rng(len(path)).integers(0, 256, (*shape, 3), dtype=np.uint8)
        for case in cases
        for path in (case.original, case.other)
    }
    return Suite("mine.zip", pictures, {}, cases)


def case(kind: str, name: str, change: str) -> Case:
    return Case(kind, f"{kind}/{name}.png", f"{kind}/{name}_{change}.png")


def test_originals_are_exact_and_come_once() -> None:
    suite = suite_of(case("rotate", "a", "22"), case("rotate", "a", "45"), case("invert", "b", "x"))
    found = originals(suite)
    assert list(found) == ["rotate/a.png", "invert/b.png"]
    for path, uri in found.items():
        picture = Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2])))
        assert picture.format == "PNG"
        assert np.array_equal(np.asarray(picture), suite.pictures[path])


def test_too_many_or_too_large_originals_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    many = [case("invert", str(i), "x") for i in range(MOST_ORIGINALS + 1)]
    assert originals(suite_of(*many)) == {}
    assert len(originals(suite_of(*many[1:]))) == MOST_ORIGINALS
    two = suite_of(*many[:2])
    length = sum(map(len, originals(two).values()))
    monkeypatch.setattr(module, "MOST_CHARACTERS", length)
    assert len(originals(two)) == 2
    monkeypatch.setattr(module, "MOST_CHARACTERS", length - 1)
    assert originals(two) == {}


def test_a_suite_made_here_carries_scenes_and_no_originals() -> None:
    suite = small()
    own = figure(suite, RECEIPT, results(suite))
    assert set(own["originals"]) == {TURNED.original, STAINED.original}
    assert all("sliders" in c for c in own["cases"])
    scenes = dict.fromkeys((TURNED, STAINED), SCENE)
    made = figure(replace(suite, scenes=scenes), RECEIPT, results(suite))
    assert made["originals"] == {} and not any("sliders" in c for c in made["cases"])


@pytest.mark.parametrize(
    ("kind", "change", "expected"),
    [
        ("invert", "invert", {"invert.amount": 1.0}),
        ("rotate", "22", {"rotate.angle": 22.5}),
        ("rotate", "67", {"rotate.angle": 67.5}),
        ("rotate", "180", {"rotate.angle": 180.0}),
        ("rotate", "turned", {}),
        ("rotate", "²", {}),
        ("translate", "12", {}),
        ("color_stain", "stain", {}),
    ],
)
def test_sliders_follow_the_kind_and_the_name(
    kind: str, change: str, expected: dict[str, float]
) -> None:
    own = case(kind, "a", change)
    found = sliders(suite_of(own), own)
    assert found == {"layout.size": "64", "layout.scale": 1.0, **expected}
    for name, value in found.items():
        assert FORM[name].clean(value).value == value and not FORM[name].clean(value).note


@pytest.mark.parametrize(
    ("shape", "size"), [((8, 8), "64"), ((96, 90), "96"), ((100, 231), "224"), ((900, 9), "256")]
)
def test_the_canvas_is_the_nearest_size(shape: tuple[int, int], size: str) -> None:
    own = case("invert", "a", "invert")
    assert sliders(suite_of(own, shape=shape), own)["layout.size"] == size


@pytest.mark.parametrize("sign", [1, -1])
def test_the_copys_pixels_say_which_way_it_is_turned(sign: int) -> None:
    own = case("rotate", "a", "22")
    suite = suite_of(own, shape=(96, 96))
    rough = np.random.default_rng(0).integers(0, 256, (6, 6, 3), dtype=np.uint8)
    original = Image.fromarray(rough).resize((96, 96), Image.Resampling.NEAREST)
    turned = original.rotate(sign * 22.5, Image.Resampling.BILINEAR)
    pictures = {own.original: np.asarray(original), own.other: np.asarray(turned)}
    assert sliders(replace(suite, pictures=pictures), own)["rotate.angle"] == sign * 22.5
