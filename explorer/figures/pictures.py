"""The pictures themselves, for the page."""

from __future__ import annotations

from typing import Any

from explorer.images import data_uri
from explorer.perturbations import PERTURBATIONS
from explorer.results import Exploration
from explorer.scene import Step


def figure(exploration: Exploration) -> dict[str, Any]:
    """Plain data: the three pictures as addresses, and what was done in words."""
    return {
        "key": exploration.scene.digest(),
        "size": exploration.scene.layout.size,
        "original": data_uri(exploration.original),
        "perturbed": data_uri(exploration.perturbed),
        "decoy": data_uri(exploration.decoy, 85),
        "caption": "; ".join(described(s) for s in exploration.scene.challenge) or "unchanged",
    }


def described(step: Step) -> str:
    """A step in words: its title and the knobs that carry its effect.

    >>> described(Step("rotate", (("angle", 45.0),)))
    'Rotate 45°'
    """
    entry = PERTURBATIONS[step.name]
    shown = []
    for name, value in step.values:
        knob = entry.knobs[name]
        if name in entry.facts["neutral"]:
            unit = getattr(knob, "unit", "")
            label = (
                knob.title.removeprefix("Move ") + " " if len(entry.facts["neutral"]) > 1 else ""
            )
            shown.append(f"{label}{value:g}{unit}" if not isinstance(value, str) else value)
    return f"{entry.title} {', '.join(shown)}"
