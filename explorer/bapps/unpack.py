"""Unpacking an archive of somebody else's: regular files and folders only, all below one folder."""

from __future__ import annotations

import os
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath


class UnpackError(RuntimeError):
    """An archive that is not unpacked; the message is the sentence for the person."""


@dataclass(frozen=True)
class Bounds:
    """What an archive may come to; the largest of BAPPS's stays far below."""

    files: int = 2_000_000
    bytes: int = 64 << 30
    depth: int = 8


def unpack(
    archive: Path,
    into: Path,
    bounds: Bounds | None = None,
    progress: Callable[[int], None] = lambda files: None,
) -> list[Path]:
    """Unpack a .tar.gz; what was unpacked appears only when all of it is there.

    Args:
        archive: the file.
        into: the folder to unpack into; what is there already is never written over.
        bounds: what it may come to.
        progress: called with the number of files, now and then.

    Returns:
        The folders and files at the top that were added.

    Raises:
        UnpackError: if it is damaged, too large, or holds anything else than files and folders
            below one place; nothing of it is kept.
    """
    bounds = bounds or Bounds()
    try:
        into.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".unpacking-", dir=into) as name:
            stage = Path(name)
            _unpack(archive, stage, bounds, progress)
            return _moved(archive, stage, into)
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise UnpackError(f"{archive.name} is damaged or cut off ({error}).") from error
    except OSError as error:
        raise UnpackError(
            f"{archive.name} could not be unpacked ({error.strerror or error})."
        ) from error


def _unpack(archive: Path, stage: Path, bounds: Bounds, progress: Callable[[int], None]) -> None:
    files, size = 0, 0
    with tarfile.open(archive, "r:gz") as tar:
        for member in tar:
            place = stage / _checked(member, archive, bounds)
            if member.isdir():
                place.mkdir(parents=True, exist_ok=True)
                continue
            files, size = files + 1, size + member.size
            if files > bounds.files or size > bounds.bytes:
                raise UnpackError(
                    f"{archive.name} unpacks to more than {bounds.files} files or {bounds.bytes} "
                    "bytes, and is not unpacked."
                )
            place.parent.mkdir(parents=True, exist_ok=True)
            content = tar.extractfile(member)
            # `x`: a second file of the same name does not take the first one's place.
            with place.open("xb") as target:
                shutil.copyfileobj(content, target)  # type: ignore[arg-type]
            if place.stat().st_size != member.size:
                raise UnpackError(f"{archive.name} is damaged or cut off at {member.name!r:.80}.")
            if files % 1000 == 0:
                progress(files)
    progress(files)


def _checked(member: tarfile.TarInfo, archive: Path, bounds: Bounds) -> PurePosixPath:
    """Where a member goes, below the folder."""
    path = PurePosixPath(member.name)
    outside = path.is_absolute() or ".." in path.parts or "\\" in member.name or ":" in member.name
    if outside or "\0" in member.name or len(path.parts) > bounds.depth:
        raise UnpackError(
            f"{archive.name} holds {member.name!r:.80}, which would lie outside; it is not "
            "unpacked."
        )
    if not (member.isreg() or member.isdir()):
        raise UnpackError(
            f"{archive.name} holds {member.name!r:.80}, which is a link or no file; it is not "
            "unpacked."
        )
    return path


def _moved(archive: Path, stage: Path, into: Path) -> list[Path]:
    found = sorted(stage.iterdir())
    there = [into / path.name for path in found if (into / path.name).exists()]
    # A folder that holds several archives' folders takes them in one level deeper.
    for path in list(there):
        inner = [into / path.name / child.name for child in sorted((stage / path.name).iterdir())]
        if path.is_dir() and not any(child.exists() for child in inner):
            there.remove(path)
    if there:
        raise UnpackError(f"{there[0]} is there already; {archive.name} is not unpacked over it.")
    added = []
    for path in found:
        target = into / path.name
        pieces = sorted(path.iterdir()) if target.exists() else [path]
        for piece in pieces:
            place = into / piece.relative_to(stage)
            os.rename(piece, place)
            added.append(place)
    return added
