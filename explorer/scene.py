"""Scene: the frozen, hashable description of everything on the screen.

A scene names things; it holds no pixels and no tensors. Equal scenes have equal answers, so a
scene (or a part of it) is the key of every cache, and its JSON is the content of a link.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

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
    """What is asked of the pictures: network, its weights, and what the heatmaps show."""

    network: str = "alexnet"
    weights: str = "pretrained"
    norm: bool = True
    heatmap: str = "spatial"


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
            version = data.pop("v")
            if version != VERSION:
                raise ValueError(f"version {version!r} was given, this program reads {VERSION}")
            return cls(
                source=_source(data.pop("source")),
                decoy=_source(data.pop("decoy")),
                layout=Layout(**data.pop("layout")),
                challenge=tuple(_step(s) for s in data.pop("challenge")),
                question=Question(**data.pop("question")),
                **data,
            )
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise ValueError(f"That is not a scene of this program: {error}.") from error

    def digest(self) -> str:
        """Twelve hexadecimal digits that name this scene."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:12]


def _step(data: dict[str, object]) -> Step:
    values = tuple((str(k), v) for k, v in data["values"])  # type: ignore[attr-defined]
    return Step(str(data["name"]), values)


def _source(data: dict[str, object]) -> Source:
    return Source(str(data["kind"]), _step(data["step"]))  # type: ignore[arg-type]
