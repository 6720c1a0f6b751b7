"""Links: everything on Explore's controls as the query of an address, and back.

    ?v=1&rotate.angle=30&ask.network=vgg16&layout.background=671b1b

The names are those of `FORM`; what is at its default is left out. `upload` names a picture by its
sha256, `tab` the open tab, and names that begin with a tab's own (`sweep.x`) belong to that tab.
The page reads and writes the same in `assets/js/link.js`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from explorer.form import DEFAULTS, FORM, values_of
from explorer.scene import Scene
from explorer.spec import Colour, Knob, Toggle, Value

VERSION = "1"
LONGEST = 16_000
"""Characters; a link with every knob moved has about a third of that."""
TABS = ("sweep", "suite", "game", "inside", "learn")
"""Whose values may stand beside Explore's, under their own prefix."""
MOST_NOTES = 5


@dataclass(frozen=True)
class Link:
    """What an address says.

    Attributes:
        values: clean, by `FORM` name, those that are not defaults.
        upload: sha256 of the picture that the link needs, if it needs one.
        notes: a sentence for everything that was left out or replaced.
    """

    values: Mapping[str, Value]
    upload: str | None
    notes: tuple[str, ...]


def changed(scene: Scene) -> dict[str, Value]:
    """The form of a scene, without what is at its default."""
    return {name: v for name, v in values_of(scene).items() if v != DEFAULTS[name]}


def write(values: Mapping[str, Value], upload: str | None = None) -> str:
    """The query, without its question mark, that says these values.

    Args:
        values: clean, by `FORM` name.
        upload: sha256 of the picture, where the subject is one.

    >>> write({"rotate.angle": 30.0, "layout.background": "#671b1b", "ask.norm": False})
    'v=1&rotate.angle=30&layout.background=671b1b&ask.norm=off'
    """
    said = {n: _text(FORM[n], v) for n, v in values.items() if v != DEFAULTS[n]}
    if upload and values.get("picture.kind") == "upload":
        said["upload"] = upload
    return urlencode({"v": VERSION, **said})


def read(address: str) -> Link:
    """What an address, or its query, says; what it cannot say is left out with a note.

    >>> read("https://example.org/?v=1&rotate.angle=30&tab=sweep").values
    {'rotate.angle': 30.0}
    >>> read("v=1&rotate.angle=much").notes
    ("Rotate: angle was 'much', not a number: used 0°.",)
    """
    query = urlsplit(address).query if "?" in address else address
    if len(query) > LONGEST:
        return _nothing(f"The link has {len(query)} characters, more than {LONGEST}: not read.")
    pairs = parse_qsl(query, keep_blank_values=True)
    given: dict[str, str] = {}
    notes = []
    for name, text in pairs:
        if name in given:
            notes.append(f"The link says {_short(name)} twice: used the first.")
        given.setdefault(name, text)
    version = given.pop("v", None)
    if version != VERSION:
        if version is None and not any(name in FORM for name in given):
            return Link({}, None, ())
        said = "no version" if version is None else f"version {_short(version)}"
        return _nothing(f"The link has {said}; this program reads {VERSION}: not read.")
    values: dict[str, Value] = {}
    for name, text in given.items():
        if name in FORM:
            cleaned = FORM[name].clean(_value(FORM[name], text), _title(name))
            if cleaned.note:
                notes.append(cleaned.note)
            if cleaned.value != DEFAULTS[name]:
                values[name] = cleaned.value
        elif not _is_of_the_page(name):
            notes.append(f"The link names {_short(name)}, which nothing here is called: left out.")
    upload: str | None = given.get("upload", "").lower()
    if upload and not re.fullmatch(r"[0-9a-f]{64}", upload):
        notes.append(f"The link's upload, {_short(upload)}, is no sha256: left out.")
        upload = None
    if len(notes) > MOST_NOTES:
        notes[MOST_NOTES:] = [f"And {len(notes) - MOST_NOTES} more like these."]
    return Link(values, upload or None, tuple(notes))


def _nothing(note: str) -> Link:
    return Link({}, None, (note,))


def _is_of_the_page(name: str) -> bool:
    """Names that mean something to the page alone, or to whatever serves it."""
    owner, dot, _ = name.partition(".")
    return name in ("upload", "tab") or name.startswith("__") or bool(dot and owner in TABS)


def _title(name: str) -> str:
    owner, _, last = name.partition(".")
    return f"{owner.replace('_', ' ').capitalize()}: {FORM[name].title or last.replace('_', ' ')}"


def _text(knob: Knob, value: Value) -> str:
    if isinstance(knob, Toggle):
        return "on" if value else "off"
    if isinstance(knob, Colour):
        return str(value).removeprefix("#")
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    return str(value)


def _value(knob: Knob, text: str) -> object:
    if isinstance(knob, Toggle):
        return {"on": True, "off": False}.get(text, text)
    if isinstance(knob, Colour) and re.fullmatch(r"[0-9a-fA-F]{6}|[0-9a-fA-F]{3}", text):
        return "#" + text
    return text


def _short(text: str, length: int = 40) -> str:
    shown = repr(text)
    return shown if len(shown) <= length else shown[: length - 1] + "…"
