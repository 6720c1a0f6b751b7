"""What a panel is: a static template, a drawing function in the page, and a figure as its data."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from explorer.results import Exploration


@dataclass(frozen=True)
class Panel:
    """One panel of answers.

    Attributes:
        name: of the panel, of its drawing function in assets/js, and of its DOM id.
        title: its heading.
        help: two sentences at most on how to read it.
        body: static HTML, which the drawing function fills.
        figure: results → plain data.
        tools: static HTML at the right of the heading.
    """

    name: str
    title: str
    help: str
    body: str
    figure: Callable[[Exploration], dict[str, Any]]
    tools: str = ""


def packed(value: dict[str, Any]) -> str:
    """A panel's data as the text that travels.

    Text, because the page's framework would wrap every number of a nested value in a proxy, which
    takes it longer than all drawing.
    """
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def build(panel: Panel, value: dict[str, Any] | None) -> gr.HTML:
    """The component. It is drawn from `value`, if there is one, and whenever the value changes."""
    head = f'<h2 id="{panel.name}-title">{panel.title}</h2>'
    template = (
        f'<section class="panel panel-{panel.name}" aria-labelledby="{panel.name}-title">'
        f'<header>{head}<div class="tools">{panel.tools}</div></header>'
        f'<p class="help">{panel.help}</p>{panel.body}</section>'
    )
    return gr.HTML(
        value=packed(value) if value else "",
        html_template=template,
        js_on_load=f"Explorer.mount('{panel.name}', element, props, watch);",
        elem_id=f"panel-{panel.name}",
        elem_classes=["answers"],
        apply_default_css=False,
    )


def carrier(name: str) -> gr.HTML:
    """A hidden component whose value the page's script sets and whose `input` it triggers."""
    return gr.HTML(
        "",
        html_template="",
        js_on_load=f"Explorer.carry('{name}', props, trigger);",
        elem_id=name,
        elem_classes=["carrier"],
    )
