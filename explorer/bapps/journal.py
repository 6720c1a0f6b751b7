"""The file in which a run goes on: distances block by block, one JSON object a line, appended.

The first line says what makes the numbers. A line that was cut off when the process was killed is
taken away, and its block is done again; every block is always the same items, so the numbers do
not depend on where a run was stopped.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

FORMAT = "deep perceptual similarity explorer: bapps distances"
VERSION = 2


@dataclass(frozen=True)
class Block:
    """What was found of a block.

    Attributes:
        index: of the block.
        distances: for each of its items, in order, and for each picture that is compared, the
            distances by every configuration; None where a picture could not be used.
        problems: a sentence for each item that has None, in order.
    """

    index: int
    distances: Sequence[Sequence[Sequence[float]] | None]
    problems: Sequence[str] = field(default=())

    def line(self) -> str:
        """For the file."""
        data: dict[str, Any] = {"block": self.index, "distances": self.distances}
        if self.problems:
            data["problems"] = list(self.problems)
        return json.dumps(data, ensure_ascii=False, allow_nan=False) + "\n"


def head(made_by: Mapping[str, Any]) -> str:
    """The first line."""
    first = {"format": FORMAT, "version": VERSION, **made_by}
    return json.dumps(first, ensure_ascii=False) + "\n"


def reopened(
    path: Path, made_by: Mapping[str, Any], shapes: Sequence[tuple[int, int, int]]
) -> dict[int, Block]:
    """The blocks that an earlier run wrote; what was cut off is taken away.

    Args:
        path: the file; it may be absent.
        made_by: what makes the numbers of this run.
        shapes: (items, comparisons, configurations) of every block of this run.

    Raises:
        ValueError: with one sentence, if the file is not this run's; it is then left as it is.
    """
    try:
        data = path.read_bytes() if path.exists() else b""
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}.") from error
    first = head(made_by).encode()
    whole = data[: data.rfind(b"\n") + 1]
    if whole and not whole.startswith(first):
        raise ValueError(
            f"{path} is not of this run ({_difference(whole, made_by)}); name another file."
        )
    if not whole and data != first[: len(data)]:
        raise ValueError(f"{path} holds something else; name another file.")
    done: dict[int, Block] = {}
    for line in whole[len(first) :].split(b"\n")[:-1]:
        block = _block(line, shapes)
        if block is None or block.index in done:
            raise ValueError(f"{path} holds a line that is no block of this run: {line[:60]!r}.")
        done[block.index] = block
    if len(whole) < len(data):
        os.truncate(path, len(whole))
    return done


def append(target: TextIO, blocks: Iterable[Block]) -> None:
    """Write blocks and hand them to the system, which keeps them if this process is killed.

    Raises:
        ValueError: with one sentence, if there is no room.
    """
    try:
        target.write("".join(block.line() for block in blocks))
        target.flush()
    except OSError as error:
        raise ValueError(f"Distances cannot be written: {error.strerror}.") from error


def _difference(data: bytes, made_by: Mapping[str, Any]) -> str:
    try:
        found = dict(json.loads(data[: data.find(b"\n")]))
    except (ValueError, TypeError):
        return "it holds something else"
    if found.get("format") != FORMAT or found.get("version") != VERSION:
        return "it holds something else"
    other = [name for name, value in made_by.items() if found.get(name) != value]
    return f"its {', '.join(other)} differ" if other else "its first line differs"


def _block(line: bytes, shapes: Sequence[tuple[int, int, int]]) -> Block | None:
    try:
        data = json.loads(line)
        index, rows = data["block"], data["distances"]
        problems = data.get("problems", [])
        count, comparisons, keys = shapes[index] if index >= 0 else (-1, 0, 0)
        fits = len(rows) == count and len(problems) == rows.count(None)
        for row in rows:
            if row is not None:
                fits &= len(row) == comparisons and all(len(part) == keys for part in row)
                fits &= all(isinstance(value, float) for part in row for value in part)
    except (ValueError, LookupError, TypeError, AttributeError):
        return None
    return Block(index, rows, problems) if fits else None
