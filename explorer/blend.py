"""Blends: metrics that a person builds from what the single metrics say of each layer.

A blend weights layers and single metrics and mixes normalised with raw distances; its score is
plain arithmetic on scores that are there already, so no network runs for it. It belongs to one
network, whose layers it weights. Links, controls and scenes carry blends as one line of text::

    forgiving:alexnet:1,1,0.5,0.5,0:0.2,0,0.8:1

name, network, weights of the layers, weights of `spatial`, `mean` and `sort`, share of the norm.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from explorer.baselines import NAMED
from explorer.metrics import METRICS
from explorer.networks import NETWORKS
from explorer.results import OWN, Score, Scores

PARTS = ("spatial", "mean", "sort")
LARGEST = 2.0
MOST = 8
FORMAT = "deep-similarity-blends"
VERSION = 1
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _-]{0,23}")


@dataclass(frozen=True)
class Blend:
    """A person's own metric on one network.

    Attributes:
        name: up to 24 letters, digits, blanks, `-` and `_`; no registered metric has it.
        network: a registered name.
        layers: a weight in [0, 2] for each of its layers.
        parts: weights in [0, 2] of `PARTS`.
        norm: share of the channel-normalised distances, 0 to 1; the rest is raw.

    Raises:
        ValueError: with one sentence, if something is not as said, or all weights are zero.
    """

    name: str
    network: str
    layers: tuple[float, ...]
    parts: tuple[float, ...] = (1.0, 0.0, 0.0)
    norm: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what could not be scored or named."""
        if not _NAME.fullmatch(self.name) or self.name != self.name.rstrip():
            raise ValueError(
                f"A metric needs a name of 1 to 24 letters, digits, blanks, - or _; "
                f"{self.name!r:.40} was given."
            )
        if self.name in (*METRICS.names(), *NAMED, *PARTS):
            raise ValueError(f"{self.name} is the name of a metric that exists: choose another.")
        expected = len(layers_of(self.network))
        if len(self.layers) != expected:
            raise ValueError(
                f"{self.network} has {expected} layers; {len(self.layers)} weights were given."
            )
        if len(self.parts) != len(PARTS):
            raise ValueError(f"{', '.join(PARTS)} need a weight each; {self.parts} was given.")
        for weight in (*self.layers, *self.parts):
            if not (math.isfinite(weight) and 0 <= weight <= LARGEST):
                raise ValueError(f"Weights lie between 0 and {LARGEST:g}; {weight:g} was given.")
        if not (math.isfinite(self.norm) and 0 <= self.norm <= 1):
            raise ValueError(f"The norm's share lies between 0 and 1; {self.norm:g} was given.")
        if not any(self.layers) or not any(self.parts):
            raise ValueError(
                "With every weight at zero all pictures are alike: give a layer and one of "
                f"{', '.join(PARTS)} a weight."
            )

    def weights(self) -> dict[tuple[str, str], float]:
        """(single metric, norm) → its factor, the same in every layer."""
        shares = {"raw": 1 - self.norm, "norm": self.norm}
        return {
            (part, norm): weight * share
            for part, weight in zip(PARTS, self.parts, strict=True)
            for norm, share in shares.items()
        }

    def score(self, scores: Scores) -> Score:
        """Layer by layer: the layer's weight times the weighted sum of the single distances.

        Args:
            scores: of the single metrics, both norms, on the blend's network.
        """
        used = [(scores[key].layers, w) for key, w in self.weights().items() if w]
        return Score(
            tuple(
                weight * sum(layers[i] * w for layers, w in used)
                for i, weight in enumerate(self.layers)
            )
        )


def layers_of(network: str) -> tuple[str, ...]:
    """The names of a network's layers.

    Raises:
        ValueError: if there is no such network.
    """
    if network not in NETWORKS:
        known = ", ".join(NETWORKS.names())
        raise ValueError(f"There is no network {network!r:.40}; there are: {known}.")
    return tuple(tap.name for tap in NETWORKS[network].taps)


def with_blends(scores: Scores, blends: Iterable[Blend], network: str) -> Scores:
    """The scores and those of the blends that belong to this network, after them."""
    own = {(b.name, OWN): b.score(scores) for b in blends if b.network == network}
    return {**scores, **own} if own else scores


def written(blends: Sequence[Blend]) -> str:
    """The one line that `read` reads.

    >>> written([Blend("mine", "alexnet", (1, 1, 0.5, 0, 0), (0.25, 0, 1), 0.5)])
    'mine:alexnet:1,1,0.5,0,0:0.25,0,1:0.5'
    """
    return ";".join(
        ":".join([b.name, b.network, _numbers(b.layers), _numbers(b.parts), _numbers([b.norm])])
        for b in blends
    )


def read(text: str) -> tuple[Blend, ...]:
    """The blends of a line; nothing is none.

    Raises:
        ValueError: with one sentence, if it is no such line.
    """
    blends = tuple(_read(part) for part in text.split(";")) if text else ()
    return _checked(blends)


def canonical(text: str) -> str:
    """The line with its numbers in their shortest form.

    Raises:
        ValueError: see `read`.
    """
    return written(read(text))


def to_json(blends: Sequence[Blend]) -> str:
    """A file for people and other programs; layers by name."""
    metrics = [
        {
            "name": b.name,
            "network": b.network,
            "layers": dict(zip(layers_of(b.network), b.layers, strict=True)),
            "metrics": dict(zip(PARTS, b.parts, strict=True)),
            "norm": b.norm,
        }
        for b in blends
    ]
    return json.dumps({"format": FORMAT, "version": VERSION, "blends": metrics}, indent=2)


def from_json(text: str) -> tuple[Blend, ...]:
    """The blends of such a file.

    Raises:
        ValueError: with one sentence that names what is wrong.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError("The file is no JSON: export a metric to see what one looks like.") from (
            error
        )
    if not isinstance(data, dict) or (data.get("format"), data.get("version")) != (FORMAT, VERSION):
        raise ValueError(f"The file is no {FORMAT} of version {VERSION}.")
    rows = data.get("blends")
    if not isinstance(rows, list) or not rows:
        raise ValueError("The file holds no metrics under `blends`.")
    return _checked(tuple(_from_row(row) for row in rows))


def _checked(blends: tuple[Blend, ...]) -> tuple[Blend, ...]:
    names = [(b.name, b.network) for b in blends]
    if len(set(names)) < len(names):
        raise ValueError(f"Two metrics have one name among {', '.join(n for n, _ in names)}.")
    if len(blends) > MOST:
        raise ValueError(f"At most {MOST} metrics of one's own; {len(blends)} were given.")
    return blends


def _read(part: str) -> Blend:
    fields = part.split(":")
    if len(fields) != 5:
        raise ValueError(
            f"{part!r:.60} is no metric: name:network:layers:{','.join(PARTS)}:norm is expected."
        )
    name, network, layers, parts, norm = fields
    try:
        numbers = [tuple(float(n) for n in field.split(",")) for field in (layers, parts, norm)]
    except ValueError as error:
        raise ValueError(f"The weights of {name!r:.40} are not all numbers.") from error
    return Blend(name, network, numbers[0], numbers[1], math.fsum(numbers[2]))


def _from_row(row: object) -> Blend:
    keys = ("name", "network", "layers", "metrics", "norm")
    if not isinstance(row, dict) or set(row) != set(keys):
        raise ValueError(f"Each metric of the file needs exactly {', '.join(keys)}.")
    name, network = str(row["name"]), str(row["network"])
    layers = _weights(row["layers"], layers_of(network), name, "layers")
    parts = _weights(row["metrics"], PARTS, name, "metrics")
    return Blend(name, network, layers, parts, _number(row["norm"], name))


def _weights(found: Any, names: Sequence[str], owner: str, what: str) -> tuple[float, ...]:
    if not isinstance(found, Mapping) or set(found) != set(names):
        raise ValueError(f"The {what} of {owner!r:.40} must be {', '.join(names)}.")
    return tuple(_number(found[name], owner) for name in names)


def _number(value: object, owner: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"The weights of {owner!r:.40} are not all numbers.")
    return float(value)


def _numbers(values: Iterable[float]) -> str:
    return ",".join(f"{value:.12g}" for value in values)
