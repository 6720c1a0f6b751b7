"""The registry of perturbations and the order in which they compose.

`stage` says what a perturbation works on; stages run in the order of `STAGES`, and within a stage
perturbations run in the order in which they are registered:

- `move`: Canvas → Canvas, places the subject;
- `stain`: Canvas → Canvas, repaints the background;
- `filter`: flattened picture (float32, 3 × H × W, in [0, 1]) → the same.

`neutral` names the values at which it changes nothing; such a step is left out altogether, so
neutral is identical bit for bit.
"""

from explorer.registry import Functions

STAGES = ("move", "stain", "filter")
PERTURBATIONS = Functions("perturbation")
