"""Starts the explorer: `python app.py [--host 127.0.0.1] [--port 7860] [--root-path /explorer]`."""

from __future__ import annotations

import argparse
import importlib.util
import os

import explorer  # noqa: F401 - before numpy and torch, which it tells what processor this is

# On Spaces with ZeroGPU this changes torch, so it comes before it; elsewhere there is none.
if importlib.util.find_spec("spaces"):
    import spaces  # noqa: F401


def main() -> None:
    """Read the flags, build the page, serve it."""
    parser = argparse.ArgumentParser(description=__doc__)
    # On a Space the server has to be reachable from outside; at home it should not be.
    home = "0.0.0.0" if os.environ.get("SPACE_ID") else "127.0.0.1"
    parser.add_argument("--host", default=os.environ.get("GRADIO_SERVER_NAME", home))
    parser.add_argument(
        "--port", type=int, default=int(os.environ.get("GRADIO_SERVER_PORT", "7860"))
    )
    parser.add_argument(
        "--root-path",
        help="where a proxy shows the page, such as /explorer (default: $GRADIO_ROOT_PATH)",
    )
    flags = parser.parse_args()

    from explorer.ui.serving import serve

    serve(flags.host, flags.port, flags.root_path)


if __name__ == "__main__":
    main()
