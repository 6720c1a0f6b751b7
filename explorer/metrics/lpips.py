"""LPIPS v0.1 (Zhang et al. 2018): spatial, channel-normalised, channels weighted by human data."""

from explorer.metrics.record import Metric, register
from explorer.metrics.spatial import spatial

LPIPS = register(
    Metric.single(
        "lpips",
        spatial,
        title="LPIPS",
        norms=("norm",),
        weighted=True,
        help="Spatial with channel norm, each channel weighted by what people's judgements taught.",
    )
)
