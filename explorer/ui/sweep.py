"""The Sweep tab: one knob as curves, two knobs as an atlas of where each metric fails."""

from __future__ import annotations

import gradio as gr

from explorer.engine import Engine
from explorer.ui.explore import Shown


def build_tab(engine: Engine, shown: Shown) -> None:
    """Build the tab inside the current Blocks and wire it."""
    gr.HTML("")
