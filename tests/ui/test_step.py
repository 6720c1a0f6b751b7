"""One step, with what strangers may send."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from explorer import fetching, weights
from explorer.engine import Engine
from explorer.form import FORM
from explorer.networks import NETWORKS
from explorer.spec import Real
from explorer.ui.asked import values_in
from explorer.ui.panels import PANELS, packed
from explorer.ui.step import step

NUMBERS = [name for name, knob in FORM.items() if isinstance(knob, Real)]
HOSTILE = [math.nan, math.inf, -math.inf, 1e308, "", "x" * 5000, None, [], {}, [[1]], True]


def notes(answer) -> list[str]:
    return answer.panels["status"]["notes"]


def test_answers_every_panel_without_notes(engine: Engine) -> None:
    answer = step(engine, {"rotate.angle": 30}, None)
    assert set(answer.panels) == {"status", *(panel.name for panel in PANELS)}
    assert notes(answer) == []
    keys = {data["key"] for data in answer.panels.values()}
    assert len(keys) == 1
    for data in answer.panels.values():
        assert json.loads(packed(data)) == json.loads(json.dumps(data))


@pytest.mark.parametrize("value", HOSTILE, ids=lambda v: repr(v)[:12])
def test_a_hostile_number_is_replaced_and_said(engine: Engine, value: object) -> None:
    answer = step(engine, {"rotate.angle": value, "layout.size": "64"}, None)
    assert len(notes(answer)) == 1 and notes(answer)[0].startswith("Rotate")
    assert answer.panels["ladder"] is not None


def test_every_number_out_of_range_at_once(engine: Engine) -> None:
    answer = step(engine, dict.fromkeys(NUMBERS, 1e300) | {"layout.size": "64"}, None)
    assert answer.panels["ladder"] is not None
    assert all(note.endswith(".") and "\n" not in note for note in notes(answer))


@pytest.mark.parametrize(
    "form", ["", "null", "[]", "1", "{", '{"a":', "x" * 10**6, "[" * 10**4, None, 7, {"a": 1}]
)
def test_a_form_that_is_none_is_the_default_example(form: object) -> None:
    assert values_in(form) == {}


def test_json_nan_in_the_form_is_said(engine: Engine) -> None:
    values = values_in('{"rotate.angle": NaN, "layout.size": "64"}')
    assert "not a number" in notes(step(engine, values, None))[0]


def test_missing_weights_keep_the_last_answer(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path))
    answer = step(Engine(device="cpu"), {"ask.network": "vgg16"}, None)
    assert answer.panels["ladder"] is None and answer.panels["status"]["missing"] == "yes"
    assert notes(answer) == [
        "The weights of vgg16 are not on this machine: fetch them (64 MB) or choose another "
        "network. The last answer is still shown."
    ]


def test_damaged_weights_can_be_fetched_again(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path))
    state = weights.load(NETWORKS["squeezenet1_1"], "random:3").state
    path = tmp_path / "squeezenet1_1.safetensors"
    fetching.store(path, state, "test", "MIT")
    good = path.read_bytes()
    path.write_bytes(good[:-7])
    values = {"ask.network": "squeezenet1_1", "layout.size": "64"}
    own = Engine(device="cpu")
    answer = step(own, values, None)
    assert answer.panels["ladder"] is None and answer.panels["status"]["missing"] == "yes"
    (note,) = notes(answer)
    assert note.startswith("squeezenet1_1.safetensors is damaged (")
    assert note.endswith("): fetch it again. The last answer is still shown.")
    path.write_bytes(good)
    mended = step(own, values, None)
    assert notes(mended) == [] and mended.panels["status"]["missing"] == "no"


def test_other_refusals_offer_no_fetch(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*rest: object) -> None:
        raise ValueError("The canvas is too small.")

    own = Engine(device="cpu")
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path))
    monkeypatch.setattr(own, "explore", refuse)
    answer = step(own, {"ask.network": "vgg16"}, None)
    assert answer.panels["status"]["missing"] == "no"


def test_an_upload_that_is_gone_is_said(engine: Engine) -> None:
    answer = step(engine, {"picture.kind": "upload", "layout.size": "64"}, None)
    assert notes(answer) == ["No picture is uploaded yet: showing rings meanwhile."]
