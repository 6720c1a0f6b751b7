"""What people who wait are told, on standard error: answers alone go to standard output."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

LINE_SECONDS = 10
"""Between two lines of `Counter`, where standard error is no terminal."""


def say(text: str) -> None:
    """One sentence of the program's own."""
    print(f"explorer: {text}", file=sys.stderr, flush=True)


class Counter:
    """How far a job is: one line that is written over on a terminal, else a line now and then."""

    def __init__(self, speaks: bool = True) -> None:
        """`speaks`: false in all but one of several processes."""
        self._terminal = speaks and sys.stderr.isatty()
        self._listed = speaks and not self._terminal
        self._said = time.monotonic()

    def show(self, text: str) -> None:
        """What has been done; called as often as it changes."""
        if self._terminal:
            print(f"\r{text:60}", end="", file=sys.stderr, flush=True)
        elif self._listed and time.monotonic() - self._said >= LINE_SECONDS:
            self._said = time.monotonic()
            print(text, file=sys.stderr, flush=True)

    def end(self) -> None:
        """What is said next stands on a line of its own."""
        if self._terminal:
            print(file=sys.stderr)


def by_tenths() -> Callable[[float, str], None]:
    """A function of the share that is done and a text; it prints a line for every tenth."""
    told: set[int] = set()

    def report(share: float, text: str) -> None:
        tenth = int(10 * share)
        if tenth not in told:
            told.add(tenth)
            print(f"{10 * tenth:3d} % {text}", file=sys.stderr, flush=True)

    return report


class Bar:
    """How far a download is: a bar on a terminal, else a line for every tenth."""

    def __init__(self, title: str = "") -> None:
        """`title`: what is fetched, where the texts do not say so."""
        self._title = f"{title}: " if title else ""
        self._report = self._drawn if sys.stderr.isatty() else by_tenths()
        self._open = False

    def __call__(self, share: float, text: str) -> None:
        """`share` of all is done, from 0 to 1; `text` says of what."""
        self._report(share, self._title + text)

    def _drawn(self, share: float, text: str) -> None:
        done = round(30 * share)
        self._open = True
        bar = f"[{'#' * done}{'.' * (30 - done)}]"
        print(f"\r{bar} {text:60.60}", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        """What is said next stands on a line of its own."""
        if self._open:
            self._open = False
            print(file=sys.stderr)
