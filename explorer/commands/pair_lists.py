"""Lists of pairs: two folders with the same names in them, or a CSV."""

from __future__ import annotations

import csv
import io
import os
from collections import Counter
from pathlib import Path

from explorer.pairs import Pair

SUFFIXES = (
    *(".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff"),
    *(".ppm", ".pgm", ".pbm", ".pnm"),
)
MAX_BYTES = 256 * 2**20


def from_folders(a: str, b: str) -> tuple[list[Pair], int]:
    """Pairs of files that have the same path within both folders, ordered by it.

    Returns:
        The pairs, and how many files are left out because their names are no pictures'. A name
        that is on one side only is a pair with a problem.

    Raises:
        ValueError: with one sentence, if a folder cannot be read or there is nothing in either.
    """
    folders = (Path(a), Path(b))
    names, others = zip(*(_names(folder) for folder in folders), strict=True)
    pairs = []
    for name in sorted(names[0] | names[1]):
        missing = [folder for folder, have in zip(folders, names, strict=True) if name not in have]
        problem = f"{printable(name)} is missing in {missing[0]}." if missing else ""
        pairs.append(Pair(printable(name), folders[0] / name, folders[1] / name, problem))
    if not pairs:
        raise ValueError(f"There are no pictures in {a} and {b}: files named *.png, *.jpg, … are.")
    return _unique(pairs), sum(others)


def _names(folder: Path) -> tuple[set[str], int]:
    if not folder.is_dir():
        raise ValueError(f"{folder} is not a folder; two folders of pictures are needed.")

    def refused(error: OSError) -> None:
        raise ValueError(f"{error.filename} cannot be read: {error.strerror}.") from error

    found = set()
    others = 0
    for parent, _, files in os.walk(folder, onerror=refused):
        for name in files:
            if Path(name).suffix.lower() in SUFFIXES:
                found.add((Path(parent) / name).relative_to(folder).as_posix())
            else:
                others += 1
    return found, others


def from_csv(path: str) -> list[Pair]:
    """Pairs from a CSV with columns `a` and `b`, and `id` if there is one.

    Paths are relative to the CSV; without `id`, rows are named by their number from 1. Other
    columns are left alone.

    Raises:
        ValueError: with one sentence, if it cannot be read or is no such list.
    """
    name = Path(path).name
    try:
        if Path(path).stat().st_size > MAX_BYTES:
            raise ValueError(f"{name} has more than {MAX_BYTES >> 20} MB; split it.")
        text = Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{name} is not a text file in UTF-8: byte {error.start} is not."
        ) from None
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    pairs = []
    try:
        head = [cell.strip().lower() for cell in next(rows, [])]
        for column in ("a", "b"):
            if head.count(column) != 1:
                shown = ", ".join(printable(cell) for cell in head)[:80] or "nothing"
                raise ValueError(
                    f"{name} needs one column {column!r} in its first line, which holds {shown}."
                )
        for number, cells in enumerate((row for row in rows if any(row)), 1):
            pairs.append(_pair(dict(zip(head, cells, strict=False)), number, Path(path)))
    except csv.Error as error:
        raise ValueError(f"{name} is not a CSV, line {rows.line_num}: {error}.") from None
    if not pairs:
        raise ValueError(f"{name} holds no pairs: there is nothing below its first line.")
    return _unique(pairs)


def _pair(cells: dict[str, str], number: int, path: Path) -> Pair:
    own = printable(cells.get("id", "").strip()) or str(number)
    a, b = cells.get("a", ""), cells.get("b", "")
    missing = [column for column, cell in (("a", a), ("b", b)) if not cell.strip()]
    problem = ""
    if missing:
        problem = f"Row {number} names no picture in its column {missing[0]!r}."
    elif "\0" in a + b:
        problem = f"Row {number} holds a zero byte, which is in no path."
    if problem:
        return Pair(own, Path(printable(a)), Path(printable(b)), problem)
    return Pair(own, path.parent / a, path.parent / b)


def printable(text: str) -> str:
    """Text that fits on one line of a table: what has no picture on a screen becomes an escape."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def _unique(pairs: list[Pair]) -> list[Pair]:
    doubles = [name for name, count in Counter(pair.id for pair in pairs).items() if count > 1]
    if doubles:
        raise ValueError(f"Two pairs are called {doubles[0]!r}; each needs a name of its own.")
    return pairs
