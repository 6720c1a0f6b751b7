"""Distances within a painted region.

The mask is a coarse grid over the picture. Each place of a layer counts by the share of its own
cell (one stride wide, around the middle of its receptive field) that is painted: its weight.

- `spatial` and LPIPS: the mean of the places' terms, weighted. Regions that do not overlap add up:
  each distance times its region's share of the layer, summed, is the distance of their union.
- `mean`: each channel's mean, weighted.
- `sort`: the places that are at least half painted, sorted; where no place is, those with the most
  paint. Ranks are whole places, so they cannot be counted in part.

A mask of everything gives the ordinary distances.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from explorer.comparison import Compared, Heads
from explorer.features import Features
from explorer.inside.receptive import Field
from explorer.metrics import METRICS
from explorer.metrics.distance import Arranged, Terms, terms
from explorer.metrics.sorting import sort_rows

SIDE = 56
"""Rows and columns of a mask, whatever the size of the picture."""


def weights(
    mask: np.ndarray, field: Field, places: tuple[int, int], picture: tuple[int, int]
) -> np.ndarray:
    """The painted share of each place's own cell.

    Args:
        mask: bool (SIDE, SIDE), laid over the whole picture.
        field: of the layer.
        places: height and width of the layer's maps.
        picture: height and width of the picture, in pixels.

    Returns:
        float64, of the layer's height and width, in [0, 1].
    """
    down, across = (
        _overlaps(field.edges(n, side), side) for n, side in zip(places, picture, strict=True)
    )
    # Rounded, so that a cell that is painted all over weighs exactly 1.
    return np.round(down @ mask.astype(np.float64) @ across.T, 12)


def _overlaps(edges: np.ndarray, side: int) -> np.ndarray:
    """The share of each cell that lies in each row of the mask: (places, SIDE), rows sum to 1."""
    rows = np.linspace(0, side, SIDE + 1)
    ends = np.minimum(edges[1:, None], rows[None, 1:])
    starts = np.maximum(edges[:-1, None], rows[None, :-1])
    return np.maximum(ends - starts, 0) / np.diff(edges)[:, None]


def counted(weight: np.ndarray) -> np.ndarray:
    """The places that `sort` compares: int64, in order. None only where nothing is painted."""
    flat = weight.reshape(-1)
    return np.flatnonzero(flat >= min(0.5, float(flat.max())))


def reach(
    weight: np.ndarray, spans: tuple[np.ndarray, np.ndarray], picture: tuple[int, int]
) -> np.ndarray:
    """The pixels that the places with any weight see: bool, height × width of the picture.

    Args:
        weight: of each place.
        spans: the first and last pixel that each place sees, down and across.
        picture: height and width, in pixels.
    """
    down, across = (_seen(each, side) for each, side in zip(spans, picture, strict=True))
    return down.T @ (weight > 0).astype(np.float32) @ across > 0


def _seen(span: np.ndarray, side: int) -> np.ndarray:
    pixels = np.arange(side)[None]
    return ((pixels >= span[:, :1]) & (pixels <= span[:, 1:])).astype(np.float32)


def within(
    a: Features,
    b: Features,
    spatial: Sequence[Terms],
    masks: Sequence[np.ndarray],
    heads: Heads | None = None,
    everywhere: bool = False,
) -> Compared:
    """Compare the picture of `a` with those of `b` within a region.

    Args:
        a: features of one picture.
        b: features of N pictures.
        spatial: the terms of `spatial` between them, a layer each, as `Compared` has them.
        masks: `weights` of each layer, none of them zero all over.
        heads: LPIPS's weights where the network has them.
        everywhere: for `mean` and `sort`, compare the region of `a` with the whole of `b`; ranks
            of both are then matched by their share (the k-th of 10 with the middle of the k-th
            tenth). `spatial` and LPIPS compare places with places and do not change.
    """
    found: dict[tuple[str, str], list[torch.Tensor]] = {}
    for layer, weight in enumerate(masks):
        share = torch.from_numpy(weight.reshape(-1))
        places = spatial[layer]
        for norm in ("raw", "norm"):
            value = _weighted(getattr(places, norm), share)
            found.setdefault(("spatial", norm), []).append(value)
        if heads is not None and places.weighted is not None:
            found.setdefault(("lpips", "norm"), []).append(_weighted(places.weighted, share))
        for metric, part in (("mean", _means), ("sort", _sorted)):
            compared = terms(*part(a, b, layer, weight, everywhere))
            for norm in ("raw", "norm"):
                value = getattr(compared, norm).mean(1, dtype=torch.float64)
                found.setdefault((metric, norm), []).append(value)
    return Compared({key: torch.stack(value, 1).cpu() for key, value in found.items()}, ())


def _weighted(places: torch.Tensor, share: torch.Tensor) -> torch.Tensor:
    """(N, P) → float64 (N,), the mean over places, weighted."""
    share = share.to(places.device)
    return places.double() @ share / share.sum()


def _means(
    a: Features, b: Features, layer: int, weight: np.ndarray, everywhere: bool
) -> tuple[Arranged, Arranged]:
    def mean(features: Features) -> Arranged:
        maps = features.maps[layer]
        share = torch.from_numpy(weight.reshape(-1) / weight.sum()).to(maps)
        # Places before channels is how the maps lie in memory.
        means = (share @ maps.permute(0, 2, 3, 1).flatten(1, 2)).unsqueeze(2)
        return Arranged.of(means)

    whole = METRICS["mean"]
    if _is_full(weight):
        return a.arranged(whole, layer), b.arranged(whole, layer)
    return mean(a), b.arranged(whole, layer) if everywhere else mean(b)


def _sorted(
    a: Features, b: Features, layer: int, weight: np.ndarray, everywhere: bool
) -> tuple[Arranged, Arranged]:
    chosen = torch.from_numpy(counted(weight))

    def inside(features: Features) -> Arranged:
        maps = features.maps[layer]
        places = maps.permute(0, 2, 3, 1).flatten(1, 2)
        picked = places.index_select(1, chosen.to(maps.device))
        return Arranged.of(sort_rows(picked.transpose(1, 2)))

    def spread(features: Features) -> Arranged:
        ordered = features.arranged(whole, layer).values
        count, total = len(chosen), ordered.shape[2]
        ranks = (2 * torch.arange(count) + 1) * total // (2 * count)
        return Arranged.of(ordered.index_select(2, ranks.to(ordered.device)))

    whole = METRICS["sort"]
    if len(chosen) == weight.size:
        return a.arranged(whole, layer), b.arranged(whole, layer)
    return inside(a), spread(b) if everywhere else inside(b)


def _is_full(weight: np.ndarray) -> bool:
    return bool((weight == 1).all())
