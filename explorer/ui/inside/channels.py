"""The view Channels: which channels make the distance, and what they saw."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np

from explorer.figures import inside_channels as figures
from explorer.inside import channels
from explorer.results import NORMS
from explorer.spec import Choice, Integer, Knob
from explorer.ui.inside.view import Asked, View

METRIC = Choice("sort", channels.SINGLE, title="Rank by", help="Whose distance is taken apart.")
CHANNEL = Integer(-1, -1, 4095, title="Channel", help="-1 is the one that contributes most.")
COUNT = Integer(8, 1, 24, title="Rows", help="How many channels have a row.")

KNOBS: dict[str, Knob] = {"metric": METRIC, "channel": CHANNEL, "count": COUNT}


def answer(asked: Asked) -> dict[str, Any]:
    """The channels that contribute most, and one channel in full."""
    pair, norm, layer = asked.pair, asked.norm, asked.layer
    metric, count = str(asked.values["metric"]), int(asked.values["count"])
    shares, extents = _of_the_layer(asked)
    distances = {m: pair.distance(m, norm, layer) for m in channels.SINGLE}
    order = channels.ranked(shares[metric])
    chosen, notes = _chosen(asked, len(order))
    channel = int(order[0]) if chosen < 0 else chosen
    first = [int(c) for c in order[:count]]
    detail = {
        "channel": channel,
        "numbers": figures.numbers(channel, shares, distances),
        "maps": {
            n: figures.trio(channels.maps(pair, n, layer, [channel]), 0, figures.MAP_SIDE, "<u2")
            for n in NORMS
        },
        "curves": figures.sorted_curves(channels.curves(pair, norm, layer, channel)),
    }
    return {
        **figures.ranking(shares[metric], metric, distances[metric], count),
        "count": count,
        "asked": chosen,
        "rows": figures.rows(channels.maps(pair, norm, layer, first), first, shares[metric]),
        "detail": detail,
        "limits": figures.limits(extents, norm),
        "notes": notes,
    }


def _of_the_layer(asked: Asked) -> tuple[dict[str, np.ndarray], dict[str, channels.Extent]]:
    """What all channels contribute by metric, and their spans by norm; kept for the next click.

    Neither changes when the pictures are swapped.
    """
    pair, norm, layer = asked.pair, asked.norm, asked.layer

    def make() -> tuple[dict[str, np.ndarray], dict[str, channels.Extent]]:
        return (
            {m: channels.contributions(pair, m, norm, layer) for m in channels.SINGLE},
            {n: channels.extent(pair, n, layer) for n in NORMS},
        )

    key = ("channels", asked.scene, layer, norm)
    return asked.engine.keep(key, make, lambda kept: sum(s.nbytes for s in kept[0].values()))


def _chosen(asked: Asked, channels_there: int) -> tuple[int, list[str]]:
    """The channel that was asked for, or -1 with a sentence if the layer does not have it."""
    channel = int(asked.values["channel"])
    if channel < channels_there:
        return channel, []
    name = asked.pair.layers[asked.layer]
    note = (
        f"Channel was {channel}, but {name} has the channels 0 to {channels_there - 1}: shown is "
        "the one that contributes most."
    )
    return -1, [note]


def _body() -> str:
    metrics = "".join(
        f'<button type="button" role="radio" data-metric="{name}" '
        f'aria-checked="{str(name == METRIC.default).lower()}">{name}</button>'
        for name in METRIC.options
    )
    return (
        '<div class="tools">'
        f'<span>{escape(METRIC.title)}</span><div class="segmented metrics" role="radiogroup" '
        f'aria-label="{escape(METRIC.title)}">{metrics}</div>'
        f'<label>{COUNT.title} <input type="number" class="count" value="{COUNT.default}" '
        f'min="{COUNT.low}" max="{COUNT.high}" step="1"></label>'
        "<span>Scales</span>"
        '<div class="segmented scales" role="radiogroup" aria-label="Scales">'
        '<button type="button" role="radio" data-scale="channel" aria-checked="true">'
        "each channel's</button>"
        '<button type="button" role="radio" data-scale="layer" aria-checked="false">'
        "fixed for the layer</button></div></div>"
        '<p class="summary" data-spoken></p>'
        '<div class="strip"></div><p class="readout of-strip">&nbsp;</p>'
        '<div class="halves"><div class="left"><h3 class="rows-title"></h3>'
        '<div class="rows"></div></div><div class="detail"><header><h3 class="name"></h3>'
        '<div class="tools"><button type="button" class="step back" '
        'aria-label="The channel that contributes more">‹</button>'
        f'<label>{CHANNEL.title} <input type="number" class="channel" min="0" step="1"></label>'
        '<button type="button" class="step on" aria-label="The channel that contributes less">'
        '›</button><button type="button" class="most">most</button></div></header>'
        '<p class="trouble" role="alert"></p>'
        '<table class="numbers"></table><div class="maps-of-one"></div>'
        '<p class="readout of-maps">&nbsp;</p><div class="curves-head"><h4>Sorted activations</h4>'
        '<p class="legend"></p><div class="segmented ranks" role="radiogroup" aria-label="Ranks">'
        '<button type="button" role="radio" data-view="0" aria-checked="true">all ranks</button>'
        '<button type="button" role="radio" data-view="1" aria-checked="false">where they differ'
        '</button></div></div><div class="curves"></div>'
        '<p class="readout of-curves">&nbsp;</p><div class="explained"></div></div></div>'
    )


VIEW = View(
    name="channels",
    title="Channels",
    question="Which channels make the distance?",
    help="A layer's distance is a sum over its channels: each row is one channel's feature map in "
    "both pictures, those that contribute most first. Choose one to see what each metric compares "
    "of it: spatial its places, sort its sorted activations, mean its two means.",
    body=_body(),
    answer=answer,
    knobs=KNOBS,
)
