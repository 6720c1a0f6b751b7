"""Fetching BAPPS from where its authors keep it: resumed where it stopped, then checked.

No checksums are published for the archives. So the size that the server names is checked, the gzip
and tar structure with its own checks when unpacking, and the sha256 of what came is written down
beside it: a later run, or another machine, can be held to that.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HOSTS = (
    "https://people.eecs.berkeley.edu/~rich.zhang/projects/2018_perceptual/dataset",
    "https://perceptual-similarity.s3.us-west-2.amazonaws.com/dataset",
)
"""The authors' own addresses, tried in order."""
HOME = "https://github.com/richzhang/PerceptualSimilarity"
TIMEOUT = 60
"""Seconds without anything arriving, after which a connection is given up."""
TRIES = 5
"""Connections in a row that bring nothing, after which an address is given up."""
CHUNK = 1 << 20
RECORD = "fetched.json"

Progress = Callable[[float, str], None]
"""Called with the share done in [0, 1] and a short text."""


class FetchError(RuntimeError):
    """A file that cannot be had; the message is the sentence for the person."""


@dataclass(frozen=True)
class Archive:
    """One file of the data set.

    Attributes:
        name: as people type it.
        file: its name on the server.
        into: the folder that it is unpacked into, below the data set's.
        sha256: where it is known.
    """

    name: str
    file: str
    into: str
    sha256: str | None = None


ARCHIVES: Mapping[str, Archive] = {
    archive.name: archive
    for archive in (
        Archive("val", "twoafc_val.tar.gz", "2afc"),
        Archive("train", "twoafc_train.tar.gz", "2afc"),
        Archive("jnd", "jnd.tar.gz", ""),
    )
}


def fetch(
    archive: Archive,
    folder: Path,
    progress: Progress = lambda share, text: None,
    hosts: Sequence[str] | None = None,
) -> Path:
    """The archive's file in `folder`, fetched or gone on with, checked and written down.

    Raises:
        FetchError: with the reason of each address, and where to get the file by hand.
    """
    target = folder / archive.file
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if target.is_file():
            return _as_recorded(archive, target)
        reasons = []
        for host in HOSTS if hosts is None else hosts:
            address = f"{host.rstrip('/')}/{archive.file}"
            try:
                _download(address, target, progress)
                break
            except FetchError as error:
                reasons.append(str(error))
        else:
            raise FetchError(
                f"{archive.file} could not be fetched: {' '.join(reasons)} Get it by hand (see "
                f"{HOME}), put it at {target}, and give the same command again."
            )
        return _as_recorded(archive, target)
    except OSError as error:
        raise FetchError(f"{target} cannot be written: {error.strerror or error}.") from error


def records(folder: Path) -> dict[str, Any]:
    """What was fetched into a folder: file → sha256 and bytes."""
    try:
        return dict(json.loads((folder / RECORD).read_text(encoding="utf-8")))
    except (FileNotFoundError, TypeError, ValueError):
        return {}  # none yet, or damaged: it is written anew


def unpacked(folder: Path, archive: Archive) -> bool:
    """Whether an archive's content was unpacked below `folder`, and is there still."""
    added = records(folder).get(archive.file, {}).get("unpacked", [])
    return bool(added) and all((folder / path).exists() for path in added)


def note_unpacked(folder: Path, archive: Archive, added: Sequence[Path]) -> None:
    """Write down what an archive brought, so that the same command may be given again."""
    known = records(folder)
    known[archive.file]["unpacked"] = [path.relative_to(folder).as_posix() for path in added]
    _write(folder / RECORD, known)


def _as_recorded(archive: Archive, target: Path) -> Path:
    """Check a whole file, and write down what it is where nothing was."""
    known = records(target.parent)
    found: dict[str, Any] = {"sha256": sha256(target), "bytes": target.stat().st_size}
    before = known.get(archive.file)
    expected = archive.sha256 or (before["sha256"] if before else None)
    if expected not in (None, found["sha256"]):
        raise FetchError(
            f"{target} is not what it was (its sha256 is {found['sha256'][:12]}…, "
            f"{str(expected)[:12]}… was expected): delete it, and give the same command again."
        )
    _write(target.parent / RECORD, {**known, archive.file: {**(before or {}), **found}})
    return target


def sha256(path: Path) -> str:
    """Of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            digest.update(piece)
    return digest.hexdigest()


def _write(path: Path, data: Mapping[str, Any]) -> None:
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_text(json.dumps(data, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    os.replace(fresh, path)


def _download(address: str, target: Path, progress: Progress) -> None:
    """Fill `target`, through a file beside it that a later run goes on with."""
    partial = target.with_name(f"{target.name}.part")
    notes = target.with_name(f"{target.name}.part.json")
    idle = 0
    while True:
        have = partial.stat().st_size if partial.is_file() else 0
        try:
            total = _piece(address, partial, notes, progress)
        except (urllib.error.HTTPError, urllib.error.URLError) as error:
            raise FetchError(f"{address}: {_reason(error)}.") from error
        except (OSError, http.client.HTTPException) as error:
            # Cut off on the way: go on, as long as something comes.
            now = partial.stat().st_size if partial.is_file() else 0
            idle = 0 if now > have else idle + 1
            if idle >= TRIES:
                raise FetchError(f"{address}: {str(error) or type(error).__name__}.") from error
            continue
        now = partial.stat().st_size
        if now == total:
            break
        if now > total:
            partial.unlink()
            raise FetchError(f"{address}: {now} bytes came, {total} were announced.")
        idle = 0 if now > have else idle + 1
        if idle >= TRIES:
            raise FetchError(f"{address}: it ends after {now} of {total} bytes.")
    os.replace(partial, target)
    notes.unlink(missing_ok=True)


def _piece(address: str, partial: Path, notes: Path, progress: Progress) -> int:
    """Take what one connection brings; the size that the whole file has to have."""
    have = partial.stat().st_size if partial.is_file() else 0
    try:
        known = dict(json.loads(notes.read_text(encoding="utf-8")))
    except (FileNotFoundError, TypeError, ValueError):
        known = {}
    # Without a name for the file's state, a piece of another state could be appended.
    before = str(known.get("mark") or "") if known.get("address") == address else ""
    if not before:
        have = 0
    headers = {"User-Agent": "deep-similarity-explorer", "Accept-Encoding": "identity"}
    if have:
        headers |= {"Range": f"bytes={have}-", "If-Range": before}
    request = urllib.request.Request(address, headers=headers)
    try:
        answer = urllib.request.urlopen(request, timeout=TIMEOUT)  # noqa: S310 - our own addresses
    except urllib.error.HTTPError as error:
        if error.code == 416 and have:  # nothing lies behind what is there
            error.close()
            if known.get("bytes") == have:
                return have
            partial.unlink()
            return _piece(address, partial, notes, progress)
        raise
    with answer:
        goes_on = answer.status == 206
        if goes_on and not str(answer.headers.get("Content-Range", "")).startswith(
            f"bytes {have}-"
        ):
            raise FetchError(f"{address}: the server sent another piece than the one asked for.")
        length = answer.headers.get("Content-Length", "")
        if not length.isdigit():
            raise FetchError(f"{address}: the server does not say how large the file is.")
        start = have if goes_on else 0
        total = start + int(length)
        etag = answer.headers.get("ETag", "")
        mark = etag if etag.startswith('"') else answer.headers.get("Last-Modified")
        _write(notes, {"address": address, "mark": mark, "bytes": total})
        _take(answer, partial, start, total, progress)
    return total


def _take(answer: Any, partial: Path, start: int, total: int, progress: Progress) -> None:
    done = start
    with partial.open("ab" if start else "wb") as file:
        # `read1` gives what is there: a slow connection still moves the bar.
        while piece := answer.read1(CHUNK):
            file.write(piece)
            done += len(piece)
            progress(done / max(total, 1), f"{done / 1e6:.0f} of {total / 1e6:.0f} MB")


def _reason(error: urllib.error.URLError) -> str:
    if isinstance(error, urllib.error.HTTPError):
        error.close()
        return f"the server answers {error.code} {error.reason}"
    return f"the server cannot be reached ({error.reason})"
