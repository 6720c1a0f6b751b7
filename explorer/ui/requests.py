"""The work behind the endpoints: values as they arrived in, plain data out.

Each is a generator of pieces; the last one is the answer. What is wrong with a request is raised
as a ValueError (WeightsError for weights) with the sentence for the caller.
"""

from __future__ import annotations

import base64
import binascii
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from PIL import Image

from explorer import dists, sweeps
from explorer import suite as suites
from explorer.baselines import distances
from explorer.engine import Engine
from explorer.figures import data
from explorer.form import DEFAULTS, FORM, scene_of
from explorer.images import MAX_BYTES, PictureError, read_picture, take_upload, to_tensor
from explorer.networks import NETWORKS
from explorer.results import PIXELS, Sweep, SweepPoint
from explorer.ui import gpu
from explorer.ui.guard import uploaded

SIZES = (16, 1024)
MOST_PIXELS = SIZES[1] ** 2
POINTS = {1: 129, 2: 49}
WEIGHTS = re.compile(r"pretrained|random:\d{1,3}")


def compare(
    engine: Engine,
    picture_a: object,
    picture_b: object,
    network: object,
    weights: object,
    size: object,
    baselines: object,
) -> Iterator[dict[str, Any]]:
    """Two pictures by every metric."""
    name, with_baselines = _network(network), _flag(baselines, "baselines")
    # A name only: the prompt takes paths to weights, strangers do not get to name paths here.
    if not isinstance(weights, str) or not WEIGHTS.fullmatch(weights):
        raise ValueError(
            f"weights is pretrained or random:SEED (0 to 999); {weights!r:.60} was given."
        )
    side = None if size is None else _whole(size, "size", *SIZES)
    a = _picture(picture_a, "picture_a", side)
    b = _picture(picture_b, "picture_b", side)
    found = engine.compare_images(a, b, name, weights)
    on_pixels: dict[str, float] = {}
    if with_baselines:
        asked = dists.baselines(name, weights)
        with engine.locked():
            measured = distances(a[None], b[None], asked)
        on_pixels = {k: float(v) for k, v in measured.items()}
    yield data.comparison(found, on_pixels)


def sweep(
    engine: Engine,
    knob: object,
    second_knob: object,
    values: object,
    picture: object,
    points: object,
    span: object,
) -> Iterator[dict[str, Any]]:
    """One knob or two through their range."""
    names = [knob] if second_knob in (None, "") else [knob, second_knob]
    for name in names:
        if not isinstance(name, str) or name not in sweeps.SWEEPABLE:
            raise ValueError(f"{name!r:.60} cannot be swept; a number like rotate.angle can.")
    if not isinstance(span, str):
        raise ValueError(f"span is one of {', '.join(sweeps.SPANS)}; {span!r:.60} was given.")
    count = _whole(points, "points", 2, POINTS[len(names)])
    upload = None
    given = _values(values)
    if picture not in (None, ""):
        with _file(picture, "picture") as path:
            upload = take_upload(path)
        given["picture.kind"] = "upload"
    filled = scene_of(given, upload.sha256 if upload else None)
    if filled.notes:
        # "…, outside -180 to 180: used 180." Nothing is used in place of what was asked for.
        raise ValueError(filled.notes[0].rpartition(": ")[0] + ".")
    around = {**DEFAULTS, **given}
    axes = tuple(sweeps.axis(str(n), count, span, around[str(n)]) for n in names)
    receipt = gpu.receipt(engine.receipt(filled.scene))
    yield {}
    known: list[SweepPoint] = []
    for part in gpu.sweep(engine, given, axes, upload):
        known += part.points
        yield {}
    found = Sweep(receipt, axes, tuple(sorted(known, key=lambda point: point.at)))
    yield data.sweep(found, given)


def suite(
    engine: Engine, networks: object, archive: object, baselines: object
) -> Iterator[dict[str, Any]]:
    """The built-in suite or the caller's own."""
    asked = ["alexnet"] if networks in (None, []) else networks
    if not isinstance(asked, list):
        raise ValueError(f"networks is a list of names; {networks!r:.60} was given.")
    chosen = list(dict.fromkeys(_network(name) for name in asked))
    if _flag(baselines, "baselines"):
        chosen.append(PIXELS)
    if archive in (None, ""):
        opened = suites.builtin()
    else:
        with _file(archive, "archive.zip") as path:
            try:
                opened = suites.read_suite(path)
            except suites.SuiteError as error:
                # Where the server keeps uploads is nobody's business.
                raise ValueError(str(error).replace(str(path), path.name)) from None
    yield {}
    results: list[suites.CaseResult] = []
    for name in chosen:
        for found in gpu.suite(engine, opened, name, chosen):
            results += found
            yield {}
    yield {"suite": opened.name, **suites.as_json(results, opened.problems)}


def _network(name: object) -> str:
    if not isinstance(name, str) or name not in NETWORKS:
        known = ", ".join(NETWORKS.names())
        raise ValueError(f"There is no network {name!r:.60}; there are: {known}.")
    return name


def _flag(value: object, name: str) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{name} is true or false; {value!r:.60} was given.")
    return value


def _whole(value: object, name: str, low: int, high: int) -> int:
    if type(value) is float and value.is_integer():
        value = int(value)
    if type(value) is not int or not low <= value <= high:
        raise ValueError(f"{name} is a whole number from {low} to {high}; {value!r:.60} was given.")
    return value


def _values(values: object) -> dict[str, Any]:
    if values is None:
        return {}
    if not isinstance(values, Mapping):
        raise ValueError(
            'values is an object such as {"rotate.angle": 30}; ' + f"{values!r:.60} was given."
        )
    for name in values:
        if name not in FORM:
            raise ValueError(f"values names no knob {name!r:.60}; rotate.angle is one.")
    return dict(values)


def _picture(value: object, name: str, size: int | None) -> torch.Tensor:
    with _file(value, name) as path:
        picture = read_picture(path)
    if size is not None:
        picture = picture.convert("RGB").resize((size, size), Image.Resampling.LANCZOS)
    elif picture.width * picture.height > MOST_PIXELS:
        raise PictureError(
            f"{name} is {picture.width} × {picture.height} pixels; {MOST_PIXELS} at most "
            "are compared here: give a size."
        )
    return to_tensor(picture)


@contextmanager
def _file(value: object, name: str) -> Iterator[Path]:
    """A file that came with the request: one that was uploaded, or a data: URI's bytes."""
    if isinstance(value, str) and value.startswith("data:"):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            path.write_bytes(_decoded(value, name))
            yield path
    elif isinstance(value, Mapping) and "path" in value:
        yield uploaded(value["path"])
    elif isinstance(value, str) and value:
        yield uploaded(value)
    else:
        raise ValueError(f"{name} is an uploaded file or a data: URI; {value!r:.60} was given.")


def _decoded(uri: str, name: str) -> bytes:
    if len(uri) > MAX_BYTES * 4 // 3 + 1000:
        raise ValueError(f"{name} is too large: at most {MAX_BYTES // 2**20} MB can be read.")
    head, comma, body = uri.partition(",")
    try:
        if not comma or not head.endswith(";base64"):
            raise ValueError
        return base64.b64decode(body, validate=True)
    except (ValueError, binascii.Error):
        raise ValueError(f"{name} is a data: URI that is not base64.") from None
