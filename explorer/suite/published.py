"""Reads a suite in the published layout, from a folder or a zip, and checks it on the way in.

`ref/` holds the references; `invert/`, `translate/`, `rotate/` and `color_stain/` hold pictures of
which one with `_` in its stem is a variant of the picture whose stem precedes the `_`. Pictures
are read as they are: alpha dropped, no resize. Files are paired by name, never by their order.
"""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO

import numpy as np

from explorer.images import MAX_BYTES, PictureError, open_picture
from explorer.suite.cases import KINDS, STAIN, Case, Suite

LARGEST_SUITE = 512 * 1024 * 1024
MOST_FILES = 5_000
REFERENCES = "ref"
# What a bad zip makes the standard library raise; RuntimeError: it wants a password.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    UnicodeError,
    struct.error,
)


class SuiteError(ValueError):
    """A suite that cannot be used; the message is the sentence for the person."""


def read_suite(path: str | Path) -> Suite:
    """Read and check a suite.

    Raises:
        SuiteError: with one sentence, if it is no folder or zip, climbs out of itself, is too
            large, has no references or no case. Single bad files are left out and named in
            `problems`.
    """
    path = Path(path)
    if path.is_dir():
        files = _from_folder(path)
    elif path.is_file() and zipfile.is_zipfile(path):
        files = _from_zip(path)
    else:
        raise SuiteError(f"{path} is neither a folder nor a zip file.")
    pictures: dict[str, np.ndarray] = {}
    problems: list[str] = []
    total = 0
    for name, data in files:
        total += len(data)
        if total > LARGEST_SUITE or len(pictures) >= MOST_FILES:
            raise SuiteError(
                f"{path.name} is too large: at most {LARGEST_SUITE // 2**20} MB in {MOST_FILES} "
                "pictures can be read."
            )
        try:
            pictures[name] = np.asarray(open_picture(data, name).convert("RGB"))
        except PictureError as error:
            problems.append(str(error))
    pictures = _of_one_size(pictures, problems)
    references = {
        PurePosixPath(p).stem.removeprefix("ref_"): p
        for p in sorted(pictures)
        if PurePosixPath(p).parts[0] == REFERENCES
    }
    cases = [case for kind in KINDS for case in _cases(kind, sorted(pictures), problems)]
    if not references:
        raise SuiteError(f"{path.name} has no readable picture in its folder {REFERENCES}/.")
    if not cases:
        raise SuiteError(f"{path.name} has no case: pictures are expected in {', '.join(KINDS)}.")
    return Suite(path.name, pictures, references, tuple(cases), tuple(problems))


def _wanted(name: PurePosixPath) -> bool:
    inside = len(name.parts) == 2 and name.parts[0] in (REFERENCES, *KINDS)
    return inside and not name.name.startswith(".")


def _from_folder(path: Path) -> Iterator[tuple[str, bytes]]:
    for file in sorted(path.glob("*/*")):
        name = PurePosixPath(file.relative_to(path).as_posix())
        if file.is_file() and _wanted(name):
            # One byte more than is allowed is enough for the picture's reader to refuse it.
            with file.open("rb") as handle:
                yield str(name), handle.read(MAX_BYTES + 1)


def _from_zip(path: Path) -> Iterator[tuple[str, bytes]]:
    known = {REFERENCES, *KINDS}

    def pick(tops: set[str]) -> Callable[[PurePosixPath], str | None]:
        # Suites are often zipped with the folder around them.
        skip = 1 if len(tops) == 1 and not tops & known else 0

        def picked(name: PurePosixPath) -> str | None:
            inner = PurePosixPath(*name.parts[skip:])
            return str(inner) if inner.parts and _wanted(inner) else None

        return picked

    return zipped(path, path.name, pick)


def zipped(
    file: Path | IO[bytes],
    shown: str,
    pick: Callable[[set[str]], Callable[[PurePosixPath], str | None]],
) -> Iterator[tuple[str, bytes]]:
    """Read the files of a zip that somebody gave, in order of their names.

    Args:
        file: the zip.
        shown: what to call it in error messages.
        pick: the topmost folders and files → a function that gives the name under which a file is
            wanted, or None.

    Yields:
        Name and at most `MAX_BYTES` + 1 bytes of each file that is wanted.

    Raises:
        SuiteError: with one sentence, if it is damaged or locked, or a name climbs out of it.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            entries = [e for e in archive.infolist() if not e.is_dir()]
            for entry in entries:
                parts = PurePosixPath(entry.filename.replace("\\", "/")).parts
                if ".." in parts or entry.filename.startswith(("/", "\\")):
                    raise SuiteError(
                        f"{shown} is refused: {entry.filename!r} climbs out of its folder."
                    )
            # A name may be "." alone, which has no parts.
            tops = {p for e in entries for p in PurePosixPath(e.filename).parts[:1]} - {"__MACOSX"}
            picked = pick(tops)
            for entry in sorted(entries, key=lambda e: e.filename):
                name = picked(PurePosixPath(entry.filename))
                if name is not None:
                    # The size in the directory may lie: read no more than is allowed.
                    with archive.open(entry) as handle:
                        yield name, handle.read(MAX_BYTES + 1)
    except _DAMAGE as error:
        raise SuiteError(f"{shown} is a damaged or locked zip file: {error}.") from error


def _of_one_size(pictures: dict[str, np.ndarray], problems: list[str]) -> dict[str, np.ndarray]:
    """The pictures of the commonest size; the others are named."""
    if not pictures:
        return pictures
    sizes = Counter(p.shape[:2] for p in pictures.values())
    (height, width), _ = sizes.most_common(1)[0]
    kept = {}
    for name, picture in pictures.items():
        if picture.shape[:2] == (height, width):
            kept[name] = picture
        else:
            problems.append(
                f"{name} is {picture.shape[1]} × {picture.shape[0]} pixels, most of the suite "
                f"{width} × {height}."
            )
    return kept


def _cases(kind: str, names: list[str], problems: list[str]) -> list[Case]:
    originals: dict[str, list[str]] = defaultdict(list)
    variants: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for name in names:
        path = PurePosixPath(name)
        if path.parts[0] != kind:
            continue
        stem, mark, change = path.stem.partition("_")
        if mark:
            variants[stem][change].append(name)
        else:
            originals[stem].append(name)
    cases = []
    for stem in sorted({*originals, *variants}):
        found = originals.get(stem, [])
        changes = variants.get(stem, {})
        everything = [found, *changes.values()]
        double = next((files for files in everything if len(files) > 1), None)
        if double:
            problems.append(f"{double[0]} and {double[1]} are two candidates for one picture.")
        elif not found or not changes:
            alone = found[0] if found else next(iter(changes.values()))[0]
            problems.append(f"{alone} has no partner.")
        elif kind == STAIN:
            if set(changes) == {"ref", "stain"}:
                cases.append(Case(kind, found[0], changes["stain"][0], changes["ref"][0]))
            else:
                problems.append(f"{found[0]} needs exactly one _stain and one _ref.")
        else:
            cases += [Case(kind, found[0], files[0]) for _, files in sorted(changes.items())]
    return cases
