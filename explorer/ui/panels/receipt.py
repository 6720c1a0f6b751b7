"""The receipt line, the link, and the comparison as files."""

from explorer.figures import receipt
from explorer.ui.panels.panel import Panel

FILES = (
    ("html", "Report", "One HTML file with everything; it opens offline and prints"),
    ("json", "JSON", "Scene, receipt, scores and verdicts in full precision"),
    ("csv", "CSV", "A row for each metric, norm and layer, and for each total"),
    ("py", "Python", "The script that computes the same numbers again"),
)
FIGURES = (("ladder", "Verdicts"), ("bars", "Layers"), ("heatmaps", "Heatmaps"))

_files = "".join(
    f'<button type="button" class="action" data-file="{kind}" title="{help}">{title}</button>'
    for kind, title, help in FILES
)
_figures = "".join(
    f'<button type="button" class="action" data-figure="{name}" '
    f'title="The figure as it stands on the page, at twice its size">{title}</button>'
    for name, title in FIGURES
)

PANEL = Panel(
    "receipt",
    "Receipt, link and files",
    "",
    '<p class="line"><code></code></p>'
    '<div class="share"><div role="group" aria-labelledby="share-copy">'
    '<span id="share-copy">Copy</span>'
    '<button type="button" class="action copy" title="One line with the whole sha256 of the '
    'weights and the link">Receipt</button>'
    '<button type="button" class="action copy-link" title="Opens this page as it stands now">'
    "Link</button></div>"
    '<div role="group" aria-labelledby="share-files"><span id="share-files">Download</span>'
    f"{_files}</div>"
    '<div role="group" aria-labelledby="share-figures"><span id="share-figures">Figures (PNG)'
    f"</span>{_figures}</div></div>"
    '<p class="said" role="status"></p><p class="times"></p>',
    receipt.figure,
)
