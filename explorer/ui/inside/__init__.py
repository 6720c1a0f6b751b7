"""The tab Look inside: one view a file. This list puts them on the page, in its order."""

from explorer.ui.inside import bug, channels, locality, mask, metric, provenance
from explorer.ui.inside.view import Asked, View

VIEWS: tuple[View, ...] = (
    provenance.VIEW,
    channels.VIEW,
    locality.VIEW,
    metric.VIEW,
    mask.VIEW,
    bug.VIEW,
)

__all__ = ["VIEWS", "Asked", "View"]
