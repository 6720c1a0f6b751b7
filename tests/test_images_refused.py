"""Refusals: whatever the bytes, a picture or one sentence that names the file."""

from __future__ import annotations

import io
import random
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageFile, WebPImagePlugin

from explorer.images import (
    MAX_BYTES,
    MAX_PIXELS,
    MAX_SIDE,
    PictureError,
    open_picture,
    read_picture,
    take_upload,
)

NAME = "holiday.png"


def refused(read: Callable[[], object], name: str = NAME) -> str:
    """The one sentence of a refusal; anything else that is raised fails the test."""
    with pytest.raises(PictureError) as caught:
        read()
    sentence = str(caught.value)
    assert name in sentence and sentence.endswith(".") and "\n" not in sentence
    assert len(sentence) < 200 and ". " not in sentence
    return sentence


def encoded(
    kind: str, size: tuple[int, int] = (24, 32), mode: str = "RGB", **options: Any
) -> bytes:
    """A noisy picture as a file."""
    pixels = np.random.default_rng(0).integers(0, 256, (size[1], size[0], 4), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).convert(mode).save(file, kind, **options)
    return file.getvalue()


def black_png(width: int, height: int, rows: int) -> bytes:
    """A 1-bit PNG, chunk by chunk, that promises `height` rows and holds `rows` of them."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    packer = zlib.compressobj(9)
    row = bytes(1 + (width + 7) // 8)
    packed = b"".join(packer.compress(row) for _ in range(rows)) + packer.flush()
    chunks = chunk(b"IHDR", head), chunk(b"IDAT", packed), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect/></svg>'
NO_PICTURES = {
    "text": b"Not a picture.\n",
    "a PNG's first bytes": b"\x89PNG\r\n\x1a\n",
    "a JPEG's first bytes": b"\xff\xd8\xff\xe0",
    "SVG": SVG,
    "SVG with a prologue": b'<?xml version="1.0"?>\n' + SVG,
    "HTML": b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>",
    "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n",
    "PDF": b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n",
    "ZIP": b"PK\x03\x04" + bytes(100),
    "zeros": bytes(1000),
    "noise": random.Random(0).randbytes(5000),
    "an icon, which no list of formats here names": encoded("ICO"),
}


@pytest.mark.parametrize("label", NO_PICTURES)
def test_what_is_no_picture_is_refused(label: str) -> None:
    sentence = refused(lambda: open_picture(NO_PICTURES[label], NAME))
    assert "is not a picture that can be read here; PNG, JPEG," in sentence


def test_an_empty_file_is_called_empty() -> None:
    assert "is empty (0 bytes)" in refused(lambda: open_picture(b"", NAME))
    refused(lambda: open_picture(b""), "The file")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP", "TIFF", "PPM"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_what_is_cut_off_is_refused(kind: str, share: float) -> None:
    file = encoded(kind)
    sentence = refused(lambda: open_picture(file[: int(len(file) * share)], NAME))
    assert "damaged or cut off" in sentence or "is not a picture" in sentence


@pytest.mark.parametrize("size", [(1, 1), (1, 400), (400, 1), (1, 20_000)])
def test_too_small_or_too_long_is_refused_with_its_size(size: tuple[int, int]) -> None:
    sentence = refused(lambda: open_picture(encoded("PNG", size, "L"), NAME))
    assert f"is {size[0]} × {size[1]} pixels" in sentence
    assert ("at most" in sentence) == (max(size) > MAX_SIDE)


def test_the_limits_themselves_are_allowed() -> None:
    assert open_picture(black_png(2, 2, 2)).size == (2, 2)
    assert open_picture(black_png(MAX_SIDE, 2, 2)).size == (MAX_SIDE, 2)
    refused(lambda: open_picture(black_png(MAX_SIDE + 1, 2, 2), NAME))


@pytest.mark.parametrize(("side", "rows"), [(6400, 1), (12_000, 12_000), (16_384, 1), (30_000, 1)])
def test_a_bomb_is_refused_before_it_is_decoded(
    side: int, rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = black_png(side, side, rows)
    assert len(file) < 20_000 < MAX_PIXELS < side * side
    decoded: list[object] = []
    for base in (Image.Image, ImageFile.ImageFile, WebPImagePlugin.WebPImageFile):
        monkeypatch.setattr(base, "load", decoded.append)
    sentence = refused(lambda: open_picture(file, NAME))
    assert decoded == [] and "at most 40 megapixels" in sentence
    assert f"{side} × {side} pixels" in sentence or "too many pixels" in sentence


def test_what_weighs_too_much_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sentence = refused(lambda: open_picture(bytes(MAX_BYTES + 1), NAME))
    assert "has 33 MB; at most 32 can be read" in sentence
    path = tmp_path / NAME
    with path.open("wb") as file:
        file.truncate(10 * MAX_BYTES)
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("it was read"))
    assert "has 320 MB; at most 32 can be read" in refused(lambda: read_picture(path))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / NAME, tmp_path):
        sentence = refused(lambda path=path: read_picture(path), str(path))  # type: ignore[misc]
        assert "cannot be read: " in sentence


@pytest.mark.parametrize("label", NO_PICTURES)
def test_uploads_are_refused_by_their_name(label: str, tmp_path: Path) -> None:
    # The name says PNG; what counts is what is in the file.
    (tmp_path / NAME).write_bytes(NO_PICTURES[label])
    refused(lambda: take_upload(tmp_path / NAME))


EXIF = Image.Exif()
EXIF[0x0112], EXIF[0x010E], EXIF[0x8769] = 6, "words", {0x9003: "2020:01:01 00:00:00"}
SEEDS = {
    "PNG": encoded("PNG", exif=EXIF),
    "PNG with a palette": encoded("PNG", mode="P"),
    "JPEG": encoded("JPEG", exif=EXIF),
    "CMYK JPEG": encoded("JPEG", mode="CMYK"),
    "WebP": encoded("WEBP", exif=EXIF),
    "lossless WebP": encoded("WEBP", mode="RGBA", lossless=True),
    "GIF": encoded("GIF", mode="P"),
    "BMP": encoded("BMP"),
    "TIFF": encoded("TIFF"),
    "PPM": encoded("PPM"),
}


def with_checksums(file: bytearray) -> bytearray:
    """A damaged PNG with its chunks' checksums set right, so that the damage gets past them."""
    place = 8
    while place + 12 <= len(file):
        end = place + 8 + int.from_bytes(file[place : place + 4], "big")
        if end + 4 > len(file):
            break
        file[end : end + 4] = struct.pack(">I", zlib.crc32(file[place + 4 : end]))
        place = end + 4
    return file


@pytest.mark.parametrize("label", SEEDS)
def test_damage_anywhere_gives_a_picture_or_a_sentence(label: str) -> None:
    source = random.Random(label)
    valid, pictures = SEEDS[label], 0
    for _ in range(400):
        file = bytearray(valid)
        reach = source.choice((40, 200, len(valid)))
        for _ in range(source.choice((1, 1, 2, 5, 20))):
            file[source.randrange(min(reach, len(valid)))] = source.randrange(256)
        if source.random() < 0.1:
            del file[source.randrange(len(file)) :]
        if label.startswith("PNG") and source.random() < 0.8:
            file = with_checksums(file)
        try:
            picture = open_picture(bytes(file), NAME)
        except PictureError:
            refused(lambda file=bytes(file): open_picture(file, NAME))  # type: ignore[misc]
            continue
        pictures += 1
        assert picture.mode in ("RGB", "RGBA") and min(picture.size) >= 2
        assert picture.width * picture.height <= MAX_PIXELS and picture.tobytes()
    assert 10 < pictures < 390, "the damage must matter, and not always"


@pytest.mark.parametrize("error", [struct.error("x"), KeyError("x"), SyntaxError("x")])
def test_notes_that_cannot_be_read_do_not_cost_the_picture(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise error

    monkeypatch.setattr(Image.Image, "getexif", fail)
    assert open_picture(SEEDS["WebP"]).size == (24, 32)


@pytest.mark.parametrize("error", [struct.error("x"), KeyError("x"), MemoryError(), RuntimeError()])
def test_whatever_a_decoder_raises_is_one_sentence(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = encoded("PNG")

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(ImageFile.ImageFile, "load", fail)
    assert "could not be decoded" in refused(lambda: open_picture(file, NAME))
    monkeypatch.setattr(Image, "open", lambda *_, **__: fail())
    assert "is not a picture" in refused(lambda: open_picture(file, NAME))
