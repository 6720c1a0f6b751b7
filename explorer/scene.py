"""Scene: the frozen, hashable description of everything on the screen.

A scene names things; it holds no pixels and no tensors. Equal scenes have equal answers, so a
scene (or a part of it) is the key of every cache, and its JSON is the content of a link.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, TypeVar

from explorer.spec import Value

VERSION = 1


@dataclass(frozen=True)
class Step:
    """A registered function and the values of its knobs, in order of declaration."""

    name: str
    values: tuple[tuple[str, Value], ...] = ()

    @classmethod
    def of(cls, name: str, values: Mapping[str, Value] | None = None) -> Step:
        """A step from a mapping of knob values."""
        return cls(name, tuple((values or {}).items()))

    def kwargs(self) -> dict[str, Value]:
        """The knob values, as keyword arguments."""
        return dict(self.values)


@dataclass(frozen=True)
class Source:
    """Where the subject comes from: `kind` is `synthesis`, `sample` or `upload`.

    `step` names the family (with knobs), the sample photograph, or the upload's sha256.
    """

    kind: str
    step: Step


@dataclass(frozen=True)
class Layout:
    """How the subject sits on the canvas of `size` × `size` pixels.

    `scale`: side of the subject in canvas widths. `x`, `y`: offset of its centre from the
    canvas's, in pixels, right and down. `cutout`: 0 leaves the subject's own alpha; above, the
    colour distance (0 to 1) within which what touches the subject's border becomes transparent.
    """

    size: int = 224
    background: str = "#ffffff"
    scale: float = 0.7
    x: int = 0
    y: int = 0
    cutout: float = 0.0


@dataclass(frozen=True)
class Question:
    """What is asked of the pictures: network, its weights, and what the heatmaps show.

    `baselines`: whether the classical measures of the pixels are asked, too. `own`: a person's own
    metrics, in the words of `explorer.blend`. `taps`: the layers that count, where
    not all do, in the words of `explorer.taps`.
    """

    network: str = "alexnet"
    weights: str = "pretrained"
    norm: bool = True
    heatmap: str = "spatial"
    baselines: bool = False
    own: str = ""
    taps: str = ""


@dataclass(frozen=True)
class Scene:
    """A picture, what is done to it, and what is asked."""

    source: Source
    decoy: Source
    layout: Layout = field(default_factory=Layout)
    challenge: tuple[Step, ...] = ()
    question: Question = field(default_factory=Question)

    def to_json(self) -> str:
        """Compact JSON with a version; `from_json` gives the same scene."""
        return json.dumps({"v": VERSION, **asdict(self)}, separators=(",", ":"), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Scene:
        """The scene that `to_json` wrote.

        Raises:
            ValueError: if the text is no scene of a version that this program knows.
        """
        try:
            data = json.loads(text)
            version = data.get("v") if isinstance(data, dict) else None
            if type(version) is not int or version != VERSION:
                raise ValueError(f"version {version!r:.40} was given, this program reads {VERSION}")
            fields = ("v", "source", "decoy", "layout", "challenge", "question")
            _, source, decoy, layout, challenge, question = _items(data, "it", fields)
            if not isinstance(challenge, list):
                raise ValueError("challenge must be a list of steps")
            return cls(
                source=_source(source, "source"),
                decoy=_source(decoy, "decoy"),
                layout=_record(Layout(), layout, "layout"),
                challenge=tuple(_step(step, "challenge") for step in challenge),
                question=_record(Question(), question, "question"),
            )
        except (TypeError, ValueError, OverflowError, RecursionError) as error:
            raise ValueError(f"That is not a scene of this program: {error}.") from error

    def digest(self) -> str:
        """Twelve hexadecimal digits that name this scene."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:12]


Record = TypeVar("Record", Layout, Question)


def _items(data: object, where: str, names: Iterable[str]) -> list[Any]:
    names = tuple(names)
    if not isinstance(data, dict) or data.keys() != set(names):
        raise ValueError(f"{where} must have exactly {', '.join(names)}")
    return [data[name] for name in names]


def _record(blank: Record, data: object, where: str) -> Record:
    """`blank` with other values of the same types."""
    given: dict[str, Any] = {}
    defaults = vars(blank)
    for name, value in zip(defaults, _items(data, where, defaults), strict=True):
        default = defaults[name]
        if type(default) is float and type(value) is int:
            value = float(value)
        if type(value) is not type(default) or not _is_value(value):
            raise ValueError(f"{where}.{name} must be a finite {type(default).__name__}")
        given[name] = value
    return replace(blank, **given)


def _source(data: object, where: str) -> Source:
    kind, step = _items(data, where, ("kind", "step"))
    if not isinstance(kind, str):
        raise ValueError(f"{where}.kind must be a str")
    return Source(kind, _step(step, where))


def _step(data: object, where: str) -> Step:
    name, values = _items(data, f"a step of {where}", ("name", "values"))
    if not isinstance(name, str) or not isinstance(values, list):
        raise ValueError(f"a step of {where} must have a name and a list of values")
    for pair in values:
        whole = isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str)
        if not whole or not _is_value(pair[1]):
            raise ValueError(f"each value of a step of {where} must be a name and a plain value")
    return Step(name, tuple((knob, value) for knob, value in values))


def _is_value(value: object) -> bool:
    return isinstance(value, (int, str)) or (isinstance(value, float) and math.isfinite(value))
