"""Writes a suite as files in the published layout, for other programs and for looking at."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from PIL import Image

from explorer.suite.cases import Suite
from explorer.suite.published import SuiteError


def export(suite: Suite, folder: str | Path) -> list[Path]:
    """Write the pictures of all cases and references as PNG files; `read_suite` reads them.

    Every file is named `.png`, whatever the suite was read from.

    Returns:
        The files, in the order in which they were written.

    Raises:
        SuiteError: with one sentence, if the folder has something in it or cannot be written.
    """
    folder = Path(folder)
    paths = dict.fromkeys(suite.references.values())
    for case in suite.cases:
        paths.update(dict.fromkeys(p for p in (case.original, case.other, case.decoy) if p))
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Pictures that were there before would read as cases of this suite.
        if any(folder.iterdir()):
            raise SuiteError(f"{folder} is not empty: a suite is written to a folder of its own.")
        for path in paths:
            file = folder / PurePosixPath(path).with_suffix(".png")
            file.parent.mkdir(exist_ok=True)
            Image.fromarray(suite.pictures[path]).save(file)
            written.append(file)
    except OSError as error:
        raise SuiteError(f"{folder} cannot be written: {error.strerror or error}.") from error
    return written
