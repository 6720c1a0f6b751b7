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


def figure(
    notes: tuple[str, ...], key: str, missing: bool = False, changed: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Plain data.

    Args:
        notes: the sentences.
        key: digest of the scene that was asked for.
        missing: whether the network's weights have to be fetched first.
        changed: values that the page shall put on its controls.
    """
    return {
        "notes": list(notes),
        "key": key,
        "missing": "yes" if missing else "no",
        "set": changed or {},
    }
