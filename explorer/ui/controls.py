"""The only file that turns a knob into a control.

Controls are native form elements in static HTML: a page of Gradio components this long takes the
browser a tenth of a second and more for every move of a slider. `assets/js/controls.js` gathers
what differs from the defaults into one hidden component, the form.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from html import escape

from explorer.form import DEFAULTS, FORM
from explorer.networks import NETWORKS
from explorer.perturbations import PERTURBATIONS
from explorer.presets import OPENING
from explorer.registry import Entry
from explorer.spec import Choice, Colour, Integer, Knob, Real, Text, Toggle, Value

RADIO_UP_TO = 3


def element_id(name: str) -> str:
    """The DOM id of a knob's control."""
    return "knob-" + name.replace(".", "-")


def label(name: str, knob: Knob) -> str:
    """What stands over the control: title and unit.

    The only knob of a perturbation carries the perturbation's title: "Rotate (°)".
    """
    owner, _, last = name.partition(".")
    title = knob.title or last.replace("_", " ").capitalize()
    if owner in PERTURBATIONS and len(PERTURBATIONS[owner].knobs) == 1:
        title = PERTURBATIONS[owner].title
    unit = getattr(knob, "unit", "").strip()
    return f"{title} ({unit})" if unit else title


def control(name: str) -> str:
    """The HTML of one knob's control, as the page opens."""
    knob, default = FORM[name], DEFAULTS[name]
    value = OPENING.values.get(name, default)
    ident, title = element_id(name), escape(label(name, knob))
    about = f'<p class="about" id="{ident}-about">{escape(knob.help)}</p>' if knob.help else ""
    described = f' aria-describedby="{ident}-about"' if knob.help else ""
    data = f'data-knob="{name}" data-default="{escape(json.dumps(default))}"{described}'
    caption = f'<label for="{ident}-input">{title}</label>'
    if isinstance(knob, Real):
        limits = f'min="{knob.low:g}" max="{knob.high:g}" step="{knob.step:g}" value="{value:g}"'
        data += " data-whole" if isinstance(knob, Integer) else ""
        body = (
            f'<div class="caption">{caption}'
            f'<input type="number" {limits} aria-label="{title}, typed">'
            f'<button type="button" class="undo" aria-label="Reset {title}" '
            'title="Back to the default" hidden>↺</button></div>'
            f'<input type="range" id="{ident}-input" {limits} {data}>{about}'
        )
    elif isinstance(knob, Choice) and len(knob.options) <= RADIO_UP_TO:
        body = _radios(ident, title, knob, str(value), data) + about
    elif isinstance(knob, Choice):
        body = f'{caption}<select id="{ident}-input" {data}>{_options(knob, value)}</select>{about}'
    elif isinstance(knob, Toggle):
        checked = " checked" if value else ""
        box = f'<input type="checkbox" id="{ident}-input" {data}{checked}>'
        body = f'<div class="caption line">{box}{caption}</div>{about}'
    elif isinstance(knob, Colour):
        picker = f'<input type="color" id="{ident}-input" value="{value}" {data}>'
        body = f'<div class="caption">{caption}{picker}</div>{about}'
    elif name == "ask.taps":
        body = _layers(title, str(value), data) + about
    elif isinstance(knob, Text):
        # Written by the page, not by hand: people see its summary, and can take it away.
        body = (
            f'<div class="caption">{caption}'
            f'<button type="button" class="undo" aria-label="Remove {title}" title="Remove" hidden>'
            f'↺</button></div><input type="hidden" value="{escape(str(value))}" {data}>'
            f'<output class="summary" id="{ident}-input"></output>{about}'
        )
    else:
        raise TypeError(f"No control for {knob!r}.")
    return f'<div class="knob" id="{ident}" title="{escape(knob.help)}">{body}</div>'


def _options(knob: Choice, value: Value) -> str:
    """The options of a list, under their groups where they have some."""
    groups: dict[str, str] = {}
    every = zip(knob.options, knob.labels or knob.options, strict=True)
    for i, (option, text) in enumerate(every):
        group = knob.groups[i] if knob.groups else ""
        selected = " selected" if option == value else ""
        groups.setdefault(group, "")
        groups[group] += f'<option value="{escape(option)}"{selected}>{escape(text)}</option>'
    return "".join(
        f'<optgroup label="{escape(group)}">{options}</optgroup>' if group else options
        for group, options in groups.items()
    )


def _layers(title: str, value: str, data: str) -> str:
    """A box a layer of the chosen network; the page makes them, and writes the line."""
    taps = json.dumps({n.name: [tap.name for tap in n.taps] for n in NETWORKS})
    return (
        f'<div class="caption"><span>{title}</span>'
        f'<button type="button" class="undo" aria-label="Let all layers count" '
        f'title="All layers" hidden>↺</button></div>'
        f'<input type="hidden" value="{escape(value)}" {data} data-layers="{escape(taps)}">'
        f'<fieldset><legend class="sr-only">{title} that count</legend><div class="layers"></div>'
        "</fieldset>"
        '<output class="summary"></output>'
    )


def _radios(ident: str, title: str, knob: Choice, value: str, data: str) -> str:
    buttons = "".join(
        f'<label><input type="radio" name="{ident}" value="{escape(option)}" {data}'
        f"{' checked' if option == value else ''}><span>{escape(text)}</span></label>"
        for option, text in zip(knob.options, knob.labels or knob.options, strict=True)
    )
    return f'<fieldset><legend>{title}</legend><div class="radios">{buttons}</div></fieldset>'


def group(names: Iterable[str], *classes: str, heading: str = "") -> str:
    """Several controls, one under the other, that are shown or hidden together."""
    head = f"<h3>{escape(heading)}</h3>" if heading else ""
    body = "".join(control(name) for name in names)
    return f'<div class="{" ".join(("knobs", *classes))}">{head}{body}</div>'


def entry(item: Entry, *classes: str, heading: bool = False) -> str:
    """All controls of a family or perturbation; a heading where one label would not do."""
    title = item.title if heading and len(item.knobs) > 1 else ""
    return group([f"{item.name}.{knob}" for knob in item.knobs], *classes, heading=title)


def section(title: str, *parts: str, opened: bool = True) -> str:
    """A part of the column that folds."""
    return (
        f'<details class="section"{" open" if opened else ""}>'
        f"<summary><h2>{escape(title)}</h2></summary>{''.join(parts)}</details>"
    )


def action(title: str, values: Mapping[str, Value], keep: bool, ident: str = "") -> str:
    """A button that puts values on the controls; `keep` leaves all others where they are."""
    own_id = f' id="{ident}"' if ident else ""
    return (
        f'<button type="button" class="action"{own_id} data-keep="{str(keep).lower()}" '
        f'data-values="{escape(json.dumps(dict(values)))}">{escape(title)}</button>'
    )
