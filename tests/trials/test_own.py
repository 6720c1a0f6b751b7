"""Triplets of one's own: what belongs together, what is left out, what is refused."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.images import PictureError
from explorer.trials import CATCH, own, read_triplets
from explorer.trials.made import BLOCK

ROLES = ("ref", "p0", "p1")


def png(value: int, size: tuple[int, int] = (24, 16)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, (value, 255 - value, 7)).save(buffer, "PNG")
    return buffer.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def bapps(count: int, prefix: str = "val/cnn/") -> dict[str, bytes]:
    return {
        f"{prefix}{role}/{i:06}.png": png(10 * i + r)
        for i in range(count)
        for r, role in enumerate(ROLES)
    }


def test_both_layouts_read_alike_from_a_folder_and_a_zip(tmp_path: Path) -> None:
    flat = {f"sub/cat {i}_{r}.png": png(i) for i in range(3) for r in ROLES}
    files = {**bapps(2), **flat, "judge/000000.npy": b"x", "readme.txt": b"x"}
    files |= {"__MACOSX/ref/000000.png": b"x", ".hidden_ref.png": b"x"}
    for name, data in files.items():
        (tmp_path / "set" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "set" / name).write_bytes(data)
    (tmp_path / "set.zip").write_bytes(zipped(files))
    found = [read_triplets(p) for p in (tmp_path / "set", tmp_path / "set.zip")]
    found.append(read_triplets(zipped(files)))
    for one in found:
        assert one.names == (
            "sub/cat 0",
            "sub/cat 1",
            "sub/cat 2",
            "val/cnn/000000",
            "val/cnn/000001",
        )
        assert one.problems == () and one.files == found[0].files
    assert found[1].sha256 == found[2].sha256


def test_each_triplet_is_asked_once_a_round_and_sides_are_exchanged() -> None:
    found = read_triplets(zipped(bapps(14)))
    count = 2 * BLOCK
    trials = [found.trial(3, count, i) for i in range(count)]
    assert [t.id for t in trials[:2]] == [f"own-{found.sha256[:8]}-1", f"own-{found.sha256[:8]}-2"]
    assert [t.names for t in trials] == [found.trial(3, count, i).names for i in range(count)]
    ordinary = [t for t in trials if t.kind == own.OWN]
    assert len(ordinary) == 14 and len({t.names[0] for t in ordinary}) == 14
    assert Counter(t.said for t in trials if t.kind == own.OWN).keys() == {
        ("p0", "p1"),
        ("p1", "p0"),
    }
    for start in (0, BLOCK):
        (catch,) = (t for t in trials[start : start + BLOCK] if t.kind == CATCH)
        assert catch.names[0] == catch.names[1 + (catch.catch or 0)]
        assert catch.names[0] != catch.names[2 - (catch.catch or 0)]
    for trial in trials:
        for name, picture in zip(trial.names, trial.pictures(), strict=True):
            number, role = int(name[-10:-4]), name.split("/")[-2]
            red = 10 * number + ROLES.index(role)
            assert picture.shape == (3, 16, 24)
            assert np.allclose(picture[0].numpy(), red / 255, atol=1e-7)


def test_a_series_longer_than_the_set_goes_round() -> None:
    found = read_triplets(zipped(bapps(2)))
    asked = [t for i in range(16) if (t := found.trial(1, 16, i)).kind == own.OWN]
    assert Counter(t.names[0] for t in asked) == {f"val/cnn/ref/00000{i}.png": 7 for i in (0, 1)}


def test_what_has_no_partner_is_left_out_and_named() -> None:
    files = {**bapps(1, ""), "p0/9.png": png(1), "000000_p1.png": png(2)}
    found = read_triplets(zipped(files))
    assert found.names == ("000000",) and found.nbytes == sum(len(d) for d in bapps(1, "").values())
    assert found.problems == (
        "000000_p1.png and p1/000000.png are two pictures for one place.",
        "9 has no ref and p1.",
    )


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"a.txt": b"x"}, "The zip has no triplet"),
        ({"ref/a.png": png(1)}, "The zip has no triplet"),
        ({"../ref/a.png": png(1)}, "climbs out of its folder"),
    ],
)
def test_sets_that_cannot_be_used_are_refused(files: dict[str, bytes], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        read_triplets(zipped(files))


def test_what_is_no_zip_is_refused(tmp_path: Path) -> None:
    for data in (b"", b"PK\x03\x04", zipped(bapps(2))[:-40]):
        with pytest.raises(ValueError, match="damaged or locked zip"):
            read_triplets(data)
    with pytest.raises(ValueError, match="neither a folder nor a zip"):
        read_triplets(tmp_path / "none")


def test_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own, "LARGEST", 300)
    with pytest.raises(ValueError, match="too large"):
        read_triplets(zipped(bapps(3)))


def test_bad_pictures_are_refused_when_they_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    def shown(files: dict[str, bytes]) -> None:
        found = read_triplets(zipped(files))
        for i in range(BLOCK):
            found.trial(1, BLOCK, i).pictures()

    with pytest.raises(PictureError, match="one size; they have"):
        shown({**bapps(1, ""), "p1/000000.png": png(3, (20, 20))})
    with pytest.raises(PictureError, match="not a picture"):
        shown({**bapps(1, ""), "p1/000000.png": b"no picture"})
    monkeypatch.setattr(own, "LONGEST_SIDE", 20)
    with pytest.raises(PictureError, match="larger than 20 pixels"):
        shown(bapps(1))
    with pytest.raises(ValueError, match="The series has trials"):
        read_triplets(zipped(bapps(1))).trial(1, 8, 8)
