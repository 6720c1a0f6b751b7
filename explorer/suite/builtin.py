"""The project's own suite: every picture is made from a row of `assets/suite/builtin.json`.

A row names its kind and what of the form differs from the defaults; `kinds` holds what the rows
of a kind have in common and the variants that are made of each. The original is the scene without
its challenge, and a stain's decoy is the scene's decoy.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from explorer.canvas import smoothed
from explorer.form import FORM, scene_of
from explorer.images import to_bytes
from explorer.pictures import REFERENCES, picture, reference, subject
from explorer.scene import Scene
from explorer.suite.cases import KINDS, STAIN, Case, Suite
from explorer.suite.published import SuiteError

ROWS = Path(__file__).resolve().parents[2] / "assets" / "suite" / "builtin.json"


@lru_cache(maxsize=1)
def builtin() -> Suite:
    """The built-in suite; it is rendered once."""
    return made_from(ROWS)


def made_from(path: Path) -> Suite:
    """A suite from a file of rows.

    Returns:
        A suite with a scene for each case. Paths are those of the published layout; pictures are
        rounded to uint8, as a file holds them, and read-only.

    Raises:
        SuiteError: with one sentence, at the first row that cannot be used as it is written.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SuiteError(f"{path.name} cannot be read: {reason}.") from error
    size, kinds, rows = _parts(data, path.name, size=int, kinds=dict, rows=list)
    references = {name: f"ref/ref_{name}.png" for name in sorted(REFERENCES)}
    pictures = {p: to_bytes(reference(name, size)) for name, p in references.items()}
    scenes: dict[Case, Scene] = {}
    names: set[str] = set()
    for number, row in enumerate(rows, 1):
        kind, name, _ = _parts(row, f"Row {number}", kind=str, name=str, values=dict)
        if kind not in KINDS or kind not in kinds:
            raise SuiteError(f"{name}: {kind!r} is not one of the kinds {', '.join(KINDS)}.")
        # In the published layout `_` begins the name of a variant.
        if not re.fullmatch("[a-z0-9-]+", name):
            raise SuiteError(f"{name!r} is no name: lower-case letters, digits and - are.")
        if name in names:
            raise SuiteError(f"{name}: two rows have this name.")
        names.add(name)
        made = _cases(row, kinds[kind], size)
        pictures |= _rendered(made)
        scenes |= made
    for pixels in pictures.values():
        pixels.flags.writeable = False
    cases = sorted(scenes, key=lambda case: (KINDS.index(case.kind), case.original, case.other))
    return Suite("Built-in suite", pictures, references, tuple(cases), scenes=scenes)


def _parts(data: object, where: str, **types: type) -> list[Any]:
    """The items of an object that has exactly these, each of its type."""
    if isinstance(data, dict) and data.keys() == types.keys():
        values = [data[name] for name in types]
        if all(isinstance(v, t) for v, t in zip(values, types.values(), strict=True)):
            return values
    wanted = ", ".join(f"{name} ({t.__name__})" for name, t in types.items())
    raise SuiteError(f"{where} must have exactly {wanted}.")


def _cases(row: Mapping[str, Any], shared: object, size: int) -> dict[Case, Scene]:
    """What a row asks, with a scene for each of its variants."""
    kind, name = row["kind"], row["name"]
    values, variants = _parts(shared, f"The kind {kind}", values=dict, variants=dict)
    stem = f"{kind}/{name}"
    decoy = f"{stem}_ref.png" if kind == STAIN else None
    found = {}
    for suffix, change in variants.items():
        case = Case(kind, f"{stem}.png", f"{stem}_{suffix}.png", decoy)
        given = {"layout.size": str(size), **values, **row["values"], **change}
        found[case] = _scene(name, given)
    alike = {(scene.source, scene.decoy, scene.layout) for scene in found.values()}
    if len(alike) != 1 or {scene.layout.size for scene in found.values()} != {size}:
        raise SuiteError(f"{name}: all variants need one original, {size} pixels wide.")
    return found


def _scene(name: str, values: Mapping[str, object]) -> Scene:
    for knob, value in values.items():
        if knob not in FORM:
            raise SuiteError(f"{name}: the form has no {knob!r}.")
        cleaned = FORM[knob].clean(value, knob)
        if cleaned.note or cleaned.value != value:
            raise SuiteError(f"{name}: {cleaned.note or f'{knob} {value!r} is not exact.'}")
    filled = scene_of(values)
    if filled.notes:
        raise SuiteError(f"{name}: {filled.notes[0]}")
    if not filled.scene.challenge:
        raise SuiteError(f"{name}: nothing is done to the picture.")
    return filled.scene


def _rendered(scenes: Mapping[Case, Scene]) -> dict[str, np.ndarray]:
    """The pictures of the cases of one original, uint8 H × W × 3, by path."""
    case, scene = next(iter(scenes.items()))
    placed = subject(scene.source, scene.layout, None)
    smooth = smoothed(placed)
    pictures = {case.original: picture(placed, scene.layout, (), smooth)}
    for case, scene in scenes.items():
        pictures[case.other] = picture(placed, scene.layout, scene.challenge, smooth)
        if case.decoy:
            decoy = subject(scene.decoy, scene.layout, None)
            pictures[case.decoy] = picture(decoy, scene.layout, ())
    return {path: to_bytes(pixels) for path, pixels in pictures.items()}
