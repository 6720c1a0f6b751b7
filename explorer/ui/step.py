"""One step: the values of all controls in, the data of all panels out. No gradio in here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from explorer import weights
from explorer.engine import Engine
from explorer.form import scene_of
from explorer.images import Upload
from explorer.networks import NETWORKS
from explorer.scene import Scene
from explorer.ui.panels import PANELS, status


@dataclass(frozen=True)
class Answer:
    """Data a panel, by name; `None` where the panel keeps what it shows."""

    panels: Mapping[str, dict[str, Any] | None]


def step(
    engine: Engine,
    values: Mapping[str, object],
    upload: Upload | None,
    changed: dict[str, Any] | None = None,
) -> Answer:
    """Answer one change of the controls.

    What a person can cause (missing weights, a canvas too small, odd values) comes back as a
    sentence in the status panel, and the other panels keep their last answer. `changed` are values
    that the page shall put on its controls along with the answer.
    """
    filled = scene_of(values, upload.sha256 if upload else None)
    key = filled.scene.digest()
    try:
        exploration = engine.explore(filled.scene, upload)
    except (weights.WeightsError, ValueError) as error:
        notes = (*filled.notes, f"{error} The last answer is still shown.")
        data = status.figure(notes, key, _missing(filled.scene, error))
        return Answer({"status": data, **{panel.name: None for panel in PANELS}})
    data = status.figure(filled.notes, key, changed=changed)
    return Answer({"status": data, **{p.name: p.figure(exploration) for p in PANELS}})


def _missing(scene: Scene, error: Exception) -> bool:
    """Whether fetching the network's weights, which are absent or damaged, may help."""
    question = scene.question
    return (
        isinstance(error, weights.WeightsError)
        and question.weights == "pretrained"
        and bool(NETWORKS[question.network].sources)
    )
