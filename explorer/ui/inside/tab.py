"""The tab Look inside: controls that all views share, and one panel and one event a view."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

import gradio as gr

from explorer.engine import Engine
from explorer.images import Upload
from explorer.spec import Choice
from explorer.ui.asked import values_in
from explorer.ui.explore import Shown
from explorer.ui.inside import VIEWS, metric_suite
from explorer.ui.inside.answer import answer
from explorer.ui.inside.view import SHARED, View
from explorer.ui.panels import carrier, packed

INTRO = (
    "A laboratory on the two pictures that Explore shows. The scores say how much they differ; "
    "each view here says why a metric says so, from the same features."
)


def build_tab(engine: Engine, shown: Shown) -> None:
    """Build the tab inside the current Blocks and wire it."""
    gr.HTML(
        _frame(),
        js_on_load="Explorer.inside.frame(element);",
        elem_id="inside-frame",
        elem_classes=["answers"],
        apply_default_css=False,
    )
    metric_suite.build(engine)
    for view in VIEWS:
        asked = carrier(f"inside-{view.name}-asked")
        panel = gr.HTML(
            value="",
            html_template=_panel(view),
            js_on_load=f"Explorer.mount('inside-{view.name}', element, props, watch);",
            elem_id=f"panel-inside-{view.name}",
            elem_classes=["answers"],
            apply_default_css=False,
        )
        gr.on(
            [asked.input],
            _answering(engine, view),
            inputs=[asked, shown.form, shown.upload],
            outputs=[panel],
            trigger_mode="always_last",
            show_progress="hidden",
            queue=False,
            api_visibility="private",
        )


def _answering(engine: Engine, view: View) -> Callable[..., str]:
    def live(request: object, form: object, upload: Upload | None) -> str:
        data: dict[str, Any] = answer(engine, view, values_in(request), values_in(form), upload)
        return packed(data)

    return live


def _frame() -> str:
    buttons = "".join(
        f'<button type="button" role="radio" data-view="{view.name}" '
        f'data-shared="{" ".join(view.shared)}" aria-checked="{str(i == 0).lower()}">'
        f"{escape(view.title)}</button>"
        for i, view in enumerate(VIEWS)
    )
    norm = SHARED["norm"]
    if not isinstance(norm, Choice):
        raise TypeError("The norm of the views has to be a choice.")
    norms = "".join(
        f'<option value="{option}"{" selected" if option == norm.default else ""}>{label}</option>'
        for option, label in zip(norm.options, norm.labels, strict=True)
    )
    return (
        '<section class="panel panel-inside-frame" aria-labelledby="inside-title">'
        f'<header><h2 id="inside-title">Look inside</h2></header><p class="help">{INTRO}</p>'
        '<div class="bench"><figure><img class="a" alt="">'
        '<figcaption class="a">original</figcaption></figure>'
        '<figure><img class="b" alt=""><figcaption class="b">perturbed</figcaption></figure>'
        '<div class="asking">'
        f'<label class="ask shared-layer"><span>{SHARED["layer"].title}</span>'
        '<select data-ask="layer"></select></label>'
        f'<label class="ask shared-norm"><span>{norm.title}</span>'
        f'<select data-ask="norm">{norms}</select></label>'
        '<label class="ask check shared-swap"><input type="checkbox" data-ask="swap">'
        f"{SHARED['swap'].title} the pictures</label>"
        '<p class="made-by"></p></div></div>'
        f'<div class="segmented views" role="radiogroup" aria-label="View">{buttons}</div>'
        "</section>"
    )


def _panel(view: View) -> str:
    return (
        f'<section class="panel panel-inside-{view.name}" '
        f'aria-labelledby="inside-{view.name}-title">'
        f'<header><h2 id="inside-{view.name}-title">{escape(view.question)}</h2></header>'
        f'<p class="help">{escape(view.help)}</p><div role="status"><ul class="notes"></ul></div>'
        f'<div class="body">{view.body}</div></section>'
    )
