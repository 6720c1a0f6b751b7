"""Finds a Chromium for the browser tests, or installs one; fails with a sentence if it cannot."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A camera that shows a test picture, and no question before it is used.
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]


def found() -> str | None:
    """A browser on this machine, its own or Playwright's."""
    for name in NAMES:
        path = shutil.which(name)
        if path:
            return path
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if os.path.exists(path) else None


def executable() -> str:
    """The path of a Chromium, installed first if there is none.

    Raises:
        RuntimeError: if there is none and none can be installed.
    """
    path = found()
    if path is None:
        tries = [[sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"]]
        if shutil.which("apt-get") and os.geteuid() == 0:
            tries.insert(0, ["apt-get", "update"])
            tries.insert(1, ["apt-get", "install", "--yes", "chromium"])
        for command in tries:
            subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
            path = found()
            if path:
                break
    if path is None:
        raise RuntimeError("The browser tests need Chromium: apt-get install chromium.")
    return path
