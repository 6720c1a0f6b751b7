"""Per-layer bars."""

from explorer.figures import bars
from explorer.ui.panels.panel import Panel

TOOLS = (
    '<div class="segmented" role="radiogroup" aria-label="Scale of the bars">'
    '<button type="button" role="radio" data-scale="share" aria-checked="true">'
    "Share of total</button>"
    '<button type="button" role="radio" data-scale="absolute" aria-checked="false">'
    "Distance (log)</button></div>"
)

PANEL = Panel(
    "bars",
    "Layer by layer",
    "How much each layer adds to each metric's distance.",
    '<div class="chart"></div><div class="legend"></div>',
    bars.figure,
    TOOLS,
)
