"""Decoding: every kind of file that is read, which way up, and the tensors made of it."""

from __future__ import annotations

import base64
import hashlib
import io
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from explorer.images import (
    KEPT_SIDE,
    data_uri,
    open_picture,
    take_upload,
    to_bytes,
    to_tensor,
)


def colours(height: int = 16, width: int = 24) -> np.ndarray:
    """Smooth colours without symmetry: uint8, H × W × 3, at most 216 of them."""
    y, x = np.mgrid[:height, :width]
    steps = [x * 6 // width, y * 6 // height, (x + 2 * y) * 6 // (width + 2 * height)]
    return (np.stack(steps, -1) * 51).astype(np.uint8)


def encoded(picture: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def opened(picture: Image.Image, kind: str, **options: Any) -> Image.Image:
    return open_picture(encoded(picture, kind, **options))


RGB = Image.fromarray(colours())


@pytest.mark.parametrize(
    ("kind", "options", "error"),
    [
        ("PNG", {}, 0),
        ("BMP", {}, 0),
        ("PPM", {}, 0),
        ("TIFF", {}, 0),
        ("TIFF", {"compression": "tiff_lzw"}, 0),
        ("WEBP", {"lossless": True}, 0),
        ("WEBP", {"quality": 95}, 40),
        ("JPEG", {"quality": 100, "subsampling": 0}, 4),
        ("JPEG", {"quality": 95, "progressive": True, "subsampling": 0}, 40),
    ],
)
def test_colour_of_every_format(kind: str, options: dict[str, Any], error: int) -> None:
    picture = opened(RGB, kind, **options)
    assert picture.mode == "RGB" and picture.size == (24, 16)
    assert np.abs(np.asarray(picture).astype(int) - colours()).max() <= error


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
def test_the_first_frame_of_an_animation(kind: str) -> None:
    frames = [Image.new("RGB", (20, 10), c) for c in ("#ff0000", "#00ff00", "#0000ff")]
    options = {"lossless": True} if kind == "WEBP" else {}
    file = encoded(frames[0], kind, save_all=True, append_images=frames[1:], **options)
    assert Image.open(io.BytesIO(file)).n_frames == 3  # type: ignore[attr-defined]
    picture = open_picture(file)
    assert picture.size == (20, 10)
    assert picture.convert("RGB").getcolors() == [(200, (255, 0, 0))]


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_16_bit_grey_is_divided_not_clipped(kind: str) -> None:
    values = np.array([[0, 128, 129, 257, 32768, 65406, 65407, 65535]] * 2, np.uint16)
    file = encoded(Image.fromarray(values), kind)
    assert Image.open(io.BytesIO(file)).mode.startswith("I")
    picture = open_picture(file)
    assert picture.mode == "RGB"
    # 65535 / 255 is 257: each grey is the 16-bit value over 257, rounded.
    expected = [0, 0, 1, 1, 128, 254, 255, 255]
    assert np.asarray(picture)[0].tolist() == [[v] * 3 for v in expected]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.array([[0, 0.5, 1, np.nan]] * 2, np.float32), [0, 128, 255, 0]),
        (np.array([[-70000, 0, 32768, 70000]] * 2, np.int32), [0, 0, 128, 255]),
        (np.array([[-1, 32768, 65535, np.inf]] * 2, np.float32), [0, 128, 255, 255]),
    ],
)
def test_deep_grey_tiffs(values: np.ndarray, expected: list[int]) -> None:
    assert np.asarray(opened(Image.fromarray(values), "TIFF"))[0, :, 1].tolist() == expected


def test_grey_and_one_bit() -> None:
    grey = np.arange(0, 256, 8, dtype=np.uint8).reshape(4, 8)
    for kind in ("PNG", "TIFF", "BMP", "PPM", "GIF"):
        picture = np.asarray(opened(Image.fromarray(grey), kind).convert("RGB"))
        assert np.array_equal(picture, np.repeat(grey[..., None], 3, -1)), kind
        bits = np.asarray(opened(Image.fromarray(grey > 99), kind).convert("RGB"))
        assert np.array_equal(bits, np.repeat(255 * (grey > 99)[..., None], 3, -1)), kind


def test_alpha_is_kept_with_the_colour_under_it() -> None:
    pixels = np.dstack([colours(), np.linspace(0, 255, 24).astype(np.uint8) * np.ones((16, 1))])
    rgba = Image.fromarray(pixels.astype(np.uint8))
    for kind, options in (("PNG", {}), ("TIFF", {}), ("WEBP", {"lossless": True, "exact": True})):
        picture = opened(rgba, kind, **options)
        assert picture.mode == "RGBA" and np.array_equal(picture, pixels), kind
    grey = opened(rgba.convert("LA"), "PNG")
    assert grey.mode == "RGBA" and np.array_equal(np.asarray(grey)[..., 3], pixels[..., 3])


def test_palettes_and_their_transparency() -> None:
    palette = Image.fromarray(np.arange(4, dtype=np.uint8).reshape(2, 2), "L").convert("P")
    palette.putpalette([255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 8, 7])
    plain = opened(palette, "PNG")
    assert plain.mode == "RGB" and plain.getpixel((1, 1)) == (9, 8, 7)
    for kind in ("PNG", "GIF"):
        picture = opened(palette, kind, transparency=1)
        assert picture.mode == "RGBA", kind
        assert np.asarray(picture)[..., 3].tolist() == [[255, 0], [255, 255]], kind
    several = opened(palette, "PNG", transparency=bytes([0, 100, 255]))
    assert np.asarray(several)[..., 3].tolist() == [[0, 100], [255, 255]]
    keyed = opened(RGB, "PNG", transparency=(0, 0, 0))
    assert np.array_equal(np.asarray(keyed)[..., 3] == 0, (colours() == 0).all(-1))


def test_cmyk_jpegs_are_not_inverted() -> None:
    picture = opened(RGB.convert("CMYK"), "JPEG", quality=100)
    assert picture.mode == "RGB"
    assert np.abs(np.asarray(picture).astype(int) - colours()).max() < 12


STORED = {
    1: lambda upright: upright,
    2: np.fliplr,
    3: lambda upright: np.rot90(upright, 2),
    4: np.flipud,
    5: lambda upright: upright.swapaxes(0, 1),
    6: np.rot90,
    7: lambda upright: np.rot90(upright, 2).swapaxes(0, 1),
    8: lambda upright: np.rot90(upright, -1),
}
"""How each EXIF orientation has the upright picture stored. For 6, for example, the first stored
row is the picture's right-hand side, and the first stored column its top."""


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", STORED)
def test_every_orientation_ends_upright(orientation: int, kind: str) -> None:
    upright = colours(32, 48)
    stored = Image.fromarray(np.ascontiguousarray(STORED[orientation](upright)))
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"JPEG": {"quality": 100, "subsampling": 0}, "WEBP": {"lossless": True}}
    picture = opened(stored, kind, exif=exif, **options.get(kind, {}))
    assert picture.size == (48, 32)
    assert np.abs(np.asarray(picture).astype(int) - upright).max() <= 4 * (kind == "JPEG")


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_no_such_orientation_turns_nothing(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert np.array_equal(opened(RGB, "PNG", exif=exif), colours())


def test_bad_notes_do_not_cost_the_picture() -> None:
    # BitsPerSample of 2³² − 1, which cannot be written back, beside a good orientation.
    entries = [struct.pack("<HHII", 258, 4, 1, 2**32 - 1), struct.pack("<HHII", 274, 3, 1, 6)]
    table = b"II*\0" + struct.pack("<IH", 8, 2) + b"".join(entries) + bytes(4)
    assert opened(RGB, "JPEG", exif=b"Exif\0\0" + table).size == (16, 24)
    for cut in range(0, len(table), 3):
        picture = opened(RGB, "JPEG", exif=b"Exif\0\0" + table[:cut])
        assert picture.size in ((24, 16), (16, 24)), cut


def test_tensors_are_float32_channels_first_from_0_to_1() -> None:
    tensor = to_tensor(RGB)
    assert tensor.dtype == torch.float32 and tensor.shape == (3, 16, 24) and tensor.is_contiguous()
    assert torch.equal(tensor, torch.from_numpy(colours()).permute(2, 0, 1) / 255)
    assert tensor.min() == 0 and tensor.max() == 1
    tensor.zero_()
    assert np.array_equal(RGB, colours()), "the picture is not the tensor's memory"


def test_alpha_is_dropped_or_composited() -> None:
    rgba = Image.fromarray(np.array([[[255, 0, 0, a] for a in (0, 51, 255)]] * 2, np.uint8))
    assert to_tensor(rgba)[:, 0].T.tolist() == [[1, 0, 0]] * 3
    over = to_tensor(rgba, "#0000ff")[:, 0].T
    assert over[0].tolist() == [0, 0, 1] and over[2].tolist() == [1, 0, 0]
    assert over[1].tolist() == pytest.approx([0.2, 0, 0.8], abs=1 / 255)
    assert torch.equal(to_tensor(RGB, "#0000ff"), to_tensor(RGB)), "opaque: nothing shows through"


def test_bytes_and_back_are_exact() -> None:
    every = np.arange(768, dtype=np.uint8).reshape(16, 16, 3)
    tensor = to_tensor(Image.fromarray(every))
    for image in (tensor, tensor.numpy()):
        again = to_bytes(image)
        assert again.dtype == np.uint8 and again.flags.c_contiguous
        assert np.array_equal(again, every)
    ends = torch.tensor([-1, 0.49 / 255, 0.51 / 255, 254.51 / 255, 2]).expand(3, 1, 5)
    assert to_bytes(ends)[0, :, 0].tolist() == [0, 0, 1, 255, 255]


def test_a_data_address_holds_the_picture() -> None:
    head, _, body = data_uri(to_tensor(RGB)).partition(",")
    assert head == "data:image/jpeg;base64"
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(body)))).astype(int)
    assert pixels.shape == (16, 24, 3) and np.abs(pixels - colours()).mean() < 5


@pytest.mark.parametrize(
    ("size", "kept"),
    [((1000, 400), (512, 205)), ((513, 513), (512, 512)), ((512, 3), (512, 3)), ((9, 4), (9, 4))]
    + [((16_384, 2), (512, 1)), ((2, 2000), (1, 512))],
)
def test_uploads_are_kept_small_and_read_only(
    tmp_path: Path, size: tuple[int, int], kept: tuple[int, int]
) -> None:
    path = tmp_path / "holiday.png"
    Image.new("RGB", size, "#204060").save(path)
    upload = take_upload(path)
    assert upload.pixels.shape == (kept[1], kept[0], 4) and upload.pixels.dtype == np.uint8
    assert (upload.pixels == (0x20, 0x40, 0x60, 255)).all() and max(kept) <= KEPT_SIDE
    assert upload.name == "holiday.png"
    assert upload.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(ValueError, match="read-only"):
        upload.pixels[0, 0, 0] = 1


def test_what_is_invisible_does_not_bleed_into_the_reduced_upload(tmp_path: Path) -> None:
    pixels = np.full((1200, 1200, 4), (0, 255, 0, 0), np.uint8)
    pixels[:, 601:] = (255, 0, 0, 255)
    Image.fromarray(pixels).save(tmp_path / "half.png")
    kept = take_upload(tmp_path / "half.png").pixels
    seen = kept[kept[..., 3] > 0]
    assert len(seen) > 0 and (seen[:, 0] > 250).all() and (seen[:, 1] < 5).all()
