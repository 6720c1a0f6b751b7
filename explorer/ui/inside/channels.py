"""The view Channels."""

from __future__ import annotations

from typing import Any

from explorer.figures import inside_channels as figures
from explorer.inside import channels
from explorer.spec import Choice, Integer, Knob
from explorer.ui.inside.view import Asked, View

SINGLE = ("spatial", "mean", "sort")

KNOBS: dict[str, Knob] = {
    "metric": Choice("sort", SINGLE, title="Metric"),
    "channel": Integer(-1, -1, 4095, title="Channel", help="-1 is the one that matters most."),
}


def answer(asked: Asked) -> dict[str, Any]:
    """The channels that contribute most."""
    metric = str(asked.values["metric"])
    shares = channels.contributions(asked.pair, metric, asked.norm, asked.layer)
    distance = asked.pair.distance(metric, asked.norm, asked.layer)
    return figures.figure(metric, shares, distance)


VIEW = View(
    name="channels",
    title="Channels",
    question="Which channels make the distance?",
    help="Each row is one feature map of the layer in both pictures, those that contribute most "
    "first. Their shares add up to the layer's distance.",
    body='<div class="rows"></div>',
    answer=answer,
    knobs=KNOBS,
)
