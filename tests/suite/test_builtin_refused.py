"""What a file of rows is refused for, and in which words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from explorer.suite import KINDS, SuiteError
from explorer.suite.builtin import made_from


def spoilt(change: dict[str, Any]) -> dict[str, Any]:
    row = {"kind": "rotate", "name": "a", "values": {"picture.family": "rings"}, **change}
    kinds: dict[str, Any] = {k: {"values": {}, "variants": {}} for k in KINDS}
    kinds["rotate"]["variants"] = {"90": {"rotate.angle": 90}}
    return {"size": 96, "kinds": kinds, "rows": [row]}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"kind": "shear"}, "a: 'shear' is not one of the kinds"),
        ({"name": "a_b"}, "'a_b' is no name"),
        ({"values": {"rings.size": 3}}, "a: the form has no 'rings.size'."),
        ({"values": {"rings.count": 99}}, "a: rings.count was 99, outside 1 to 8: used 8."),
        ({"values": {"rings.count": 2.5}}, "a: rings.count 2.5 is not exact."),
        ({"values": {"layout.background": "#FFF"}}, "a: layout.background '#FFF' is not exact."),
        ({"values": {"picture.kind": "upload"}}, "a: No picture is uploaded yet"),
        ({"values": {"layout.size": "64"}}, "a: all variants need one original, 96 pixels wide."),
        ({"kind": "invert"}, "a: all variants need one original"),
        ({"values": []}, r"Row 1 must have exactly kind \(str\), name \(str\), values \(dict\)."),
        ({"more": 1}, "Row 1 must have exactly"),
    ],
)
def test_a_row_that_cannot_be_used_is_a_sentence(
    change: dict[str, Any], sentence: str, tmp_path: Path
) -> None:
    file = tmp_path / "rows.json"
    file.write_text(json.dumps(spoilt({})), encoding="utf-8")
    assert len(made_from(file).cases) == 1
    file.write_text(json.dumps(spoilt(change)), encoding="utf-8")
    with pytest.raises(SuiteError, match=sentence) as caught:
        made_from(file)
    assert str(caught.value).endswith(".") and "\n" not in str(caught.value)


def test_a_file_that_cannot_be_used_is_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "rows.json"
    twice = spoilt({})
    twice["rows"] *= 2
    still = spoilt({})
    still["kinds"]["rotate"]["variants"] = {"0": {"rotate.angle": 0}}
    for text, sentence in (
        (json.dumps(twice), "a: two rows have this name."),
        (json.dumps(still), "a: nothing is done to the picture."),
        ("[]", "rows.json must have exactly size"),
        ("{", "rows.json cannot be read"),
    ):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(SuiteError, match=sentence):
            made_from(file)
    with pytest.raises(SuiteError, match="missing.json cannot be read"):
        made_from(tmp_path / "missing.json")
