"""The verdict ladder."""

from explorer.figures import ladder
from explorer.ui.panels.panel import Panel

PANEL = Panel(
    "ladder",
    "Verdict: the same picture, or rather a blank canvas?",
    "Each line is a metric. The bold mark is the perturbed picture; grey ticks are the seven blank "
    "references and the decoy, all as multiples of the nearest reference. Left of 1 the metric "
    "still sees the same picture; right of it, it would rather have a blank canvas.",
    '<div class="rows"></div><p class="summary" data-spoken></p><div class="tip" hidden></div>',
    ladder.figure,
    '<button type="button" class="action copy-all" title="One line for each metric: what made the '
    'number, and its link">Copy all</button>',
)
