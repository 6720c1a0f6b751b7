"""Files that rows are added to, so that a stopped job goes on in them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO


@contextlib.contextmanager
def appended(path: str | Path, head: str) -> Iterator[TextIO]:
    """The file, open at its end; `head` is written first where it is new or empty.

    Raises:
        ValueError: with one sentence, if it cannot be written.
    """
    try:
        file = open(path, "a", encoding="utf-8", newline="")  # noqa: SIM115 - closed below
    except OSError as error:
        raise ValueError(f"{path} cannot be written: {error.strerror}.") from error
    with file:
        if file.tell() == 0:
            file.write(head)
        yield file
