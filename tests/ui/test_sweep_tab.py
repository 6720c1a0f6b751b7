"""What the sweep tab answers, without a page."""

from __future__ import annotations

import json

import pytest

from explorer.engine import Engine
from explorer.form import scene_of
from explorer.images import data_uri
from explorer.ui import sweep as tab

FORM = {"layout.size": "64"}
SMALL = {"points": "17"}


def shown(engine: Engine, request: dict, form: dict) -> list[dict]:
    return [a for a in tab.answers(engine, request, form, None) if a is not None]


def test_it_ends_with_everything_and_a_table(engine: Engine) -> None:
    last = shown(engine, {"x": "rotate.angle", **SMALL}, FORM)[-1]
    assert last["done"] and last["share"] == 1 and last["kind"] == "curve" and last["key"]
    assert len(last["csv"].splitlines()) == 1 + last["known"] * len(last["series"])
    assert last["values"] == FORM and not last["notes"]
    json.dumps(last, allow_nan=False)


def test_pictures_stand_along_the_axis_from_the_first_answer_on(engine: Engine) -> None:
    first, *_, last = shown(engine, {"x": "rotate.angle", **SMALL}, FORM)
    assert first["strip"] == last["strip"]
    assert [item["x"] for item in last["strip"]] == [-180, -135, -90, -45, 0, 45, 90, 135, 180]
    for item in last["strip"]:
        wanted = engine.rendered(scene_of({**FORM, "rotate.angle": item["x"]}).scene)
        assert item["picture"] == data_uri(wanted)
    atlas = shown(engine, {"mode": "atlas", "cells": "13"}, FORM)[-1]
    assert atlas["strip"] == []


def test_before_the_end_there_is_no_key(engine: Engine) -> None:
    request = {"mode": "atlas", "x": "rotate.angle", "y": "translate.y", "cells": "13"}
    *before, last = shown(engine, request, FORM)
    assert all(not a["key"] and not a["done"] for a in before) and last["kind"] == "atlas"
    assert last["known"] == 169 and len(last["series"][0]["ratio"]) == 169


@pytest.mark.parametrize(
    ("request_", "form", "sentence"),
    [
        ({"x": "../../etc", **SMALL}, FORM, "Along x was"),
        ({"points": "1000000"}, FORM, "Points was"),
        ({"mode": ["atlas"], **SMALL}, FORM, "Sweep was"),
        (SMALL, {**FORM, "rotate.angle": "much"}, "not a number"),
        (SMALL, {**FORM, "picture.kind": "upload"}, "No picture is uploaded"),
    ],
)
def test_odd_requests_get_a_sentence_and_an_answer(
    engine: Engine, request_: dict, form: dict, sentence: str
) -> None:
    last = shown(engine, request_, form)[-1]
    assert sentence in " ".join(last["notes"]) and last["done"] and last["known"]


@pytest.mark.parametrize(
    ("request_", "form", "sentence"),
    [
        ({"mode": "atlas", "x": "rotate.angle", "y": "rotate.angle"}, FORM, "two different"),
        (SMALL, {**FORM, "ask.weights": "random", "ask.network": "nothing"}, "not one of"),
    ],
)
def test_what_cannot_be_done_is_said(
    engine: Engine, request_: dict, form: dict, sentence: str
) -> None:
    last = shown(engine, request_, form)[-1]
    assert sentence in " ".join(last["notes"]) and last["done"]


def test_missing_weights_are_said(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path))
    fresh = Engine(device="cpu")
    last = shown(fresh, SMALL, {**FORM, "ask.network": "squeezenet1_1"})[-1]
    assert last["kind"] == "none" and "weights" in last["notes"][-1].lower()


def test_the_default_sweep_moves_the_picture_that_the_page_opens_on() -> None:
    assert tab.KNOBS["x"].default in tab.sweeps.sweepable({}) and scene_of({}).scene
