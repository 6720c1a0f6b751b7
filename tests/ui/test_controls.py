"""Every knob of the form has exactly one control, made from its declaration."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import pytest

from explorer.form import DEFAULTS, FORM
from explorer.spec import Choice, Real
from explorer.ui.controls import control, element_id
from explorer.ui.explore import _challenge_and_metric, _picture


class Elements(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


PAGE = Elements(_picture() + _challenge_and_metric()).found


def test_every_knob_is_on_the_page_once() -> None:
    ids = [attrs["id"] for _, attrs in PAGE if (attrs.get("id") or "").startswith("knob-")]
    whole = [i for i in ids if not i.endswith(("-input", "-about"))]
    assert sorted(whole) == sorted(element_id(name) for name in FORM)
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("name", FORM)
def test_a_control_says_what_its_knob_says(name: str) -> None:
    knob = FORM[name]
    elements = Elements(control(name)).found
    own = [attrs for _, attrs in elements if attrs.get("data-knob") == name]
    assert own and all(json.loads(a["data-default"]) == DEFAULTS[name] for a in own)
    labelled = [attrs["for"] for tag, attrs in elements if tag == "label" and "for" in attrs]
    assert labelled == [f"{element_id(name)}-input"] or any(t == "fieldset" for t, _ in elements)
    if isinstance(knob, Real):
        limits = [float(own[0][k]) for k in ("min", "max", "step")]
        assert limits == pytest.approx([knob.low, knob.high, knob.step])
    elif isinstance(knob, Choice):
        options = [a["value"] for t, a in elements if t == "option" or a.get("type") == "radio"]
        assert options == list(knob.options)
