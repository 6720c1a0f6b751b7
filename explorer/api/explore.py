"""What the page shows, by the values of its controls."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches

import torch

from explorer.api.engines import engine_for
from explorer.engine import Engine
from explorer.form import FORM, Filled, scene_of
from explorer.images import Upload, take_upload
from explorer.results import Exploration


def explore(
    values: Mapping[str, object],
    upload: str | os.PathLike[str] | None = None,
    engine: Engine | None = None,
) -> Exploration:
    """Everything that the Explore tab shows for the values of its controls.

    Args:
        values: by name, such as `{"picture.family": "rings", "rotate.angle": 30}`; what is left
            out is at its default. `docs/reference.md` has all names, ranges and units.
        upload: the file of the picture that `"picture.kind": "upload"` shows.
        engine: computes it; by default one that all calls share, in float32, on the GPU if there
            is one.

    Returns:
        The pictures (float32, 3 × H × W, in [0, 1]), every metric's scores and verdicts, and the
        heatmaps. Values that had to be changed are named in its `notes`, as on the page, and in a
        UserWarning each.

    Raises:
        ValueError: if a name is no control, or the canvas is too small for the network.
        PictureError: if `upload` is no picture.
        WeightsError: if the network's weights are not on this machine.
    """
    filled, picture = asked(values, upload)
    notes = filled.notes
    for note in notes:
        warnings.warn(note, stacklevel=2)
    found = (engine or engine_for(None, torch.float32)).explore(filled.scene, picture)
    return replace(found, notes=notes)


def asked(
    values: Mapping[str, object], upload: str | os.PathLike[str] | None
) -> tuple[Filled, Upload | None]:
    """The scene that the controls describe, notes on what had to be changed, and the upload.

    Raises:
        ValueError: if a name is no control; it names the one that may have been meant.
        PictureError: if `upload` is no picture.
    """
    for name in values:
        if name not in FORM:
            close = get_close_matches(str(name), FORM, n=1)
            meant = f"did you mean {close[0]!r}?" if close else "'rotate.angle' is one."
            raise ValueError(f"There is no control {name!r:.60}; {meant}")
    picture = None if upload is None else take_upload(os.fspath(upload))
    filled = scene_of(values, picture.sha256 if picture else None)
    if picture is not None and filled.scene.source.kind != "upload":
        note = f'{picture.name} is not shown: that needs "picture.kind": "upload".'
        filled = replace(filled, notes=(*filled.notes, note))
    return filled, picture
