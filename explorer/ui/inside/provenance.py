"""The view Provenance."""

from __future__ import annotations

import weakref
from typing import Any

import numpy as np

from explorer.figures import inside_provenance as figures
from explorer.inside.displacement import Field, field, sample
from explorer.inside.matching import Matching, matching
from explorer.inside.provenance import (
    COMPARES,
    Flow,
    arrows,
    flow,
    strongest_channels,
    strongest_place,
)
from explorer.spec import Choice, Integer, Knob, Real
from explorer.ui.inside.view import Asked, View

MOST = 8
SAMPLED = 150

KNOBS: dict[str, Knob] = {
    "metric": Choice("sort", COMPARES, title="Metric"),
    "channel": Integer(-1, -1, 4095, title="Channel", help="-1 is those that matter most there."),
    "x": Real(-1, -1, 1, 0.0001, title="Place x", help="In widths; -1 is what carries most."),
    "y": Real(-1, -1, 1, 0.0001, title="Place y", help="In heights; -1 is what carries most."),
}


def answer(asked: Asked) -> dict[str, Any]:
    """The arrows from one place, and all of them together."""
    pair, layer = asked.pair, asked.layer
    every, whole, standing = _whole(asked)
    channels, height, width = pair.shape(layer)
    x, y = float(asked.values["x"]), float(asked.values["y"])
    notes = []
    channel = int(asked.values["channel"])
    if channel >= channels:
        notes.append(
            f"Channel was {channel}; {pair.layers[layer]} has {channels}, 0 to {channels - 1}: "
            f"used {channels - 1}."
        )
        channel = channels - 1
    chosen = every if channel < 0 else every.channel(channel)
    if x < 0 or y < 0:
        place = strongest_place(chosen)
    else:
        place = min(int(y * height), height - 1) * width + min(int(x * width), width - 1)
    shown = strongest_channels(pair, every, layer, place, MOST) if channel < 0 else [channel]
    if channel >= 0:
        whole, standing = field(chosen), sample(chosen, SAMPLED)
        standing = (standing[0] + channel, *standing[1:])
    names = ("perturbed", "original") if pair.swapped else ("original", "perturbed")
    data = figures.figure(
        chosen,
        arrows(pair, every, layer, place, shown),
        whole,
        standing,
        distance=pair.distance(every.metric, every.norm, layer),
        size=int(pair.a.shape[-1]),
        names=names,
    )
    return {**data, "channel": channel, "channels": channels, "notes": notes}


def _whole(asked: Asked) -> tuple[Flow, Field, tuple[np.ndarray, ...]]:
    """All arrows of the layer, their sums, and those that stand for all.

    They are kept: with VGG-16 each click would otherwise match millions of places again.
    """
    pair, layer, norm = asked.pair, asked.layer, asked.norm
    metric = str(asked.values["metric"])
    kept = asked.engine.worked_out
    # The features themselves are the key, without being kept alive by it.
    made_from = (VIEW.name, weakref.ref(pair.features_a), weakref.ref(pair.features_b), layer)

    def matched() -> Matching:
        return kept.get(made_from, lambda: matching(pair, layer), lambda found: found.nbytes)

    def make() -> tuple[Flow, Field, tuple[np.ndarray, ...]]:
        found = flow(pair, metric, norm, layer, matched() if metric == "sort" else None)
        return found, field(found), sample(found, SAMPLED)

    def size(made: tuple[Flow, Field, tuple[np.ndarray, ...]]) -> int:
        return made[0].nbytes + 3 * made[1].carried.nbytes

    return kept.get((*made_from, metric, norm), make, size)


def _segmented(name: str, label: str, options: dict[str, str]) -> str:
    """A row of buttons, the first of them on; each says in `data-name` which it is."""
    buttons = "".join(
        f'<button type="button" role="radio" data-{name}="{option}" '
        f'aria-checked="{str(i == 0).lower()}">{text}</button>'
        for i, (option, text) in enumerate(options.items())
    )
    return f'<div class="segmented {name}" role="radiogroup" aria-label="{label}">{buttons}</div>'


TOOLS = "".join(
    (
        _segmented("metric", "Metric", {name: name for name in COMPARES}),
        _segmented("scope", "Arrows", {"place": "from one place", "whole": "of the whole layer"}),
        _segmented("which", "Channels", {"most": "all channels", "one": "one channel"}),
        '<label class="check one">Channel <input type="number" min="0" step="1" value="0"></label>',
    )
)

BODY = f"""
<div class="tools">{TOOLS}</div>
<div class="stage-of-arrows">
  <figure class="from"><figcaption></figcaption>
    <div class="frame" tabindex="0" role="application"><img alt=""><span class="grid"></span></div>
  </figure>
  <figure class="to"><figcaption></figcaption>
    <div class="frame"><img alt=""><span class="grid"></span></div>
  </figure>
  <figure class="moves"><figcaption></figcaption>
    <div class="frame"><canvas role="img"></canvas><span class="grid"></span></div>
  </figure>
  <svg class="lines" aria-hidden="true"></svg>
</div>
<div class="legend">
  <canvas class="wheel" width="72" height="72" aria-hidden="true"></canvas>
  <p></p>
</div>
<p class="readout">&nbsp;</p>
<div class="said" data-spoken></div>
<table class="arrows"><caption></caption><thead></thead><tbody></tbody></table>
<p class="rule help"><b>Equal activations</b> (zeros above all) leave open which place is meant. The
rule here: as many of them as can stay where they are do; the others are matched in reading order,
row by row. With channel norm, arrows that join equal to equal carry equally, the mean over their
ranks. Every activation is in one arrow, so all arrows of a layer carry exactly its distance.</p>
"""

VIEW = View(
    name="provenance",
    title="Provenance",
    question="Which place was compared with which?",
    help="Click a place in the first picture, or move there with the arrow keys: each arrow leads "
    "to the place in the second picture that the metric compared it with, in one channel, and is "
    "the wider the more of the distance it carries. The map adds up all arrows of a place: the "
    "brighter, the more they carry; white where they stand still, coloured by where they go.",
    body=BODY,
    answer=answer,
    knobs=KNOBS,
)
