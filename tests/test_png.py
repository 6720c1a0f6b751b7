"""Plain PNG files give the pixels that Pillow gives; everything else is left to Pillow."""

from __future__ import annotations

import io
import random
import struct
import zlib

import numpy as np
import pytest
from PIL import ExifTags, Image, PngImagePlugin

from explorer.images import PictureError, open_picture, open_pixels
from explorer.png import plain_pixels
from tests.test_images import RGB, encoded

NOISE = np.random.default_rng(3).integers(0, 256, (33, 47, 3), dtype=np.uint8)


def chunk(name: bytes, data: bytes) -> bytes:
    body = name + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def written(pixels: np.ndarray, filters: list[int], pieces: int = 1, level: int = 6) -> bytes:
    """A PNG file by the specification: one filter for each row in turn, so many IDAT chunks."""
    height, width = pixels.shape[:2]
    rows = pixels.reshape(height, -1).astype(np.int64)
    above = np.vstack([np.zeros_like(rows[:1]), rows[:-1]])
    left = np.hstack([np.zeros((height, 3), np.int64), rows[:, :-3]])
    corner = np.hstack([np.zeros((height, 3), np.int64), above[:, :-3]])
    guess = left + above - corner
    near = np.stack([left, above, corner])
    paeth = np.take_along_axis(near, np.abs(guess - near).argmin(0)[None], 0)[0]
    predicted = np.stack([np.zeros_like(rows), left, above, (left + above) // 2, paeth])
    lines = []
    for y in range(height):
        kind = filters[y % len(filters)]
        line = (rows[y] - predicted[kind, y]) % 256
        lines.append(bytes([kind]) + line.astype(np.uint8).tobytes())
    packed = zlib.compress(b"".join(lines), level)
    step = -(-len(packed) // pieces)
    parts = [packed[i : i + step] for i in range(0, len(packed), step)]
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = b"".join(chunk(b"IDAT", part) for part in parts)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + data + chunk(b"IEND", b"")


@pytest.mark.parametrize("pixels", [np.asarray(RGB), NOISE, NOISE[:1], NOISE[:, :1]], ids=len)
@pytest.mark.parametrize("filters", [[0], [1], [2], [3], [4], [4, 0, 3, 1, 2]], ids=str)
@pytest.mark.parametrize(("pieces", "level"), [(1, 6), (5, 9), (2, 0)])
def test_every_filter(pixels: np.ndarray, filters: list[int], pieces: int, level: int) -> None:
    data = written(pixels, filters, pieces, level)
    found = plain_pixels(data)
    assert found is not None and found.dtype == np.uint8
    np.testing.assert_array_equal(found, pixels)
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(data))), pixels)


def turned() -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    return exif


def noted(key: str, value: str) -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    info.add_text(key, value)
    return info


OTHERS = {
    "grey": encoded(RGB.convert("L"), "PNG"),
    "16-bit": encoded(Image.fromarray(NOISE[..., 0].astype(np.uint16) * 257), "PNG"),
    "palette": encoded(RGB.convert("P"), "PNG"),
    "alpha": encoded(RGB.convert("RGBA"), "PNG"),
    "colour key": encoded(RGB, "PNG", transparency=(0, 0, 0)),
    "turned": encoded(RGB, "PNG", exif=turned()),
    "noted": encoded(RGB, "PNG", pnginfo=noted("Raw profile type exif", "\nexif\n 0\n\n")),
    "animated": encoded(RGB, "PNG", save_all=True, append_images=[RGB.rotate(90)]),
    "longer": encoded(RGB, "PNG") + b"more",
    "JPEG": encoded(RGB, "JPEG"),
    "huge": written(np.zeros((2049, 2048, 3), np.uint8), [0]),
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_not_plain_is_left_to_pillow(name: str) -> None:
    assert plain_pixels(OTHERS[name]) is None
    expected = np.asarray(open_picture(OTHERS[name]).convert("RGB"))
    np.testing.assert_array_equal(open_pixels(OTHERS[name]), expected)


def test_what_changes_nothing_is_plain() -> None:
    data = encoded(RGB, "PNG", dpi=(72, 72))
    assert b"pHYs" in data
    np.testing.assert_array_equal(plain_pixels(data), np.asarray(RGB))


def damaged(data: bytes, chance: random.Random) -> bytes:
    found = bytearray(data)
    place = chance.randrange(len(found))
    kind = chance.randrange(3)
    if kind == 0:
        found[place] ^= 1 << chance.randrange(8)
    elif kind == 1:
        del found[place:]
    else:
        found[place : place + chance.randrange(1, 40)] = chance.randbytes(chance.randrange(12))
    return bytes(found)


@pytest.mark.filterwarnings("ignore")
def test_damaged_files_are_read_as_pillow_reads_them_or_refused() -> None:
    chance = random.Random(7)
    good = written(NOISE, [4, 1])
    read = refused = 0
    for _ in range(2000):
        data = damaged(good, chance)
        try:
            expected = np.asarray(open_picture(data).convert("RGB"))
        except PictureError:
            assert plain_pixels(data) is None
            with pytest.raises(PictureError):
                open_pixels(data)
            refused += 1
            continue
        np.testing.assert_array_equal(open_pixels(data), expected)
        read += 1
    assert read and refused > 1000


def test_wrong_content_under_a_right_sum_does_no_harm() -> None:
    """As a program with a mistake, or with a purpose, writes it."""
    chance = random.Random(8)
    head = written(NOISE, [4, 1])[:33]
    packed = zlib.compress(bytes(33 * (1 + 47 * 3)))
    refused = 0
    for _ in range(500):
        body = bytearray(chance.choice([packed, zlib.compress(chance.randbytes(4000))]))
        body[chance.randrange(len(body))] ^= 1 << chance.randrange(8)
        found = plain_pixels(head + chunk(b"IDAT", bytes(body)) + chunk(b"IEND", b""))
        refused += found is None
        assert found is None or found.shape == NOISE.shape
    assert refused > 100


def test_one_pixel_is_refused_as_ever() -> None:
    with pytest.raises(PictureError, match="1 × 1 pixels; each side needs at least 2"):
        open_pixels(written(NOISE[:1, :1], [0]))
