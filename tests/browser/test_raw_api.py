"""What a program may post to the server behind the page."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from explorer.form import DEFAULTS, scene_of

PANELS = 6


def post(address: str, data: list[Any], fn_index: int = 0) -> tuple[int, Any]:
    """Status and answer of a raw call of a dependency."""
    body = json.dumps({"data": data, "fn_index": fn_index, "session_hash": "raw"}).encode()
    request = urllib.request.Request(
        f"{address}/gradio_api/run/predict", body, {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ('{"rotate.angle": NaN}', "not a number"),
        ('{"rotate.angle": 1e999}', "not a number"),
        ('{"rotate.angle": 5000}', "outside -180 to 180"),
        ('{"layout.size": "1000000"}', "not one of 64"),
        ('{"ask.network": "../../etc/passwd"}', "not one of alexnet"),
        ('{"layout.background": "url(javascript:1)"}', "not a colour"),
        ('{"picture.kind": "upload"}', "No picture is uploaded yet"),
    ],
)
def test_odd_values_get_a_sentence_and_an_answer(
    app: tuple[str, Path], form: str, sentence: str
) -> None:
    status, answer = post(app[0], [form, None])
    assert status == 200
    told, *panels = answer["data"]
    assert sentence in json.loads(told)["notes"][0]
    assert len(panels) == PANELS - 1 and all(json.loads(p)["key"] for p in panels)


@pytest.mark.parametrize("form", [None, 7, [], {"a": 1}, "[[[", "x" * 100_000])
def test_a_form_that_is_none_is_answered_with_the_example(app: tuple[str, Path], form: Any) -> None:
    status, answer = post(app[0], [form, None])
    assert status == 200
    assert json.loads(answer["data"][0])["key"] == scene_of(DEFAULTS).scene.digest()


@pytest.mark.parametrize("path", ["/etc/passwd", "../../../etc/passwd", "app.py"])
def test_files_of_the_server_cannot_be_taken_as_uploads(app: tuple[str, Path], path: str) -> None:
    upload = {"path": path, "orig_name": "a.png", "meta": {"_type": "gradio.FileData"}}
    status, answer = post(app[0], ["{}", None, upload], fn_index=1)
    assert status >= 400 and "root:" not in str(answer)


def test_the_page_goes_on_after_all_that(app: tuple[str, Path]) -> None:
    status, answer = post(app[0], ['{"rotate.angle": 45}', None])
    wanted = scene_of({**DEFAULTS, "rotate.angle": 45}).scene.digest()
    assert status == 200 and json.loads(answer["data"][0])["key"] == wanted
