"""Links: over every knob to an address and back; whatever else an address may say."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qsl, quote

import pytest

from explorer import links, taps
from explorer.blend import canonical
from explorer.form import DEFAULTS, FORM, scene_of
from explorer.presets import PRESETS
from explorer.spec import Choice, Colour, Knob, Text, Toggle, Value
from explorer.synthesis import FAMILIES

SHA = "5" * 64
SCRIPT = Path(__file__).resolve().parents[1] / "assets" / "js" / "link.js"


def positions(knob: Knob) -> tuple[Value, ...]:
    if isinstance(knob, Choice):
        return knob.options
    if isinstance(knob, Toggle):
        return (False, True)
    if isinstance(knob, Colour):
        return ("#000000", "#12ab9f")
    if isinstance(knob, Text):
        own = canonical("my own:alexnet:1,1,0.5,0.5,0:0.2,0,0.8:1")
        return (knob.default, "vgg16:relu2_2" if knob.canonical is taps.canonical else own)
    return knob.grid(17)


@pytest.mark.parametrize("name", FORM)
def test_a_link_brings_back_every_position_of_every_knob(name: str) -> None:
    for value in positions(FORM[name]):
        link = links.read("https://example.org/app/?" + links.write({name: value}))
        assert link.notes == () and link.upload is None
        assert link.values == ({} if value == DEFAULTS[name] else {name: value})
        assert {n: type(v) for n, v in link.values.items()} in ({}, {name: type(value)})


@pytest.mark.parametrize("family", FAMILIES.names())
def test_a_link_with_every_knob_moved_is_the_same_scene(family: str) -> None:
    values = {name: positions(knob)[-1] for name, knob in FORM.items()} | {"picture.family": family}
    values["picture.kind"] = "synthesis"
    values["ask.network"] = "squeezenet1_1"
    query = links.write(values)
    assert len(query) < links.LONGEST
    link = links.read(query)
    assert link.notes == ()
    assert scene_of(link.values).scene.digest() == scene_of(values).scene.digest()


@pytest.mark.parametrize("preset", PRESETS, ids=lambda p: p.name)
def test_presets_are_links_that_people_can_read(preset) -> None:
    query = links.write(preset.values)
    told = {name: v for name, v in preset.values.items() if v != DEFAULTS[name]}
    assert links.read(query).values == told
    assert {name for name, _ in parse_qsl(query)} == {"v", *told}
    assert "%" not in query


def test_what_is_changed_in_a_scene_makes_the_scene() -> None:
    scene = scene_of({"picture.kind": "upload", "rotate.angle": 30}, SHA).scene
    query = links.write(links.changed(scene), SHA)
    assert query == f"v=1&picture.kind=upload&rotate.angle=30&upload={SHA}"
    link = links.read("?" + query)
    assert link.upload == SHA and scene_of(link.values, link.upload).scene == scene


def test_the_hash_of_a_picture_that_is_not_shown_is_not_told() -> None:
    assert links.write({"rotate.angle": 30.0}, SHA) == "v=1&rotate.angle=30"


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("v=2&rotate.angle=30", "The link has version '2'; this program reads 1: not read."),
        ("rotate.angle=30", "The link has no version; this program reads 1: not read."),
        ("v=&rotate.angle=30", "The link has version ''; this program reads 1: not read."),
        ("v=1&rotate.angle=NaN", "Rotate: angle was 'NaN', not a number: used 0°."),
        ("v=1&rotate.angle=1e999", "Rotate: angle was '1e999', not a number: used 0°."),
        ("v=1&rotate.angle=", "Rotate: angle was '', not a number: used 0°."),
        ("v=1&__init__.x=1&rotat.angle=3", "The link names 'rotat.angle', which nothing here is"),
        ("v=1&constructor=3", "The link names 'constructor', which nothing here is called"),
        ("v=1&rotate.__class__=3", "The link names 'rotate.__class__', which nothing here is"),
        ("v=1&ask.norm=maybe", "Ask: Channel norm was 'maybe', not on or off: used True."),
        ("v=1&layout.background=red", "Layout: Background was 'red', not a colour"),
        ("v=1&ask.network=../etc", "Ask: Network was '../etc', not one of"),
        ("v=1&ask.norm=on&ask.norm=off", "The link says 'ask.norm' twice: used the first."),
        ("v=1&v=2", "The link says 'v' twice: used the first."),
        (f"v=1&upload={'z' * 64}", "The link's upload, 'zzz"),
        (f"v=1&x={'a' * 100_000}", "The link has 100006 characters, more than 16000: not read."),
        (quote("<script>alert(1)</script>", safe="") + "=1&v=1", "The link names '<script>alert"),
    ],
)
def test_what_a_link_cannot_say_is_left_out_with_one_sentence(query: str, sentence: str) -> None:
    link = links.read(query)
    assert link.values == {} and link.upload is None
    assert len(link.notes) == 1 and link.notes[0].startswith(sentence)
    assert len(link.notes[0]) < 200 and "\n" not in link.notes[0]


def test_many_oddities_are_few_sentences() -> None:
    link = links.read("v=1&rotate.angle=30&" + "&".join(f"n{i}=1" for i in range(500)))
    assert link.values == {"rotate.angle": 30.0}
    assert len(link.notes) == links.MOST_NOTES + 1
    assert link.notes[-1] == "And 495 more like these."


@pytest.mark.parametrize(
    "query", ["", "utm_source=mail", "__theme=dark", "v=1&tab=sweep&sweep.x=rotate.angle"]
)
def test_what_is_not_for_the_controls_is_no_oddity(query: str) -> None:
    assert links.read(query) == links.Link({}, None, ())


def test_the_page_has_the_same_version_and_limit() -> None:
    script = SCRIPT.read_text()
    assert re.findall(r'VERSION = "(.+)"', script) == [links.VERSION]
    assert re.findall(r"LONGEST = (\d+)", script) == [str(links.LONGEST)]
    assert re.findall(r"MOST_NOTES = (\d+)", script) == [str(links.MOST_NOTES)]
