"""What `compare` and `maps` refuse: each misuse gets one sentence that helps."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from explorer import PictureError, WeightsError, compare, maps

GOOD = np.zeros((48, 40, 3), np.uint8)
TENSOR = torch.zeros(3, 48, 40)

PICTURES: list[tuple[object, str]] = [
    (
        255 * torch.ones(3, 48, 40),
        r"b must lie in \[0, 1\]; it has 255 to 255.*0 to 255, b / 255 is",
    ),
    (TENSOR - 0.5, r"it has -0.5 to -0.5\. If that is -1 to 1, \(b \+ 1\) / 2 is right"),
    (TENSOR - 2.1, r"Undo its normalisation"),
    (np.full((48, 40, 3), 90.0), r"If that is 0 to 255"),
    (TENSOR * torch.nan, "b holds values that are no finite numbers"),
    (TENSOR + torch.inf, "b holds values that are no finite numbers"),
    (TENSOR.byte(), r"must hold floats in \[0, 1\]; uint8 was given\. b\.float\(\) / 255 is"),
    (TENSOR.long(), r"must hold floats in \[0, 1\]; int64 was given"),
    (TENSOR.bool(), "bool was given"),
    (TENSOR[:1], r"3 × H × W; \(1, 48, 40\) was given\. Repeat its grey"),
    (torch.zeros(4, 48, 40), r"\(4, 48, 40\) was given\. Drop its alpha"),
    (torch.zeros(48, 40, 3), r"channels come last: \.permute\(2, 0, 1\)"),
    (torch.zeros(5, 48, 40), r"3 × H × W; \(5, 48, 40\) was given\.$"),
    (torch.zeros(48, 40), r"3 × H × W; \(48, 40\) was given\.$"),
    (torch.zeros(3, 0, 40), "no pixels"),
    (np.zeros((0, 40, 3), np.uint8), "no pixels"),
    (np.zeros((3, 48, 40), np.uint8), r"channels come first: \.transpose\(1, 2, 0\)"),
    (np.zeros((48, 40, 4), np.uint8), r"b\[\.\.\., :3\] drops its alpha"),
    (np.zeros((48, 40, 2)), r"H × W × 3 or H × W; \(48, 40, 2\) was given\.$"),
    (GOOD.astype(np.int32), r"uint8 or floats in \[0, 1\]; int32 was given"),
    (GOOD.astype(bool), "bool was given"),
    (TENSOR[:, :40], "a and b must have the same size; 40 × 48 and 40 × 40 were given"),
    (7, "a path, a PIL image, a numpy array or a torch tensor; int was given"),
    (None, "NoneType was given"),
    ("no such file.png", "no such file.png cannot be read"),
]

OPTIONS: list[tuple[dict[str, Any], str]] = [
    ({"network": "resnet51"}, "no network named 'resnet51'; there are: alexnet, squeezenet1_1, "),
    ({"network": []}, r"no network named \[\]"),
    ({"dtype": torch.float16}, "dtype is torch.float32 or torch.float64; torch.float16"),
    ({"dtype": "float32"}, "dtype is torch.float32 or torch.float64; 'float32' was"),
    ({"device": "cuda:99"}, "'cuda:99' is no device of this machine"),
    ({"device": "gpu"}, "'gpu' is no device of this machine"),
    ({"size": 0}, r"size is a whole number of pixels or \(width, height\), 1 to 4096; 0 was"),
    ({"size": 9.5}, "9.5 was given"),
    ({"size": (64, 64, 64)}, r"\(64, 64, 64\) was given"),
    ({"background": "white-ish"}, "'white-ish' was given"),
]


@pytest.mark.parametrize(("given", "sentence"), PICTURES)
def test_a_picture(given: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        compare(GOOD, given)
    with pytest.raises(ValueError, match=sentence):
        maps(GOOD, given)


@pytest.mark.parametrize(("options", "sentence"), OPTIONS)
def test_an_option(options: dict[str, Any], sentence: str) -> None:
    for function in (compare, maps):
        with pytest.raises(ValueError, match=sentence):
            function(GOOD, GOOD, **options)  # type: ignore[operator]


def test_too_small_for_the_network() -> None:
    with pytest.raises(ValueError, match="AlexNet needs .* at least 31 pixels a side; 40 × 20 was"):
        compare(GOOD[:20], GOOD[:20])
    with pytest.raises(ValueError, match="at least 31 pixels"):
        compare([GOOD[:20]], [GOOD[:20]])


def test_floats_are_not_resized() -> None:
    with pytest.raises(ValueError, match="a is 40 × 48, and size=64 resizes files"):
        compare(TENSOR, TENSOR, size=64)
    assert compare(TENSOR, GOOD, size=(40, 48)).receipt.size == (40, 48)


def test_batches_name_the_picture() -> None:
    with pytest.raises(ValueError, match=r"b\[1\] must hold floats in \[0, 1\]; uint8"):
        compare([TENSOR, TENSOR], [TENSOR, TENSOR.byte()])
    with pytest.raises(ValueError, match=r"a\[0\] must be 3 × H × W.*channels come last"):
        compare(torch.zeros(2, 48, 40, 3), torch.zeros(2, 3, 48, 40))
    with pytest.raises(ValueError, match=r"a\[1\] and b\[1\] must have the same size"):
        compare([GOOD, GOOD], [GOOD, GOOD[:40]])
    with pytest.raises(ValueError, match="equally many pictures; 2 and 1 were given"):
        compare([GOOD, GOOD], [GOOD])
    with pytest.raises(ValueError, match="both be one picture, or both be many"):
        compare(GOOD, [GOOD])


def test_a_damaged_picture_and_missing_weights(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (90, 90, 3), dtype=np.uint8)).save(
        buffer, "PNG"
    )
    half = Image.open(io.BytesIO(buffer.getvalue()[:9000]))
    with pytest.raises(PictureError, match="a is damaged or cut off"):
        compare(half, GOOD)
    with pytest.raises(WeightsError, match="cannot be read"):
        compare(GOOD, GOOD, weights=str(tmp_path / "none.pth"))


def test_maps_of_what_has_none() -> None:
    with pytest.raises(ValueError, match="maps of spatial, sort, mean, lpips; 'spatial.sort' is a"):
        maps(GOOD, GOOD, metric="spatial+sort")
    with pytest.raises(ValueError, match="no metric named 'ssim'; there are: spatial, mean, sort"):
        maps(GOOD, GOOD, metric="ssim")
    with pytest.raises(ValueError, match="do not belong to alexnet with weights 'random:0'"):
        maps(GOOD, GOOD, metric="lpips", weights="random:0")
    with pytest.raises(ValueError, match="norm is True or False; 'yes' was given"):
        maps(GOOD, GOOD, norm="yes")  # type: ignore[arg-type]
