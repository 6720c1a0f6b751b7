"""The Challenge suite tab: the paper's experiment as a table whose cells open their cases."""

from __future__ import annotations

import gradio as gr

from explorer.engine import Engine


def build_tab(engine: Engine) -> None:
    """Build the tab inside the current Blocks and wire it."""
    gr.HTML("")
