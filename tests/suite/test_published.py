"""Reading a suite: what is paired, what is left out, what is refused."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from PIL import Image

from explorer.cli import main
from explorer.suite import KINDS, SuiteError, read_suite
from tests.suite.test_experiment import small_suite


def zipped(folder: Path, target: Path, inside: str = "") -> Path:
    with zipfile.ZipFile(target, "w") as archive:
        for file in sorted(folder.glob("*/*")):
            archive.write(file, inside + file.relative_to(folder).as_posix())
    return target


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_suite(tmp_path / "suite", 32)


def test_cases_are_paired_by_name(folder: Path) -> None:
    suite = read_suite(folder)
    assert [(c.kind, c.original, c.other, c.decoy) for c in suite.cases] == [
        ("invert", "invert/a.png", "invert/a_invert.png", None),
        ("translate", "translate/b.png", "translate/b_translate.png", None),
        ("rotate", "rotate/c.png", "rotate/c_180.png", None),
        ("rotate", "rotate/c.png", "rotate/c_22.png", None),
        (
            "color_stain",
            "color_stain/d.png",
            "color_stain/d_stain.png",
            "color_stain/d_ref.png",
        ),
    ]
    assert suite.references == {
        "black": "ref/ref_black.png",
        "random": "ref/ref_random.png",
        "white": "ref/ref_white.png",
    }
    assert suite.problems == ()


@pytest.mark.parametrize("inside", ["", "challenge_suite/"])
def test_a_zip_reads_like_its_folder(folder: Path, tmp_path: Path, inside: str) -> None:
    from_zip = read_suite(zipped(folder, tmp_path / "suite.zip", inside))
    from_folder = read_suite(folder)
    assert from_zip.cases == from_folder.cases
    assert from_zip.references == from_folder.references
    for name, picture in from_folder.pictures.items():
        assert (from_zip.pictures[name] == picture).all()


def spoil(folder: Path, what: str) -> None:
    picture = Image.new("RGB", (32, 32), "red")
    if what == "alone":
        picture.save(folder / "invert" / "z.png")
    elif what == "orphan":
        picture.save(folder / "rotate" / "z_90.png")
    elif what == "double":
        picture.save(folder / "invert" / "a.bmp")
    elif what == "size":
        picture.resize((40, 40)).save(folder / "translate" / "z.png")
    elif what == "text":
        (folder / "rotate" / "z.png").write_text("no picture")
    elif what == "half a triple":
        (folder / "color_stain" / "d_ref.png").unlink()


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ("alone", "invert/z.png has no partner."),
        ("orphan", "rotate/z_90.png has no partner."),
        ("double", "invert/a.bmp and invert/a.png are two candidates for one picture."),
        ("size", "translate/z.png is 40 × 40 pixels, most of the suite 32 × 32."),
        ("text", "rotate/z.png is not a picture that can be read here"),
        ("half a triple", "color_stain/d.png needs exactly one _stain and one _ref."),
    ],
)
def test_what_does_not_fit_is_named_and_left_out(folder: Path, what: str, sentence: str) -> None:
    whole = read_suite(folder)
    spoil(folder, what)
    suite = read_suite(folder)
    assert len(suite.problems) == 1 and suite.problems[0].startswith(sentence)
    assert set(suite.cases) <= set(whole.cases)


@pytest.mark.parametrize("name", ["../evil.png", "/etc/evil.png", "a/../../evil.png", "..\\evil"])
def test_a_zip_that_climbs_out_is_refused(folder: Path, tmp_path: Path, name: str) -> None:
    target = zipped(folder, tmp_path / "evil.zip")
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr(name, b"x")
    with pytest.raises(SuiteError, match="climbs out of its folder"):
        read_suite(target)


def test_a_zip_that_unpacks_to_gigabytes_is_refused_early(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.suite.published.LARGEST_SUITE", 10_000_000)
    target = zipped(folder, tmp_path / "bomb.zip")
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive:
        for i in range(4):
            archive.writestr(f"invert/bomb{i}.png", bytes(20_000_000))
    with pytest.raises(SuiteError, match="too large"):
        read_suite(target)


def test_a_name_without_parts_is_passed_over(folder: Path, tmp_path: Path) -> None:
    target = zipped(folder, tmp_path / "odd.zip")
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr(".", b"x")
    assert read_suite(target).cases == read_suite(folder).cases


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_damaged_compressed_data_is_a_sentence(tmp_path: Path, method: int) -> None:
    target = tmp_path / "damaged.zip"
    with zipfile.ZipFile(target, "w", method) as archive:
        archive.writestr("ref/black.png", bytes(100) + b"x" * 100)
    data = bytearray(target.read_bytes())
    start = 30 + len("ref/black.png")
    data[start : start + 12] = b"\xff" * 12
    target.write_bytes(data)
    with pytest.raises(SuiteError, match="damaged or locked zip file"):
        read_suite(target)


def test_nothing_to_work_with_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 nothing")
    for name in ("empty", "broken.zip", "missing"):
        with pytest.raises(SuiteError) as caught:
            read_suite(tmp_path / name)
        assert str(caught.value).endswith(".") and name in str(caught.value)
        assert main(["suite", str(tmp_path / name)]) == 1
    only_references = small_suite(tmp_path / "refs", 32)
    for kind in KINDS:
        for file in (only_references / kind).glob("*"):
            file.unlink()
    with pytest.raises(SuiteError, match="has no case"):
        read_suite(only_references)
