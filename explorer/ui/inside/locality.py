"""The view Locality."""

from __future__ import annotations

from typing import Any

from explorer.continuum import continuum
from explorer.figures import inside_locality as figures
from explorer.spec import Choice, Knob
from explorer.ui.inside.view import Asked, View

SECONDS = 0.06
"""How long an answer computes; what is missing then is asked for again by the page."""

TILES = ("2", "4", "8")

KNOBS: dict[str, Knob] = {
    "tiles": Choice(
        "4",
        TILES,
        tuple(f"{n} × {n} tiles" for n in TILES),
        title="Shuffle",
        help="The picture is cut into tiles, and no tile stays where it was.",
    ),
}


def answer(asked: Asked) -> dict[str, Any]:
    """The continuum as far as it is known; `left` says how much is still to be asked for."""
    tiles = int(asked.values["tiles"])
    found = continuum(asked.engine, asked.scene, asked.upload, asked.pair, tiles, SECONDS)
    data = figures.figure(found, asked.norm)
    if asked.pair.swapped:
        data["aside"] = (
            "While the pictures are swapped, everything is held against the perturbed picture. The "
            "paper's challenges change the original's subject, so they are left out."
        )
    return data


def _body() -> str:
    knob = KNOBS["tiles"]
    options = "".join(
        f'<option value="{option}"{" selected" if option == knob.default else ""}>{label}</option>'
        for option, label in zip(TILES, knob.labels, strict=True)  # type: ignore[union-attr]
    )
    return (
        '<div class="answer" data-spoken></div>'
        '<p class="progress"></p><p class="aside"></p>'
        '<div class="sides"><div class="main">'
        '<div class="legend"></div><div class="chart"></div>'
        '<label class="window"><span>Window <b class="at"></b></span>'
        '<input type="range" min="0" max="0" step="1" value="0"></label>'
        '<div class="lanes" role="radiogroup" aria-label="Challenge in the curves"></div></div>'
        '<div class="beside"><label class="ask tiles"><span>Shuffle</span>'
        f'<select aria-label="Tiles of the shuffle">{options}</select></label>'
        '<div class="table"></div></div></div>'
        '<details class="how"><summary>How a window cuts a layer</summary><p>The window is given '
        "in pixels of the picture. A layer uses the nearest number of its cells, at least one: "
        "round(side × window ÷ picture). Blocks start in the upper left corner; what is left at "
        "the right and lower edge makes smaller blocks. <b>Sort</b> sorts each channel within each "
        "block. <b>Mean</b> averages each channel in each block, and a block counts as often as it "
        "has cells. Channel norm comes after that, and the distance is the mean over all places. "
        "So one cell is exactly spatial, and the whole map is exactly sort or mean.</p></details>"
    )


VIEW = View(
    name="locality",
    title="Locality",
    question="Is there a window that forgives a shift and still minds a shuffle?",
    help="Activations are sorted or averaged within windows: one cell is spatial, the whole map is "
    "sort or mean. Below the line at 1 the changed picture is nearer than the nearest reference "
    "(a stain: than the decoy), everything measured with the same window.",
    body=_body(),
    answer=answer,
    knobs=KNOBS,
    shared=("norm", "swap"),
)
