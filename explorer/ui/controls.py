"""The only file that turns a knob into a component."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import gradio as gr

from explorer.form import DEFAULTS, FORM
from explorer.perturbations import PERTURBATIONS
from explorer.spec import Choice, Colour, Integer, Knob, Real, Toggle

RADIO_UP_TO = 3


def element_id(name: str) -> str:
    """The DOM id of a form's knob."""
    return "knob-" + name.replace(".", "-")


def control(name: str) -> gr.components.Component:
    """The component for one knob of the form, at its default."""
    knob = FORM[name]
    common: dict[str, Any] = {
        "value": DEFAULTS[name],
        "label": label(name, knob),
        "info": knob.help or None,
        "elem_id": element_id(name),
        "elem_classes": ["knob"],
    }
    made: gr.components.Component
    if isinstance(knob, Real):
        precision = 0 if isinstance(knob, Integer) else None
        made = gr.Slider(knob.low, knob.high, step=knob.step, precision=precision, **common)
    elif isinstance(knob, Choice):
        labels = knob.labels or knob.options
        choices = list(zip(labels, knob.options))
        kind = gr.Radio if len(choices) <= RADIO_UP_TO else gr.Dropdown
        made = kind(choices, **common)
    elif isinstance(knob, Toggle):
        made = gr.Checkbox(**common)
    elif isinstance(knob, Colour):
        made = gr.ColorPicker(**common)
    else:
        raise TypeError(f"No control for {knob!r}.")
    # Gradio would refuse an odd value with a toast; the form cleans it and says so in the page.
    made.preprocess = lambda payload: payload  # type: ignore[method-assign]
    return made


def controls(names: Iterable[str]) -> dict[str, gr.components.Component]:
    """Controls for several knobs, in order, by name."""
    return {name: control(name) for name in names}


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
