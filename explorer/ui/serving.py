"""Serves the page: what `python app.py` and the prompt start."""

from __future__ import annotations

import threading
from typing import Any

import gradio as gr
from starlette.middleware import Middleware

from explorer.beforehand import compile_loops
from explorer.engine import Engine
from explorer.ui import game, gpu, health
from explorer.ui.app import build, launch_options
from explorer.ui.limits import BodyLimit


def serve(
    host: str,
    port: int | None,
    root_path: str | None = None,
    engine: Engine | None = None,
    **rest: Any,
) -> gr.Blocks:
    """Build the page and serve it, with its endpoints, tools of MCP and `/health`.

    Args:
        host: the address to listen on; 0.0.0.0 for all.
        port: to listen on; None for the first free one from 7860 on.
        root_path: under which a proxy shows the page, such as `/explorer`; without one, what
            `GRADIO_ROOT_PATH` says.
        engine: to compute with.
        rest: further arguments of Gradio's `launch`, such as `prevent_thread_lock`.
    """
    engine = engine or gpu.page_engine()
    # A rented GPU's work runs in forked processes, which nothing may be half done in.
    if engine.device.type == "cpu" and not gpu.rented():
        threading.Thread(target=compile_loops, name="compile", daemon=True).start()
    demo = build(engine)
    app = {
        "routes": [health.route(engine), *game.routes(engine)],
        "middleware": [Middleware(BodyLimit)],
    }
    demo.launch(
        server_name=host,
        server_port=port,
        root_path=root_path,
        app_kwargs=app,
        **launch_options(),
        **rest,
    )
    return demo
