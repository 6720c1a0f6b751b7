"""The view Locality, with what strangers may send."""

from __future__ import annotations

import json

import pytest

from explorer.engine import Engine
from explorer.images import Upload
from explorer.ui.inside import locality
from explorer.ui.inside.answer import answer
from explorer.ui.panels import packed

FORM = {"layout.size": "64", "translate.x": 9, "ask.weights": "random"}


def asked(engine: Engine, request: dict, form: dict | None = None) -> dict:
    upload: Upload | None = None
    return answer(engine, locality.VIEW, request, FORM if form is None else form, upload)


def test_answers_are_json_and_grow_until_nothing_is_left(engine: Engine) -> None:
    left = None
    for number in range(1000):
        data = asked(engine, {"number": number})
        assert data["number"] == number and data["notes"] == []
        assert left is None or data["left"] < left
        left = data["left"]
        if not left:
            break
    assert left == 0 and data["progress"] == ""
    assert len(packed(data)) < 100_000
    assert len(data["answer"]) == 2
    names = [challenge["name"] for challenge in data["challenges"]]
    assert names == ["pair", "shuffle", "translate", "rotate", "invert", "stain"]
    # The other norm is known, too.
    assert asked(engine, {"norm": "raw"})["left"] == 0
    swapped = asked(engine, {"swap": True})
    assert swapped["frame"]["swap"] and "left out" in swapped["aside"]


@pytest.mark.parametrize("tiles", [3, "3", None, [], {}, float("nan"), "4" * 100, True])
def test_odd_tiles_are_replaced_and_said(engine: Engine, tiles: object) -> None:
    data = asked(engine, {"tiles": tiles, "layer": "x", "norm": 7})
    assert len(data["notes"]) == 3
    assert any(note.startswith("Shuffle was") for note in data["notes"])
    json.dumps(data, allow_nan=False)


def test_missing_weights_are_said(
    engine: Engine, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path))
    data = asked(Engine(device="cpu"), {}, {"ask.network": "vgg16"})
    assert data["failed"] and "vgg16" in data["notes"][-1]
