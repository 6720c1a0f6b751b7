"""The paper's sums."""

from explorer.metrics.mean import MEAN
from explorer.metrics.record import register
from explorer.metrics.sort import SORT
from explorer.metrics.spatial import SPATIAL

SPATIAL_MEAN = register(SPATIAL + MEAN)
SPATIAL_SORT = register(SPATIAL + SORT)
