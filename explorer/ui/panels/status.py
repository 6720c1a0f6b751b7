"""Sentences for the person: what was replaced, what is missing, what went wrong."""

from __future__ import annotations

from typing import Any

import gradio as gr

from explorer.ui.panels.panel import packed


def build(value: dict[str, Any]) -> gr.HTML:
    """The component; hidden while there is nothing to say."""
    return gr.HTML(
        value=packed(value),
        html_template='<div class="panel panel-status" role="status" aria-live="polite" hidden>'
        "<ul></ul></div>",
        js_on_load="Explorer.mount('status', element, props, watch);",
        elem_id="panel-status",
        elem_classes=["answers"],
        apply_default_css=False,
    )


def figure(notes: tuple[str, ...], show: dict[str, str], key: str) -> dict[str, Any]:
    """Plain data. `show` becomes data attributes of the page's body, which the style sheet reads.

    They decide which groups of controls are visible (`kind`, `family`, `weights`, `missing`).
    """
    return {"notes": list(notes), "show": show, "key": key}
