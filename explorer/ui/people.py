"""The People tab: saved results of `python -m explorer bapps` as a table, and where they disagree.

The page reads the file in the browser; the server only hands out the example, and keeps nothing.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import gradio as gr

from explorer.ui.panels import carrier, packed

EXAMPLE = Path(__file__).resolve().parents[2] / "assets" / "people" / "example.json"
INTRO = (
    "BAPPS (Zhang et al. 2018) asked people which of two changed patches is closer to a reference "
    "(2AFC), and whether two patches look the same (JND). This tab shows how far metrics agree "
    "with them. The data are large, so the scoring runs at the prompt:"
)
COMMANDS = (
    "python -m explorer bapps fetch\n"
    "python -m explorer bapps bapps --network alexnet --save results.json --thumbnails 8"
)
THEN = (
    "Then open <code>results.json</code> here. It is read in your browser and sent nowhere. The "
    "example shows what comes out: its pictures and its judgements are made up, and it is not "
    "BAPPS."
)


def build_tab() -> None:
    """Build the tab inside the current Blocks."""
    with gr.Column(elem_id="people"):
        panel = gr.HTML(
            "",
            html_template=_body(),
            js_on_load="Explorer.mount('people', element, props, watch);",
            elem_id="panel-people",
            elem_classes=["answers"],
            apply_default_css=False,
        )
        ask = carrier("people-asked")
    ask.input(
        example,
        outputs=[panel],
        queue=False,
        show_progress="hidden",
        api_visibility="private",
    )


@cache
def example() -> str:
    """The bundled results, as a panel's value."""
    return packed({"key": "example", "text": EXAMPLE.read_text(encoding="utf-8")})


def _body() -> str:
    return (
        '<section class="panel panel-people" aria-labelledby="people-title">'
        '<header><h2 id="people-title">Agreement with people</h2><div class="tools">'
        '<button type="button" class="action open-results">Open results…</button>'
        '<button type="button" class="action open-example">Show an example</button>'
        '<input type="file" class="results-file" accept=".json,application/json" hidden '
        'aria-label="Results of bapps"></div></header>'
        '<p class="refusal" role="alert"></p>'
        f'<div class="how"><p class="help">{INTRO}</p><pre><code>{COMMANDS}</code></pre>'
        f'<p class="help">{THEN}</p></div>'
        '<div class="results" hidden><p class="about"></p>'
        '<div class="bar"><div class="segmented measures" role="radiogroup" aria-label="Measure">'
        '<button type="button" role="radio" data-measure="2afc" aria-checked="true">2AFC score'
        '</button><button type="button" role="radio" data-measure="accuracy" aria-checked="false">'
        "2AFC accuracy</button>"
        '<button type="button" role="radio" data-measure="ap" aria-checked="false">JND precision'
        "</button></div></div>"
        '<p class="help reading"></p>'
        '<div class="scroller" tabindex="0" role="region" aria-label="Table of scores">'
        "<table></table></div>"
        '<section class="most" aria-labelledby="people-most"><h3 id="people-most">Where metrics '
        'and people disagree most</h3><p class="help"></p>'
        '<label class="whose">Metric <select></select></label>'
        '<ol class="triplets"></ol></section>'
        '<details class="made"><summary>What made it</summary><ul></ul></details></div></section>'
    )
