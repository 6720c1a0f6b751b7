"""Starts the explorer: `python app.py [--host 127.0.0.1] [--port 7860]`."""

from __future__ import annotations

import argparse
import os


def main() -> None:
    """Read the flags, build the page, serve it."""
    parser = argparse.ArgumentParser(description=__doc__)
    # On a Space the server has to be reachable from outside; at home it should not be.
    home = "0.0.0.0" if os.environ.get("SPACE_ID") else "127.0.0.1"
    parser.add_argument("--host", default=os.environ.get("GRADIO_SERVER_NAME", home))
    parser.add_argument(
        "--port", type=int, default=int(os.environ.get("GRADIO_SERVER_PORT", "7860"))
    )
    flags = parser.parse_args()

    from explorer.ui.app import build, launch_options

    build().launch(server_name=flags.host, server_port=flags.port, **launch_options())


if __name__ == "__main__":
    main()
