"""`python -m explorer serve`: the page, as `app.py` starts it."""

from __future__ import annotations

import argparse
import os
from typing import Any


def add(commands: Any) -> None:
    """Add the command to a parser's subparsers; where to listen is as Gradio's variables say."""
    parser: argparse.ArgumentParser = commands.add_parser("serve", help="start the page")
    home = os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1")
    port = int(os.environ.get("GRADIO_SERVER_PORT", "7860"))
    parser.add_argument("--host", default=home, help=f"default: {home}; 0.0.0.0 for all")
    parser.add_argument("--port", type=int, default=port, help=f"default: {port}")
    parser.add_argument(
        "--root-path",
        help="where a proxy shows the page, such as /explorer (default: $GRADIO_ROOT_PATH)",
    )
    parser.set_defaults(run=run)


def run(flags: argparse.Namespace) -> int:
    """Build the page and serve it until it is stopped."""
    # Only here: the other commands need no Gradio, which takes seconds to import.
    from explorer.ui.serving import serve

    serve(flags.host, flags.port, flags.root_path)
    return 0
