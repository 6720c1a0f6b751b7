"""What is done to a picture, one family a file. The import order is the order of composition."""

# isort: off
# The order of these lines is the order in which perturbations are registered, and so the order in
# which they compose within a stage; ruff leaves it alone between "isort: off" and "isort: on".
from explorer.perturbations import moves
from explorer.perturbations import stain
from explorer.perturbations import colours
from explorer.perturbations import blur
from explorer.perturbations import noise
from explorer.perturbations import jpeg
from explorer.perturbations import occlusion
# isort: on

from explorer.perturbations.apply import active, apply
from explorer.perturbations.registry import PERTURBATIONS, STAGES

__all__ = [
    "PERTURBATIONS",
    "STAGES",
    "active",
    "apply",
    "blur",
    "colours",
    "jpeg",
    "moves",
    "noise",
    "occlusion",
    "stain",
]
