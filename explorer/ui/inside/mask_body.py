"""The static HTML of the view Honest masks; assets/js/inside-mask.js fills it."""

from __future__ import annotations

from explorer.inside.mask import SIDE
from explorer.spec import Choice

MOST_PIXELS = 4096

METHOD = (
    f"<p>The mask is a grid of {SIDE} × {SIDE} cells over the picture. In each layer a place has "
    "a cell of its own, one stride wide, around the middle of what it sees (the outermost reach "
    "to the edge of the picture); its weight is the painted share of that cell.</p>"
    "<p>Spatial and LPIPS are the weighted mean of the places’ terms: the distances of regions "
    "that do not overlap, each times its share of the places, add up to the distance of all of "
    "them. Mean compares each channel’s weighted mean. Sort compares the places that are at least "
    "half painted, or, where there are none, those with the most paint. With everything painted, "
    "all are the ordinary distances.</p>"
    "<p>Taking the same region in both pictures assumes that things stayed where they were; after "
    "a move or a turn they did not. “The whole picture” compares the region’s means and ranks "
    "with those of the whole other picture instead: sort then matches ranks by their share. "
    "Spatial and LPIPS have to compare places with places, and stay.</p>"
)
FIELDS = (("left", 0, 64), ("top", 0, 64), ("width", 1, 96), ("height", 1, 96))
"""Of the rectangle: name, least, first value; in pixels."""


def body(against: Choice) -> str:
    """All that stands in the panel below its help; `against` is the view's own choice."""
    return (
        f'<div class="painting">{_tools()}{_canvas()}{_actions()}{_rectangle()}</div>'
        '<div class="numbers"><p class="reach" data-spoken></p>'
        f"{_radios(against)}"
        '<div class="results"><div><table class="versus scores"></table>'
        '<h3 class="layers-title"></h3><table class="versus layers"></table></div>'
        '<figure class="laid"><canvas class="cells" role="img"></canvas>'
        '<figcaption class="counts"></figcaption></figure></div>'
        f"<details><summary>What is computed</summary>{METHOD}</details>"
        '<p class="words sr-only"></p></div>'
    )


def _tools() -> str:
    return (
        '<div class="bar">'
        + _segmented("shape", "Tool", ("brush", "rectangle"))
        + _segmented("ink", "Ink", ("paint", "erase"))
        + '<label>Size<input type="range" class="brush" min="1" max="24" step="1" value="8">'
        "</label></div>"
    )


def _segmented(name: str, label: str, options: tuple[str, ...]) -> str:
    buttons = "".join(
        f'<button type="button" role="radio" data-{name}="{option}" '
        f'aria-checked="{str(i == 0).lower()}">{option.capitalize()}</button>'
        for i, option in enumerate(options)
    )
    return f'<div class="segmented {name}" role="radiogroup" aria-label="{label}">{buttons}</div>'


def _canvas() -> str:
    return (
        '<canvas class="paint" tabindex="0" role="application" '
        'aria-label="The picture with the mask. '
        "Paint with a pointer; the arrow keys move the mask, with shift by four cells. The "
        'fields below paint a rectangle."></canvas>'
        '<div class="key"><span><i></i>painted</span><span><i class="seen"></i>seen besides</span>'
        '<span><i class="unseen"></i>not seen</span></div>'
    )


def _actions() -> str:
    buttons = "".join(
        f'<button type="button" class="action" data-do="{name}">{name.capitalize()}</button>'
        for name in ("everything", "clear", "invert", "undo")
    )
    return f'<div class="bar">{buttons}</div>'


def _rectangle() -> str:
    fields = "".join(
        f'<label>{name}<input type="number" name="{name}" min="{least}" max="{MOST_PIXELS}" '
        f'step="1" value="{value}" required></label>'
        for name, least, value in FIELDS
    )
    return (
        f'<form class="rectangle" aria-label="A rectangle, in pixels">{fields}'
        '<button class="action">Add this rectangle</button></form>'
    )


def _radios(against: Choice) -> str:
    options = "".join(
        f'<label class="check"><input type="radio" name="inside-mask-against" value="{option}"'
        f"{' checked' if option == against.default else ''}>{label}</label>"
        for option, label in zip(against.options, against.labels, strict=True)
    )
    return f"<fieldset><legend>{against.title}</legend>{options}</fieldset>"
