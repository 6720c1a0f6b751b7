"""Heatmaps whose mean is the distance they explain.

- `spatial` and LPIPS have positions: each place's term, where it is.
- `sort` has ranks: each rank's term is laid where that activation came from, once in the original
  and once in the perturbed picture. Equal activations share their ranks' terms equally.
- `mean` has neither; its map shows channels, one cell each.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import torch

from explorer.comparison import Compared
from explorer.cores import run
from explorer.features import Features
from explorer.metrics import METRICS
from explorer.metrics.distance import rank_terms
from explorer.provenance import both_laid_out_soon, laid_out, together
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
    if metric == "sort":
        found = _by_rank(norm, a, b)
    else:
        found = [[("both", _layer(metric, norm, a, b, compared, i))] for i in range(len(layers))]
    maps = []
    for i, layer in enumerate(layers):
        for over, values in found[i]:
            kind = "channels" if metric == "mean" else "positions"
            if kind == "positions":
                values = values.reshape(a.maps[i].shape[2:])
            maps.append(LayerMap(layer, metric, norm, kind, over, values, distances[i]))
    return tuple(maps)


def _layer(
    metric: str, norm: str, a: Features, b: Features, compared: Compared, i: int
) -> np.ndarray:
    if metric in ("spatial", "lpips"):
        name = "weighted" if metric == "lpips" else norm
        chosen: torch.Tensor = getattr(compared.spatial[i], name)
        return chosen[0].cpu().numpy()
    each = rank_terms(a.arranged(METRICS["mean"], i), b.arranged(METRICS["mean"], i), norm)
    return channel_grid(each.flatten().cpu().numpy())


def _by_rank(norm: str, a: Features, b: Features) -> list[list[tuple[str, np.ndarray]]]:
    """The two maps of `sort` of each layer, over the original and over the perturbed picture."""
    laid: list[Iterable[np.ndarray]] = []
    jobs = []
    for i in range(len(a.maps)):
        x, y = a.arranged(METRICS["sort"], i), b.arranged(METRICS["sort"], i)
        of_a, of_b = a.ranks(i), b.ranks(i)
        if x.values.device.type == "cpu" and x.values.dtype == torch.float32:
            # Raw values are multiplied by one, which changes nothing.
            s, t = (v if norm == "norm" else torch.ones_like(v) for v in (x.scale, y.scale))
            jobs.append(both_laid_out_soon(of_a, of_b, s, t))
        else:
            contributions = rank_terms(x, y, norm)[0]
            laid.append([laid_out(contributions, of) for of in (of_a, of_b)])
    laid += [together(parts) for parts in run(jobs)]
    return [list(zip(("original", "perturbed"), two, strict=True)) for two in laid]


def channel_grid(contributions: np.ndarray) -> np.ndarray:
    """(C,) → the most nearly square grid of C cells, in channel order, row by row.

    Each cell is C times its channel's contribution, so that their mean is the distance.
    """
    count = len(contributions)
    rows = next(r for r in range(math.isqrt(count), 0, -1) if count % r == 0)
    return (contributions * count).astype(np.float32).reshape(rows, count // rows)
