"""Deep perceptual similarity, explored: what networks' features say of two pictures.

`from explorer import compare, Loss, …` works without importing torch until one is used; see
`docs/api.md`.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from explorer.processor import settle

# It counts only for what is not imported yet.
settle()

__version__ = "0.1.0"

if TYPE_CHECKING:
    from explorer.api.compare import compare as compare
    from explorer.api.compare import maps as maps
    from explorer.api.experiments import run_suite as run_suite
    from explorer.api.experiments import sweep as sweep
    from explorer.api.explore import explore as explore
    from explorer.api.loss import Loss as Loss
    from explorer.api.metric import Metric as Metric
    from explorer.images import PictureError as PictureError
    from explorer.results import Comparison as Comparison
    from explorer.results import Exploration as Exploration
    from explorer.results import LayerMap as LayerMap
    from explorer.results import Sweep as Sweep
    from explorer.weights import WeightsError as WeightsError

_HOMES = {
    "Comparison": "explorer.results",
    "Exploration": "explorer.results",
    "LayerMap": "explorer.results",
    "Loss": "explorer.api.loss",
    "Metric": "explorer.api.metric",
    "PictureError": "explorer.images",
    "Sweep": "explorer.results",
    "WeightsError": "explorer.weights",
    "compare": "explorer.api.compare",
    "explore": "explorer.api.explore",
    "maps": "explorer.api.compare",
    "run_suite": "explorer.api.experiments",
    "sweep": "explorer.api.experiments",
}
"""Where each public name is defined; the module is imported when the name is first used."""

__all__ = ["__version__", *_HOMES]

if not TYPE_CHECKING:  # A type checker would believe that every name exists.

    def __getattr__(name: str) -> object:
        """Import a public name when it is first used (PEP 562)."""
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(_HOMES[name]), name)
        globals()[name] = value
        return value

    def __dir__() -> list[str]:
        """What there is, imported or not."""
        return sorted({*globals(), *__all__})
