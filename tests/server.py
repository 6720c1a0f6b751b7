"""The app as its user starts it, in a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def serving(folder: Path, **environment: str) -> Iterator[tuple[str, int]]:
    """`python app.py` with its temporary files and its log in `folder`: address and process id."""
    port = free_port()
    log = folder / "server.log"
    temporary = folder / "tmp"
    temporary.mkdir()
    own = {"TMPDIR": str(temporary), "GRADIO_TEMP_DIR": str(temporary / "gradio")}
    own |= {"PYTHONFAULTHANDLER": "1", **environment}
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "app.py", "--port", str(port)],
            cwd=ROOT,
            env={**os.environ, **own},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 120
        while True:
            if process.poll() is not None or time.monotonic() > deadline:
                ended = f"ended with {process.returncode}"
                state = "still runs" if process.returncode is None else ended
                raise RuntimeError(f"The app did not start, it {state}:\n{log.read_text()}")
            try:
                urllib.request.urlopen(address, timeout=5).read()
                break
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.1)
        yield address, process.pid
    finally:
        process.terminate()
        process.wait(20)
