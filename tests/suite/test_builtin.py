"""The suite that ships: what it holds, and that scenes make it."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath

import numpy as np
import pytest
import torch

from explorer.cli import main
from explorer.engine import Engine
from explorer.form import scene_of, values_of
from explorer.images import to_bytes
from explorer.pictures import REFERENCES, picture, reference, subject
from explorer.suite import Case, Suite, SuiteError, builtin, counts, export, read_suite, run
from explorer.suite.builtin import ROWS

IN_THE_PAPER = {"invert": 11, "translate": 5, "rotate": 30, "color_stain": 5}


@pytest.fixture(scope="module")
def suite() -> Suite:
    return builtin()


def cases(kind: str) -> list[Case]:
    return [case for case in builtin().cases if case.kind == kind]


def pixels(path: str | None) -> np.ndarray:
    assert path is not None
    return builtin().pictures[path].astype(int)


def covered(case: Case, moved: bool) -> torch.Tensor:
    """Where the subject is: by laying it over black and over white."""
    scene = builtin().scenes[case]
    values = values_of(scene)
    shades = []
    for background in ("#000000", "#ffffff"):
        layout = scene_of({**values, "layout.background": background}).scene.layout
        placed = subject(scene.source, layout, None)
        shades.append(picture(placed, layout, scene.challenge if moved else ()))
    return 1 - (shades[1] - shades[0]).amin(0)


def rim(image: np.ndarray) -> np.ndarray:
    """The outermost pixels of a picture."""
    return np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])


def test_it_has_at_least_as_many_pairs_as_the_paper(suite: Suite) -> None:
    for kind, count in IN_THE_PAPER.items():
        assert len(cases(kind)) >= count
    assert set(suite.references) == set(REFERENCES)
    for name, path in suite.references.items():
        assert (suite.pictures[path] == to_bytes(reference(name, 96))).all()
    for shown in suite.pictures.values():
        assert shown.shape == (96, 96, 3) and shown.dtype == np.uint8
        assert not shown.flags.writeable
    used = {p for c in suite.cases for p in (c.original, c.other, c.decoy) if p}
    assert set(suite.pictures) == used | set(suite.references.values())


def test_names_are_unique_and_every_value_is_used() -> None:
    data = json.loads(ROWS.read_text(encoding="utf-8"))
    names = [row["name"] for row in data["rows"]]
    assert len(set(names)) == len(names)
    for row in data["rows"]:
        shared = data["kinds"][row["kind"]]
        for change in shared["variants"].values():
            given = {**shared["values"], **row["values"], **change}
            scene = scene_of(given).scene
            kept = values_of(scene)
            # The decoy that would be taken anyway may be named.
            assert given.pop("decoy.family", None) in (None, scene.decoy.step.name)
            assert {name: kept[name] for name in given} == given, row["name"]


def test_the_page_shows_the_same_pictures(suite: Suite, engine: Engine) -> None:
    assert set(suite.scenes) == set(suite.cases)
    for case, scene in suite.scenes.items():
        assert scene_of(values_of(scene)).scene == scene
        shown = engine.explore(scene)
        assert (to_bytes(shown.original) == suite.pictures[case.original]).all()
        assert (to_bytes(shown.perturbed) == suite.pictures[case.other]).all()
        if case.decoy:
            assert (to_bytes(shown.decoy) == suite.pictures[case.decoy]).all()


@pytest.mark.parametrize("case", cases("invert"), ids=lambda c: PurePosixPath(c.original).stem)
def test_inverted_is_the_exact_negative_of_black_and_white(case: Case) -> None:
    original = pixels(case.original)
    assert (pixels(case.other) == 255 - original).all()
    assert (original == original[..., :1]).all()
    # All but the soft edges is black or white, and there is enough of both.
    black, white = (original < 16).mean(), (original > 239).mean()
    assert black + white > 0.7 and min(black, white) > 0.15


@pytest.mark.parametrize("case", cases("translate"), ids=lambda c: PurePosixPath(c.original).stem)
def test_translated_is_the_whole_object_elsewhere(case: Case) -> None:
    step = dict(builtin().scenes[case].challenge[0].values)
    x, y = int(step["x"]), int(step["y"])
    before, after = pixels(case.original), pixels(case.other)
    assert (np.roll(before, (y, x), (0, 1)) == after).all()
    assert max(abs(x), abs(y)) > 24
    for image in (before, after):
        edge = rim(image)
        assert (edge == edge[0]).all() and (image != edge[0]).any()


@pytest.mark.parametrize("case", cases("rotate"), ids=lambda c: PurePosixPath(c.other).stem)
def test_rotated_content_stays_inside(case: Case) -> None:
    before, after = covered(case, False).numpy(), covered(case, True).numpy()
    assert before.sum() == pytest.approx(after.sum(), rel=0.01)
    assert not rim(before).any() and not rim(after).any()
    assert (pixels(case.original) != pixels(case.other)).any()


@pytest.mark.parametrize("case", cases("color_stain"), ids=lambda c: PurePosixPath(c.original).stem)
def test_a_stain_keeps_the_object_and_a_decoy_the_background(case: Case) -> None:
    original, stained, decoy = map(pixels, (case.original, case.other, case.decoy))
    cover = covered(case, False).numpy()
    assert (original[cover == 1] == stained[cover == 1]).all() and (cover == 1).any()
    assert (original[cover == 0] != stained[cover == 0]).any(-1).all() and (cover == 0).any()
    for corner in ((0, 0), (0, -1), (-1, 0), (-1, -1)):
        assert (original[corner] == decoy[corner]).all()
        assert np.abs(original[corner] - stained[corner]).max() > 60
    assert (np.abs(original - decoy).max(-1) > 60).mean() > 0.05


def test_exported_and_read_it_is_the_same(suite: Suite, tmp_path: Path) -> None:
    written = export(suite, tmp_path / "out")
    assert len(written) == len(suite.pictures)
    again = read_suite(tmp_path / "out")
    assert again.cases == suite.cases and again.problems == ()
    assert dict(again.references) == dict(suite.references)
    assert set(again.pictures) == set(suite.pictures)
    for path, shown in suite.pictures.items():
        assert (again.pictures[path] == shown).all()
    with pytest.raises(SuiteError, match="out is not empty"):
        export(suite, tmp_path / "out")
    (tmp_path / "file").write_text("")
    with pytest.raises(SuiteError, match="file cannot be written"):
        export(suite, tmp_path / "file")


def test_the_command_exports_and_runs_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["suite", "builtin", "--export", str(tmp_path / "out")]) == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "out")
    assert main(["suite", str(tmp_path / "out"), "--json"]) == 0
    from_folder = capsys.readouterr().out
    assert main(["suite", "builtin", "--json"]) == 0
    assert capsys.readouterr().out == from_folder
    # A folder of that name is meant when there is one.
    (tmp_path / "builtin").mkdir()
    monkeypatch.chdir(tmp_path)
    assert main(["suite", "builtin"]) == 1


def test_it_shows_what_the_paper_shows(suite: Suite, engine: Engine) -> None:
    found = {
        (c["metric"], c["norm"]): (c["passed"], c["of"])
        for c in counts(run(engine, suite, ["alexnet"]))
        if c["kind"] == "translate"
    }
    of = len(cases("translate"))
    assert found["spatial", "raw"][0] <= of / 4 and found["spatial", "norm"][0] <= of / 4
    assert found["mean", "raw"] == found["sort", "raw"] == found["sort", "norm"] == (of, of)
