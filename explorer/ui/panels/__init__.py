"""The panels of answers, one a file, in the order in which they stand on the page."""

from explorer.ui.panels import bars, heatmaps, ladder, pictures, receipt
from explorer.ui.panels.panel import Panel, build, carrier, packed

PANELS: tuple[Panel, ...] = (
    pictures.PANEL,
    ladder.PANEL,
    bars.PANEL,
    heatmaps.PANEL,
    receipt.PANEL,
)

__all__ = ["PANELS", "Panel", "build", "carrier", "packed"]
