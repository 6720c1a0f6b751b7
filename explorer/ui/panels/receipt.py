"""The receipt line."""

from explorer.figures import receipt
from explorer.ui.panels.panel import Panel

PANEL = Panel(
    "receipt",
    "Receipt",
    "",
    '<p class="line"><code></code><button type="button" class="copy">Copy</button></p>'
    '<p class="times"></p>',
    receipt.figure,
)
