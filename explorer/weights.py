"""A network's weights as they are on this machine: bundled, cached, in a file, or random.

Bundled and cached files are checked by sha256 before they are used, against the `weights.json`
beside them. `explorer.fetching` fills the cache.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import safetensors
import torch
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors

from explorer import conversion, untrained
from explorer.networks import Network
from explorer.results import WeightsInfo

BUNDLED = Path(__file__).resolve().parent.parent / "assets" / "weights"
MANIFEST = "weights.json"
OLD_HEADS_FILE = "lpips_v00.safetensors"
"""LPIPS v0.0, which nobody should use; the page shows what happens to those who do."""
FETCHED = "fetch it again"
SHIPPED = "restore it from the project's repository"


class WeightsError(RuntimeError):
    """Weights that cannot be had; the message is the sentence for the person.

    `missing`: the network whose weights are not on this machine, where that is why. No argument, so
    that it travels between processes with the rest.
    """

    missing: str | None = None


@dataclass(frozen=True)
class Loaded:
    """A trunk's state dict and what it is."""

    state: conversion.State
    info: WeightsInfo


def cache_folder() -> Path:
    """Where fetched weights are kept: $EXPLORER_CACHE, or the user's cache folder."""
    own = os.environ.get("EXPLORER_CACHE")
    if own:
        return Path(own)
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "deep-similarity-explorer"


def cached_file(network: Network) -> Path:
    """Where a network's fetched weights are kept."""
    return cache_folder() / f"{network.name}.safetensors"


def on_disk(network: Network) -> Path | None:
    """The bundled or cached file of a network's pretrained weights, if there is one."""
    return next(iter(_candidates(network)), None)


def _candidates(network: Network) -> list[Path]:
    """The files of a network's pretrained weights that are there, the preferred one first."""
    candidates = [cached_file(network)]
    if network.bundled:
        candidates.insert(0, BUNDLED / network.bundled)
    return [path for path in candidates if path.is_file()]


def load(network: Network, choice: str = "pretrained") -> Loaded:
    """The weights of `network`: `pretrained`, `random:SEED` or the path of a file.

    Where the bundled file is damaged, a cached one takes its place.

    Raises:
        WeightsError: if they are not here, damaged, or of another network.
    """
    if choice == "pretrained":
        return _pretrained(network)
    if choice == "random" or choice.startswith("random:"):
        if not re.fullmatch(r"random:\d{1,9}", choice):
            raise WeightsError(
                f"Random weights need a seed of one to nine digits, such as random:0; {choice} "
                "was given."
            )
        return _random(network, int(choice.removeprefix("random:")))
    return _load_file(network, Path(choice))


def load_heads(network: Network, file: str = "") -> tuple[torch.Tensor, ...] | None:
    """LPIPS's channel weights, a (C,) tensor a tap; None where it has none.

    Args:
        network: whose features they weigh.
        file: by default that of the network; or `OLD_HEADS_FILE` (v0.0).

    Raises:
        WeightsError: if the file is damaged.
    """
    if network.heads is None:
        return None
    file = file or network.heads_file
    tensors = _tensors(_checked(BUNDLED / file, SHIPPED)[0], file)
    if f"{network.heads}.0" not in tensors:
        return None
    return tuple(tensors[f"{network.heads}.{i}"] for i in range(len(network.taps)))


def _pretrained(network: Network) -> Loaded:
    errors = []
    for path in _candidates(network):
        try:
            return _load_listed(network, path)
        except WeightsError as error:
            errors.append(error)
    if errors:
        raise errors[0]
    absent = WeightsError(
        f"The weights of {network.name} are not on this machine: fetch them "
        f"({network.sources[0].megabytes:.0f} MB) or choose another network."
    )
    absent.missing = network.name
    raise absent


def _load_listed(network: Network, path: Path) -> Loaded:
    data, entry = _checked(path)
    state = fitting(_tensors(data, path.name), network, path.name)
    return Loaded(state, WeightsInfo(entry["origin"], entry["sha256"], entry["licence"]))


def _checked(path: Path, remedy: str = FETCHED) -> tuple[bytes, dict[str, str]]:
    """The bytes of a listed file, after comparing them with its entry in the list."""
    try:
        listed = json.loads((path.parent / MANIFEST).read_text())[path.name]
        entry = {key: str(listed[key]) for key in ("origin", "licence", "sha256")}
        data = path.read_bytes()
    except (OSError, LookupError, TypeError, ValueError) as error:
        raise WeightsError(
            f"{path.name} cannot be checked (it or its line in {MANIFEST} is missing or "
            f"unreadable): {remedy}."
        ) from error
    found = hashlib.sha256(data).hexdigest()
    if found != entry["sha256"]:
        raise WeightsError(
            f"{path.name} is damaged (its sha256 is {found[:12]}…, {entry['sha256'][:12]}… was "
            f"expected): {remedy}."
        )
    return data, entry


def _tensors(data: bytes, name: str) -> conversion.State:
    try:
        return load_tensors(data)
    except (safetensors.SafetensorError, KeyError) as error:  # KeyError: a type unknown to torch
        raise WeightsError(f"{name} is not a safetensors file that can be read.") from error


def _load_file(network: Network, path: Path) -> Loaded:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise WeightsError(f"The weights file {path} cannot be read: {error.strerror}.") from error
    if path.suffix == ".safetensors":
        state = _tensors(data, path.name)
    else:
        state = state_dict(io.BytesIO(data), path.name)
    digest = hashlib.sha256(data).hexdigest()
    return Loaded(fitting(state, network, path.name), WeightsInfo(f"file {path.name}", digest))


def state_dict(file: Path | io.BytesIO, name: str) -> conversion.State:
    """What `torch.save` wrote, read without running anything in it."""
    reason: Exception | None = None
    try:
        state = torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:  # noqa: BLE001 - damaged files make torch raise almost anything
        state, reason = None, error
    if not isinstance(state, Mapping):
        raise WeightsError(
            f"{name} is not a weights file: a .safetensors or a torch state dict is needed."
        ) from reason
    return dict(state)


def fitting(state: conversion.State, network: Network, name: str) -> conversion.State:
    """What `network` needs of `state`, if it is all there, in its shapes, and finite."""
    try:
        found = conversion.torch_state(state, network)
    except KeyError as error:
        raise WeightsError(
            f"{name} does not hold {network.name}: {error} is missing from it."
        ) from error
    for key, wanted in conversion.needed(conversion.empty_trunk(network)).items():
        if found[key].shape != wanted.shape:
            raise WeightsError(
                f"{name} does not hold {network.name}: {key} is {tuple(found[key].shape)}, "
                f"{tuple(wanted.shape)} was expected."
            )
        if not bool(torch.isfinite(found[key]).all()):
            raise WeightsError(f"{name} holds values in {key} that are not finite numbers.")
    return found


def _random(network: Network, seed: int) -> Loaded:
    """An untrained network, as a control."""
    made = untrained.untrained(network, seed)
    digest = hashlib.sha256(save_tensors(made.drawn)).hexdigest()
    return Loaded(made.state, WeightsInfo(f"random, seed {seed} (untrained)", digest))
