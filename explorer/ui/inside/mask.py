"""The view Honest masks."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import numpy as np

from explorer.comparison import Compared
from explorer.features import Features
from explorer.figures import inside_mask as figures
from explorer.inside import mask as masks
from explorer.inside.mask import SIDE
from explorer.inside.receptive import fields, spans
from explorer.metrics import METRICS
from explorer.results import rule_of
from explorer.spec import Choice, Knob
from explorer.ui.inside.judged import judged
from explorer.ui.inside.mask_body import body
from explorer.ui.inside.view import Asked, View

BYTES = SIDE * SIDE // 8

AGAINST = Choice(
    "region",
    ("region", "whole"),
    ("the same region", "the whole picture"),
    title="Of the other picture, compare",
)
KNOBS: dict[str, Knob] = {"against": AGAINST}


def decoded(given: object) -> np.ndarray:
    """The painted mask: bool (SIDE, SIDE). The whole picture where none is given.

    Args:
        given: base64 of one bit a cell, row by row, the first cell in the highest bit; or None.

    Raises:
        ValueError: if it is anything else, or nothing is painted.
    """
    if given is None:
        return np.ones((SIDE, SIDE), dtype=bool)
    wanted = f"base64 of {BYTES} bytes, a bit for each of {SIDE} × {SIDE} cells"
    if not isinstance(given, str):
        raise ValueError(f"The mask was a {type(given).__name__}; it has to be {wanted}.")
    try:
        data = base64.b64decode(given, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError(f"The mask was not base64; it has to be {wanted}.") from error
    if len(data) != BYTES:
        raise ValueError(f"The mask had {len(data)} bytes; it has to be {wanted}.")
    cells = np.unpackbits(np.frombuffer(data, np.uint8)).reshape(SIDE, SIDE).astype(bool)
    if not cells.any():
        raise ValueError("Nothing is painted: paint a part of the picture, or take everything.")
    return cells


def answer(asked: Asked) -> dict[str, Any]:
    """Every metric inside the region and on the whole picture."""
    mask = decoded(asked.extra.get("mask"))
    pair = asked.pair
    picture = (int(pair.a.shape[1]), int(pair.a.shape[2]))
    layers = range(len(pair.layers))
    found = fields(pair.network)
    places = [pair.shape(layer)[1:] for layer in layers]
    weights = [masks.weights(mask, found[i], places[i], picture) for i in layers]
    down, across = (spans(pair.network, side) for side in picture)
    seen = [masks.reach(weights[i], (down[i], across[i]), picture) for i in layers]
    regions = [
        figures.LayerRegion(
            pair.layers[i],
            found[i].size,
            found[i].jump,
            weights[i].size,
            float(weights[i].sum()),
            len(masks.counted(weights[i])),
            float(seen[i].mean()),
        )
        for i in layers
    ]
    chosen = asked.layer
    rows, columns = (
        found[chosen].edges(n, side) for n, side in zip(places[chosen], picture, strict=True)
    )
    shown = figures.LayerPicture(weights[chosen], rows, columns, seen[chosen])
    painted = float(mask.mean())
    metrics = _measured(asked, weights)
    return figures.figure(painted, rule_of(asked.scene), chosen, regions, shown, metrics)


def _measured(asked: Asked, weights: list[np.ndarray]) -> list[figures.MetricRegion]:
    pair = asked.pair
    to_blanks, to_decoy = asked.engine.against(asked.scene, asked.upload, pair.swapped)
    blanks, decoy = asked.engine.blanks(asked.scene)
    everywhere = asked.values["against"] == "whole"

    def within(others: Features, compared: Compared) -> Compared:
        found = compared.spatial
        return masks.within(pair.features_a, others, found, weights, pair.heads, everywhere)

    whole = (pair.compared, to_blanks, to_decoy)
    inside = (
        within(pair.features_b, pair.compared),
        within(blanks, to_blanks),
        within(decoy, to_decoy),
    )
    on_whole, on_inside = judged(whole), judged(inside)
    return [
        figures.MetricRegion(
            on_whole[key],
            on_inside[key],
            pair.compared.scores()[key].layers,
            inside[0].scores()[key].layers,
        )
        for key in on_whole
        if key[1] == asked.norm or METRICS[key[0]].norms == ("norm",)
    ]


VIEW = View(
    name="mask",
    title="Honest masks",
    question="What does a metric say of one region?",
    help="Paint on the original: each metric compares only what is painted, and ✓ or ✗ comes from "
    "the blank references within the same region. Orange is what the layer’s places look at "
    "besides, so a distance inside is never of the region alone.",
    body=body(AGAINST),
    answer=answer,
    knobs=KNOBS,
)
