"""The metrics, one rearrangement a file. Importing the package registers them all."""

# isort: off
from explorer.metrics import spatial, mean, sort, combined, lpips
from explorer.metrics.record import METRICS, Metric

__all__ = ["METRICS", "Metric", "combined", "lpips", "mean", "sort", "spatial"]
