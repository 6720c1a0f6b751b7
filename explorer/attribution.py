"""Heatmaps whose mean is the distance they explain.

- `spatial` and LPIPS have positions: each place's term, where it is.
- `sort` has ranks: each rank's term is laid where that activation came from, once in the original
  and once in the perturbed picture. Equal activations share their ranks' terms equally.
- `mean` has neither; its map shows channels, one cell each.
"""

from __future__ import annotations

import math

import numpy as np
import torch

from explorer.comparison import Compared
from explorer.features import Features
from explorer.metrics import METRICS
from explorer.metrics.distance import rank_terms
from explorer.results import LayerMap

HEATMAPS = ("spatial", "sort", "mean", "lpips")


def heatmaps(
    metric: str,
    norm: str,
    a: Features,
    b: Features,
    compared: Compared,
    layers: tuple[str, ...],
) -> tuple[LayerMap, ...]:
    """The maps of one metric for the pair of single pictures `a`, `b`, layer by layer.

    `sort` gives two maps a layer, over the original and over the perturbed picture.

    Raises:
        KeyError: if the metric has no scores here (LPIPS without heads).
    """
    norm = norm if norm in METRICS[metric].norms else "norm"
    distances = compared.distances[metric, norm][0].tolist()
    maps = []
    for i, layer in enumerate(layers):
        for over, values in _layer(metric, norm, a, b, compared, i):
            kind = "channels" if metric == "mean" else "positions"
            maps.append(LayerMap(layer, metric, norm, kind, over, values, distances[i]))
    return tuple(maps)


def _layer(
    metric: str, norm: str, a: Features, b: Features, compared: Compared, i: int
) -> list[tuple[str, np.ndarray]]:
    height, width = a.maps[i].shape[2:]
    if metric in ("spatial", "lpips"):
        name = "weighted" if metric == "lpips" else norm
        chosen: torch.Tensor = getattr(compared.spatial[i], name)
        return [("both", chosen[0].reshape(height, width).cpu().numpy())]
    if metric == "mean":
        each = rank_terms(
            a.arranged(METRICS["mean"], i), b.arranged(METRICS["mean"], i), norm
        ).flatten()
        return [("both", channel_grid(each.cpu().numpy()))]
    contributions = rank_terms(a.arranged(METRICS["sort"], i), b.arranged(METRICS["sort"], i), norm)
    return [
        (over, provenance(contributions[0], features.order(i)[0]).reshape(height, width))
        for over, features in (("original", a), ("perturbed", b))
    ]


def provenance(contributions: torch.Tensor, order: torch.Tensor) -> np.ndarray:
    """Lay rank contributions (C, P) where `order` (C, P) says each rank came from: float32, (P,).

    The mean of the result is the sum of the contributions divided by P: the layer's distance.
    """
    places = contributions.shape[-1]
    flat_order, flat = order.flatten(), contributions.flatten()
    if flat.device.type != "cpu":
        total = torch.zeros(places, dtype=torch.float64, device=flat.device)
        return total.index_add_(0, flat_order, flat.double()).float().cpu().numpy()
    laid = np.bincount(flat_order.numpy(), weights=flat.numpy(), minlength=places)
    return laid.astype(np.float32)


def shared_by_ties(contributions: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    """Share rank contributions (C, P) equally among equal activations of a row.

    `values` are the sorted activations. Without this, which of many equal places a contribution
    falls on would be an accident of the sort; flat regions and zeros are full of ties.
    """
    starts = torch.ones_like(values, dtype=torch.bool)
    torch.ne(values[:, 1:], values[:, :-1], out=starts[:, 1:])
    first = starts.flatten().nonzero().flatten()
    ends = torch.cat([first[1:], first.new_tensor([values.numel()])])
    counts = ends - first
    if contributions.device.type == "cpu":
        # reduceat adds runs without the rounding of differences of one long running sum.
        sums = torch.from_numpy(np.add.reduceat(contributions.numpy().ravel(), first.numpy()))
    else:
        group = starts.flatten().cumsum(0) - 1
        sums = torch.zeros(len(first), dtype=contributions.dtype, device=values.device)
        sums.index_add_(0, group, contributions.flatten())
    return (sums / counts).repeat_interleave(counts).view_as(contributions)


def channel_grid(contributions: np.ndarray) -> np.ndarray:
    """(C,) → the most nearly square grid of C cells, in channel order, row by row.

    Each cell is C times its channel's contribution, so that their mean is the distance.
    """
    count = len(contributions)
    rows = next(r for r in range(math.isqrt(count), 0, -1) if count % r == 0)
    return (contributions * count).astype(np.float32).reshape(rows, count // rows)
