"""`explore` answers as the page does, for the values of its controls."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer import explore
from explorer.engine import Engine
from explorer.form import scene_of
from explorer.images import PictureError, take_upload
from explorer.presets import PRESETS


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_equals_the_engine_for_the_same_controls(
    preset: object, engine: Engine, tmp_path: Path
) -> None:
    values = {**preset.values, "layout.size": "64"}  # type: ignore[attr-defined]
    found, expected = explore(values, engine=engine), Engine("cpu").explore(scene_of(values).scene)
    assert found.scene == expected.scene and found.notes == ()
    assert found.comparison.scores == expected.comparison.scores
    assert found.verdicts == expected.verdicts
    assert np.array_equal(found.perturbed, expected.perturbed)


def test_an_upload_is_shown_when_the_controls_say_so(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "mine.png"
    pixels = np.random.default_rng(0).integers(0, 256, (40, 40, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path)
    values = {"picture.kind": "upload", "layout.size": "64", "rotate.angle": 90}
    found = explore(values, path, engine)
    upload = take_upload(path)
    expected = engine.explore(scene_of(values, upload.sha256).scene, upload)
    assert found.scene.source.kind == "upload"
    assert found.verdicts == expected.verdicts
    with pytest.warns(UserWarning, match='mine.png is not shown.*"picture.kind": "upload"'):
        assert explore({"layout.size": "64"}, str(path), engine).notes


def test_what_the_page_would_note_is_noted_and_warned_of(engine: Engine) -> None:
    with pytest.warns(UserWarning, match="outside -180 to 180: used 180") as caught:
        found = explore({"rotate.angle": 999, "layout.size": "64"}, engine=engine)
    assert dict(found.scene.challenge[0].values)["angle"] == 180
    assert len(found.notes) == 1 and len(caught) == 1
    assert caught[0].filename == __file__


def test_misuse_gets_a_sentence(tmp_path: Path, engine: Engine) -> None:
    with pytest.raises(ValueError, match=r"no control 'rotate\.angel'.*mean 'rotate\.angle'\?"):
        explore({"rotate.angel": 3})
    with pytest.raises(PictureError, match="none.png cannot be read"):
        explore({}, tmp_path / "none.png", engine)
