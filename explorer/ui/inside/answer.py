"""A request of the page → what a view shows. No gradio in here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from explorer import weights
from explorer.engine import Engine
from explorer.form import scene_of
from explorer.images import Upload
from explorer.ui.asked import number_in
from explorer.ui.inside.view import SHARED, Asked, View


def answer(
    engine: Engine,
    view: View,
    request: Mapping[str, object],
    form: Mapping[str, object],
    upload: Upload | None,
) -> dict[str, Any]:
    """Answer one request.

    Args:
        engine: holds the features.
        view: which is asked.
        request: `SHARED` and the view's own knobs by name, `number`, and what else the view reads.
        form: the values of the controls of Explore, those that are not defaults.
        upload: the decoded picture, if the session holds one.

    Returns:
        The view's data with `number` and `key` (by which the page knows the request), `notes`, and
        `frame`, from which the controls above the views are drawn. `failed` if there is no data.
    """
    knobs = {**SHARED, **view.knobs}
    cleaned = {n: k.clean(request.get(n, k.default), k.title or n) for n, k in knobs.items()}
    values = {name: c.value for name, c in cleaned.items()}
    notes = [c.note for c in cleaned.values() if c.note]
    number = number_in(request)
    filled = scene_of(form, upload.sha256 if upload else None)
    notes += filled.notes
    made_by = {"number": number, "key": f"{number} {filled.scene.digest()}", "view": view.name}
    try:
        with engine.locked(), torch.inference_mode():
            pair = engine.pair(filled.scene, upload)
            layer = min(int(values["layer"]), len(pair.layers) - 1)
            swapped = bool(values["swap"]) and "swap" in view.shared
            asked = Asked(
                engine,
                filled.scene,
                upload,
                pair.swap() if swapped else pair,
                layer,
                str(values["norm"]),
                {name: values[name] for name in view.knobs},
                request,
            )
            data = view.answer(asked)
    except (weights.WeightsError, ValueError) as error:
        return {**made_by, "failed": True, "notes": [*notes, str(error)]}
    frame = {
        "layers": pair.layers,
        "layer": layer,
        "norm": asked.norm,
        "swap": swapped,
        "network": pair.network.title,
        "size": filled.scene.layout.size,
    }
    return {**data, **made_by, "notes": [*notes, *data.get("notes", [])], "frame": frame}
