"""The files' answers without a page: every kind, and what strangers may send."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import numpy as np
import pytest

from explorer import links
from explorer.engine import Engine
from explorer.form import scene_of
from explorer.images import Upload
from explorer.ui.share import KINDS, answer

VALUES = {"layout.size": "64", "rotate.angle": 30}
PIXELS = np.full((8, 8, 4), 200, dtype=np.uint8)
PLACE = "https://example.org/tools/similar/"


def asked(engine: Engine, kind: object = "json", place: object = PLACE, **rest: object) -> dict:
    return answer(engine, {"kind": kind, "place": place, "number": 3}, VALUES | rest, None)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_named_by_its_scene(engine: Engine, kind: str) -> None:
    made = asked(engine, kind)
    assert made["number"] == 3 and made["media"] == KINDS[kind].media
    assert made["name"] == f"similarity-{scene_of(VALUES).scene.digest()}.{kind}"
    assert PLACE in made["text"]


@pytest.mark.parametrize("kind", ["exe", "", None, 7, [], {"a": 1}, "__class__"])
def test_other_files_are_refused_in_a_sentence(engine: Engine, kind: object) -> None:
    assert asked(engine, kind) == {
        "number": 3,
        "error": "Only these files can be made: html, json, csv, py.",
    }


@pytest.mark.parametrize(
    "place",
    [
        None,
        "javascript:alert(1)",
        "https://example.org/?a=1",
        "https://example.org/#a",
        "https:///",
        "http://[",
        "https://example.org/\n",
        "https://example.org/" + "a" * 500,
        "data:text/html,x",
    ],
)
def test_a_place_that_is_no_page_is_left_out_of_links(engine: Engine, place: object) -> None:
    link = json.loads(asked(engine, place=place)["text"])["link"]
    assert link == "?v=1&layout.size=64&rotate.angle=30"


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.found.append(tag)


def test_names_of_files_stay_text(engine: Engine) -> None:
    name = "\"'><script>alert(1)</script>\n\\.png"
    upload = Upload("5" * 64, name, PIXELS)
    request = {"kind": "html", "place": 'https://x"><script>/', "number": 1}
    values = {**VALUES, "picture.kind": "upload"}
    assert "script" not in Tags(answer(engine, request, values, upload)["text"]).found
    script = answer(engine, {**request, "kind": "py"}, values, upload)["text"]
    compile(script, "comparison.py", "exec")
    data = json.loads(answer(engine, {**request, "kind": "json"}, values, upload)["text"])
    assert data["upload"] == {"name": name, "sha256": "5" * 64}
    assert links.read(data["link"]).upload == "5" * 64


def test_an_upload_that_is_not_shown_is_not_named(engine: Engine) -> None:
    upload = Upload("5" * 64, "secret.png", PIXELS)
    request = {"kind": "json", "place": PLACE, "number": 1}
    text = answer(engine, request, VALUES, upload)["text"]
    assert "secret" not in text and "555555" not in text


def test_missing_weights_are_a_sentence(engine: Engine, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path))
    made = answer(Engine(device="cpu"), {"kind": "json"}, {"ask.network": "vgg16"}, None)
    assert made["number"] == 0 and made["error"].startswith("The weights of vgg16 are not on this")
