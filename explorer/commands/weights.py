"""`python -m explorer weights list | fetch NETWORK | verify`."""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path
from typing import Any

from explorer import fetching, weights
from explorer.commands.progress import Bar
from explorer.networks import NETWORKS
from explorer.weights import BUNDLED

FINE, DAMAGED, ABSENT = "fine", "damaged", "absent"


def add(commands: Any) -> None:
    """Add the command to a parser's subparsers."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "weights",
        help="list, fetch or verify networks' weights",
        epilog="verify: checks every file on this disk by its sha256; exit code 1 if one is "
        "damaged.",
    )
    parser.add_argument("action", choices=("list", "fetch", "verify"))
    parser.add_argument("name", nargs="?", choices=NETWORKS.names(), metavar="NETWORK")
    parser.set_defaults(run=run, misuse=parser.error)


def run(flags: argparse.Namespace) -> int:
    """Do it; exit code 1 if `verify` finds a damaged file.

    Raises:
        WeightsError: if weights could not be fetched.
    """
    return {"list": _list, "fetch": _fetch, "verify": _verify}[flags.action](flags)


def _list(flags: argparse.Namespace) -> int:
    width = max(map(len, NETWORKS.names())) + 2
    for network in NETWORKS:
        path = weights.on_disk(network)
        megabytes = network.sources[0].megabytes
        state = f"here: {path.name}" if path else f"to be fetched, {megabytes:.0f} MB"
        print(f"{network.name:{width}}{state}")
    return 0


def _fetch(flags: argparse.Namespace) -> int:
    if flags.name is None:
        flags.misuse(f"Say which network to fetch: {', '.join(NETWORKS.names())}.")
    network = NETWORKS[flags.name]
    bar = Bar()
    try:
        path = fetching.fetch(network, bar)
    finally:
        bar.end()
    print(path)
    return 0


def _verify(flags: argparse.Namespace) -> int:
    rows = [row for folder in (BUNDLED, weights.cache_folder()) for row in verified(folder)]
    for network in NETWORKS:
        if weights.on_disk(network) is None:
            rows.append((ABSENT, weights.cached_file(network), "it is fetched when asked for"))
    if flags.name:
        rows = [row for row in rows if row[1].stem == flags.name]
    for state, path, why in rows:
        print(f"{state:9}{path}" + (f": {why}" if why else ""))
    return int(any(state == DAMAGED for state, _, _ in rows))


def verified(folder: Path) -> list[tuple[str, Path, str]]:
    """What each weights file of a folder is, held to the folder's list: (state, path, why).

    A file that is listed and not there is damage, too: it was there once.
    """
    manifest = folder / weights.MANIFEST
    try:
        listed = {str(name): str(row["sha256"]) for name, row in _read(manifest).items()}
    except FileNotFoundError:
        listed = {}
    except (OSError, AttributeError, LookupError, TypeError, ValueError) as error:
        return [(DAMAGED, manifest, f"it cannot be read ({error})")]
    there = {path.name for path in folder.glob("*.safetensors")}
    return [_state(folder / name, listed.get(name)) for name in sorted(listed.keys() | there)]


def _read(manifest: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(manifest.read_text(encoding="utf-8"))
    return found


def _state(path: Path, expected: str | None) -> tuple[str, Path, str]:
    if expected is None:
        return DAMAGED, path, f"it is not listed in {weights.MANIFEST}"
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while piece := file.read(1 << 20):
                digest.update(piece)
    except FileNotFoundError:
        return DAMAGED, path, f"it is listed in {weights.MANIFEST} and not there"
    except OSError as error:
        return DAMAGED, path, f"it cannot be read ({error.strerror})"
    if digest.hexdigest() == expected:
        return FINE, path, ""
    return DAMAGED, path, f"its sha256 is {digest.hexdigest()[:12]}…, not {expected[:12]}…"
