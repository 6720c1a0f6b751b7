"""Rows about pairs, as JSON lines, CSV or a table; a stopped job goes on in a file of them.

Every row of a file says what made it, so a file needs no head of its own beside it, and rows that
were made otherwise are recognised.
"""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from explorer.commands.pair_lists import printable
from explorer.figures.theme import number
from explorer.pairs import Key, Outcome, Pair

JSON, CSV, TABLE = "json", "csv", "table"
_FIXED = ("id", "a", "b", "width", "height")


@dataclass(frozen=True)
class Row:
    """What a row says, whatever it is written in."""

    id: str
    a: str
    b: str
    scores: Mapping[Key, float]
    problem: str


@dataclass(frozen=True)
class Form:
    """How rows are written.

    Attributes:
        kind: `JSON` (one object a line), `CSV` or `TABLE`.
        keys: the (metric, norm) of the scores, in order.
        made_by: one line that says what makes the numbers.
    """

    kind: str
    keys: tuple[Key, ...]
    made_by: str

    def head(self) -> str:
        """What stands above the rows."""
        names = [f"{metric}.{norm}" for metric, norm in self.keys]
        if self.kind == CSV:
            return _csv([*_FIXED, *names, "problem", "made_by"])
        if self.kind == TABLE:
            cells = "".join(f"{name:>{_width(name)}}" for name in names)
            return f"{self.made_by}\n\n{'pair':24}{cells}\n"
        return ""

    def line(self, outcome: Outcome) -> str:
        """One row, with its end of line."""
        pair, scores = outcome.pair, outcome.scores
        paths = [printable(str(path)) for path in (pair.a, pair.b)]
        if self.kind == TABLE:
            if outcome.problem:
                return f"{pair.id:24}{printable(outcome.problem)}\n"
            widths = [_width(f"{metric}.{norm}") for metric, norm in self.keys]
            cells = (number(scores[key]) for key in self.keys)
            return (
                f"{pair.id:24}"
                + "".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))
                + "\n"
            )
        problem = printable(outcome.problem)
        if self.kind == CSV:
            values = [scores[key] if scores else "" for key in self.keys]
            size = outcome.size or ("", "")
            return _csv([pair.id, *paths, *size, *values, problem, self.made_by])
        row: dict[str, Any] = {"id": pair.id, "a": paths[0], "b": paths[1]}
        if outcome.problem:
            row["problem"] = problem
        else:
            by_metric: dict[str, dict[str, float]] = {}
            for metric, norm in self.keys:
                by_metric.setdefault(metric, {})[norm] = scores[metric, norm]
            row |= {"size": list(outcome.size or ()), "scores": by_metric}
        return json.dumps(row | {"made_by": self.made_by}, ensure_ascii=False) + "\n"

    def read(self, lines: Sequence[str]) -> list[Row]:
        """The rows of a file in this form.

        Raises:
            ValueError: with one sentence, if they are none, or something else made them.
        """
        if self.kind == CSV and lines and f"{lines[0]}\n" != self.head():
            raise ValueError("its columns are others")
        rows = []
        for line in lines[1:] if self.kind == CSV else lines:
            try:
                row, made_by = self._from_csv(line) if self.kind == CSV else _from_json(line)
            except (ValueError, LookupError, TypeError, AttributeError, csv.Error):
                raise ValueError(f"it holds a line that is no row: {line!r:.60}") from None
            if made_by != self.made_by:
                raise ValueError(f"{made_by!r:.300} made it, and this would be {self.made_by!r}")
            rows.append(row)
        return rows

    def _from_csv(self, line: str) -> tuple[Row, str]:
        (cells,) = csv.reader([line], strict=True)
        values = dict(zip(self.keys, cells[len(_FIXED) : -2], strict=True))
        problem, made_by = cells[-2:]
        scores = {} if problem else {key: float(value) for key, value in values.items()}
        return Row(cells[0], cells[1], cells[2], scores, problem), made_by


def _width(name: str) -> int:
    return max(len(name), 9) + 2


def _csv(cells: Sequence[object]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()


def _from_json(line: str) -> tuple[Row, str]:
    row = json.loads(line)
    scores = {
        (metric, norm): float(value)
        for metric, norms in row.get("scores", {}).items()
        for norm, value in norms.items()
    }
    problem = row.get("problem", "")
    if not scores and not problem:
        raise ValueError("neither scores nor a problem")
    return Row(row["id"], row["a"], row["b"], scores, problem), row["made_by"]


def reopened(path: Path, form: Form, pairs: Iterable[Pair]) -> dict[str, Row]:
    """The rows that an earlier run wrote, by id; a last line that was cut off is taken away.

    Raises:
        ValueError: with one sentence, if the file is not this job's; it is then left as it is.
    """
    try:
        data = path.read_bytes() if path.exists() else b""
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}.") from error
    whole = data[: data.rfind(b"\n") + 1]
    try:
        if not whole and not _begins(form, data):
            raise ValueError("it holds something else")
        # Not `splitlines`: some of what it splits at may stand in a path.
        rows = form.read(whole.decode().split("\n")[:-1])
        _check(rows, pairs)
    except ValueError as error:
        raise ValueError(f"{path} is not a file that this job can go on in: {error}.") from None
    if len(whole) < len(data):
        os.truncate(path, len(whole))
    return {row.id: row for row in rows}


def _begins(form: Form, data: bytes) -> bool:
    start = form.head().encode() or b'{"id": '
    return data[: len(start)] == start[: len(data)]


def _check(rows: Iterable[Row], pairs: Iterable[Pair]) -> None:
    known = {p.id: (printable(str(p.a)), printable(str(p.b))) for p in pairs}
    seen = set()
    for row in rows:
        if known.get(row.id) != (row.a, row.b):
            raise ValueError(f"its row {row.id!r:.80} is not in the list, or of other pictures")
        if row.id in seen:
            raise ValueError(f"its row {row.id!r:.80} is there twice")
        seen.add(row.id)
