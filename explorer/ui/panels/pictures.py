"""Original and perturbed, side by side, swiped or flickering; and the decoy."""

from explorer.figures import pictures
from explorer.ui.panels.panel import Panel

TOOLS = (
    '<div class="segmented" role="radiogroup" aria-label="How to show the pair">'
    '<button type="button" role="radio" data-view="side" aria-checked="true">Side by side</button>'
    '<button type="button" role="radio" data-view="swipe" aria-checked="false">Swipe</button>'
    '<button type="button" role="radio" data-view="flicker" aria-checked="false">Flicker</button>'
    "</div>"
)

BODY = (
    '<div class="stage" data-view="side">'
    '<figure class="original"><div class="frame"><img alt="Original picture"></div>'
    "<figcaption>Original</figcaption></figure>"
    '<figure class="perturbed"><div class="frame"><img alt="Perturbed picture"></div>'
    '<figcaption>Perturbed: <span class="what"></span></figcaption></figure>'
    '<figure class="decoy"><div class="frame"><img alt="Decoy picture"></div>'
    '<figcaption>Decoy<span class="longer">: same background, another subject</span>'
    "</figcaption></figure>"
    '<label class="swipe-control">Swipe between original and perturbed'
    '<input type="range" min="0" max="100" value="50"></label>'
    '<div class="flicker-control"><button type="button" class="action play">Pause</button>'
    '<button type="button" class="action flip">Show the other</button></div>'
    '</div><div class="mini" aria-hidden="true"></div>'
)

PANEL = Panel(
    "pictures",
    "Original and perturbed",
    "",
    BODY,
    pictures.figure,
    TOOLS,
)
