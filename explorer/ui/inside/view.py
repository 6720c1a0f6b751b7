"""What a view of the tab Look inside is, and what it is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from explorer.engine import Engine
from explorer.images import Upload
from explorer.inside import Pair
from explorer.results import NORMS
from explorer.scene import Scene
from explorer.spec import Choice, Integer, Knob, Toggle, Value

MOST_LAYERS = 32

SHARED: dict[str, Knob] = {
    "layer": Integer(1, 0, MOST_LAYERS, title="Layer", help="Counted from 0."),
    "norm": Choice("norm", NORMS, ("raw", "normalised"), title="Channel norm"),
    "swap": Toggle(False, title="Swap", help="Takes the perturbed picture for the original."),
}
"""What every view is asked; their controls stand above the views."""


@dataclass(frozen=True)
class Asked:
    """One question of the page, cleaned.

    Attributes:
        engine: for views that need more than the pair; its lock is held.
        scene: what Explore shows.
        upload: the decoded picture, if the session holds one.
        pair: the two pictures with their features, swapped if that was asked.
        layer: counted from 0; the network has it.
        norm: `raw` or `norm`.
        values: the view's own knobs, cleaned.
        extra: the request as it came, for what is no knob; to be checked by the view.
    """

    engine: Engine
    scene: Scene
    upload: Upload | None
    pair: Pair
    layer: int
    norm: str
    values: Mapping[str, Value]
    extra: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class View:
    """One view.

    Attributes:
        name: of the view, of its drawing function in assets/js, and of its DOM id.
        title: on its button.
        question: its heading, which it answers.
        help: two sentences on how to read it.
        body: static HTML, which the drawing function fills.
        answer: what was asked → plain data. A `ValueError` is shown as its sentence.
        knobs: what it is asked besides `SHARED`, by name.
        shared: which controls of `SHARED` mean something to it.
    """

    name: str
    title: str
    question: str
    help: str
    body: str
    answer: Callable[[Asked], dict[str, Any]]
    knobs: Mapping[str, Knob] = field(default_factory=dict)
    shared: tuple[str, ...] = tuple(SHARED)
