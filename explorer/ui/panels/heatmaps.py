"""The heatmap grid, one column a layer."""

from explorer.figures import heatmaps
from explorer.ui.panels.panel import Panel

TOOLS = (
    '<div class="segmented" role="radiogroup" aria-label="Colour scale">'
    '<button type="button" role="radio" data-scale="layer" aria-checked="true">'
    "Scale per layer</button>"
    '<button type="button" role="radio" data-scale="shared" aria-checked="false">'
    "One scale</button></div>"
    '<label class="check"><input type="checkbox" class="lock"> Lock scale</label>'
    '<label class="check"><input type="checkbox" class="overlay" checked> Over picture</label>'
)

PANEL = Panel(
    "heatmaps",
    "Where the features differ",
    "",
    '<p class="help how"></p><div class="grid"></div><p class="readout" aria-live="off">&nbsp;</p>',
    heatmaps.figure,
    TOOLS,
)
