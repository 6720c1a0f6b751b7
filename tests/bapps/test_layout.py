"""Folders in the published layout: what is read, what is left out, and what is refused."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from torchvision.transforms import Resize

from explorer.bapps import layout, pictures
from explorer.bapps.layout import LayoutError
from explorer.images import PictureError
from tests.bapps import synthetic
from tests.bapps.synthetic import JND, TWO_AFC, write, write_judgement


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write(tmp_path / "data", {"cnn": 3, "color": 2}, {"traditional": 2})


def test_every_published_split_is_read_with_its_judgements(tmp_path: Path) -> None:
    for part in ("val", "train"):
        write(tmp_path, dict.fromkeys(TWO_AFC, 2), dict.fromkeys(JND, 2), part)
    found = layout.read(tmp_path, parts=("val", "train"))
    assert found.problems == () and len(found.items) == 2 * (6 + 2) * 2
    assert {i.split for i in found.items if i.task == "2afc"} == set(TWO_AFC)
    for item in found.items:
        kind = "judge" if item.task == "2afc" else "same"
        stored = np.load(item.pictures[0].parents[1] / kind / f"{item.name}.npy")
        assert item.judgement == float(stored[0])
        assert [path.parent.name for path in item.pictures] == list(layout.PICTURES[item.task])


def test_val_alone_is_read_unless_asked_and_tasks_may_stand_alone(root: Path) -> None:
    write(root, {"cnn": 1}, {}, "train")
    assert len(layout.read(root).items) == 7
    assert len(layout.read(root / "2afc").items) == 5
    assert len(layout.read(root / "jnd").items) == 2
    assert [i.id for i in layout.read(root, splits=["traditional"]).items] == [
        "jnd/val/traditional/000000",
        "jnd/val/traditional/000001",
    ]


def test_a_missing_partner_is_left_out_with_a_sentence(root: Path) -> None:
    place = root / "2afc" / "val" / "cnn"
    (place / "p1" / "000001.png").unlink()
    (place / "judge" / "000002.npy").unlink()
    found = layout.read(root)
    assert found.problems == (
        "2afc/val/cnn/000001 has no file in p1.",
        "2afc/val/cnn/000002 has no file in judge.",
    )
    assert len(found.items) == 5


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (1.5, "holds 1.5; a share of people in [0, 1] was expected."),
        (-0.1, "holds -0.1;"),
        (np.nan, "holds nan;"),
    ],
)
def test_an_odd_judgement_is_left_out(root: Path, value: float, sentence: str) -> None:
    write_judgement(root / "2afc" / "val" / "cnn" / "judge" / "000000.npy", value)
    (problem,) = layout.read(root).problems
    assert problem.startswith("2afc/val/cnn/000000: 000000.npy") and sentence in problem


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY", b"no numbers", b"x" * 70_000])
def test_a_file_without_a_number_is_left_out(root: Path, content: bytes) -> None:
    (root / "jnd" / "val" / "traditional" / "same" / "000001.npy").write_bytes(content)
    (problem,) = layout.read(root).problems
    assert problem.startswith("jnd/val/traditional/000001: 000001.npy ") and "\n" not in problem


def test_several_numbers_and_pickles_are_left_out(root: Path) -> None:
    place = root / "2afc" / "val" / "cnn" / "judge"
    np.save(place / "000000.npy", np.zeros(2))
    np.save(place / "000001.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    first, second = layout.read(root).problems
    assert first.endswith("000000.npy has to hold exactly one number.")
    assert second.endswith("000001.npy is no .npy file with a number in it.")


def test_what_is_no_bapps_is_refused(root: Path, tmp_path: Path) -> None:
    with pytest.raises(LayoutError, match="nowhere is not there"):
        layout.read(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(LayoutError, match="empty holds nothing in BAPPS's layout"):
        layout.read(tmp_path / "empty")
    with pytest.raises(LayoutError, match="holds nothing of deblur"):
        layout.read(root, splits=["deblur"])
    (root / "2afc" / "val" / "cnn" / "ref").rename(root / "elsewhere")
    with pytest.raises(LayoutError, match=r"cnn has no folder ref; ref, p0, p1 and judge"):
        layout.read(root)


def test_hidden_and_other_files_are_none_of_ours(root: Path) -> None:
    place = root / "2afc" / "val" / "cnn"
    (place / "ref" / ".000009.png").write_bytes(b"")
    (place / "p0" / "notes.txt").write_text("hello")
    assert layout.read(root).problems == ()


@pytest.mark.parametrize("side", [64, 256, 100, 32])
def test_pictures_are_those_of_the_published_loader(tmp_path: Path, side: int) -> None:
    pixels = synthetic.worse(
        synthetic.picture(np.random.default_rng(side), side), np.random.default_rng(1), 20
    )
    synthetic.save(pixels, tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as opened:
        expected = np.asarray(Resize(64)(opened.convert("RGB")))
    np.testing.assert_array_equal(pictures.read(tmp_path / "a.png"), expected)


@pytest.mark.parametrize("mode", ["L", "P", "RGBA"])
def test_other_kinds_of_png_become_rgb(tmp_path: Path, mode: str) -> None:
    picture = Image.fromarray(synthetic.picture(np.random.default_rng(0))).convert(mode)
    picture.save(tmp_path / "a.png")
    np.testing.assert_array_equal(pictures.read(tmp_path / "a.png"), picture.convert("RGB"))


def test_damaged_oblong_and_absent_pictures_have_their_sentence(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    synthetic.save(synthetic.picture(np.random.default_rng(0)), path)
    whole = path.read_bytes()
    for length in (0, 20, len(whole) // 2):
        path.write_bytes(whole[:length])
        with pytest.raises(PictureError, match=r"^a\.png "):
            pictures.read(path)
    Image.new("RGB", (64, 32)).save(path)
    with pytest.raises(PictureError, match=r"64 × 32 pixels; BAPPS's are square"):
        pictures.read(path)
    os.remove(path)
    with pytest.raises(PictureError, match=r"a\.png cannot be read: No such file"):
        pictures.read(path)
