"""Comparing pictures: one pair, or many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, overload

import torch

from explorer import comparison
from explorer.api import checks
from explorer.api.engines import engine_for
from explorer.api.pictures import Array, File, Picture, Size, is_batch, picture_of
from explorer.attribution import HEATMAPS, heatmaps
from explorer.engine import Engine
from explorer.extractor import batched
from explorer.results import Comparison, LayerMap

CHUNK_PIXELS = 16 * 96 * 96
"""Of the pictures that go through the network together."""


@overload
def compare(
    a: File,
    b: Picture,
    network: str = ...,
    weights: str = ...,
    *,
    layers: Sequence[str] | None = ...,
    dtype: torch.dtype = ...,
    device: str | torch.device | None = ...,
    size: Size | None = ...,
    background: str | None = ...,
) -> Comparison: ...
@overload
def compare(
    a: list[Any] | tuple[Any, ...],
    b: Any,
    network: str = ...,
    weights: str = ...,
    *,
    layers: Sequence[str] | None = ...,
    dtype: torch.dtype = ...,
    device: str | torch.device | None = ...,
    size: Size | None = ...,
    background: str | None = ...,
) -> list[Comparison]: ...
@overload
def compare(
    a: Array,
    b: Any,
    network: str = ...,
    weights: str = ...,
    *,
    layers: Sequence[str] | None = ...,
    dtype: torch.dtype = ...,
    device: str | torch.device | None = ...,
    size: Size | None = ...,
    background: str | None = ...,
) -> Any: ...
def compare(
    a: Picture | Sequence[Picture],
    b: Picture | Sequence[Picture],
    network: str = "alexnet",
    weights: str = "pretrained",
    *,
    layers: Sequence[str] | None = None,
    dtype: torch.dtype = torch.float32,
    device: str | torch.device | None = None,
    size: Size | None = None,
    background: str | None = None,
) -> Comparison | list[Comparison]:
    """Compare two pictures by every metric, with and without channel norm, layer by layer.

    Args:
        a: a path, a PIL image, a numpy array (H × W × 3 or grey H × W; uint8, or floats in
            [0, 1]), or a torch tensor (3 × H × W, floats in [0, 1]); sRGB. For many pairs: a list
            of these, a tensor N × 3 × H × W, or an array N × H × W × 3.
        b: the picture, or the pictures, to compare with; each of the size of its partner. The two
            need not be given in the same way.
        network: such as `alexnet`; `docs/reference.md` lists them.
        weights: `pretrained`, `random:SEED`, or the path of a file.
        layers: names of those that count, such as `["relu2", "relu5"]`; all without a choice, which
            LPIPS needs.
        dtype: torch.float32, or torch.float64 for the last digits.
        device: such as `cpu` or `cuda:1`; by default the GPU if there is one.
        size: resize both first (Lanczos) to this many pixels a side, or to (width, height). For
            files, PIL images and uint8 arrays; without it pictures are compared as they are.
        background: composite transparency over `#rrggbb`; without it alpha is dropped.

    Returns:
        For one pair a `Comparison`: `scores[metric, "norm" or "raw"]` has `.total` and `.layers`
        (distances from 0 upwards, without unit), `receipt` says what made them. For many a list.

    Raises:
        ValueError: in one sentence, if something cannot be used as it was given.
        PictureError: a ValueError; if a picture cannot be decoded.
        WeightsError: if the network's weights are not on this machine, or damaged.

    Source: Sjögren et al. 2022, arXiv 2207.02512; LPIPS: Zhang et al. 2018, arXiv 1801.03924.
    """
    record = checks.network_named(network)
    chosen = checks.layers_chosen(record, layers)
    engine = engine_for(device, dtype)
    many = is_batch(a)
    if many != is_batch(b):
        raise ValueError("a and b must both be one picture, or both be many; one is each.")
    if not many:
        pair = (picture_of(a, "a", size, background), picture_of(b, "b", size, background))
        _same_size(*pair, "a and b")
        checks.large_enough(pair[0].shape, record)
        return engine.compare_images(*pair, network, weights, chosen)
    if len(a) != len(b):  # type: ignore[arg-type]
        raise ValueError(
            f"a and b must hold equally many pictures; {len(a)} and {len(b)} "  # type: ignore[arg-type]
            "were given."
        )
    found: list[Comparison] = []
    for first, second in _chunks(a, b, size, background):
        checks.large_enough(first.shape, record)
        found += _compared(engine, first, second, network, weights, chosen)
    return found


def maps(
    a: Picture,
    b: Picture,
    network: str = "alexnet",
    weights: str = "pretrained",
    *,
    metric: str = "spatial",
    norm: bool = True,
    dtype: torch.dtype = torch.float32,
    device: str | torch.device | None = None,
    size: Size | None = None,
    background: str | None = None,
) -> tuple[LayerMap, ...]:
    """Heatmaps of one pair: where each layer's distance comes from.

    Args:
        a: as in `compare`.
        b: as in `compare`.
        network: as in `compare`.
        weights: as in `compare`.
        metric: `spatial` or `lpips` (a map of positions a layer), `sort` (two, over each of the
            pictures: where the activations of the ranks came from), or `mean` (one cell a channel).
        norm: whether with channel norm.
        dtype: as in `compare`.
        device: as in `compare`.
        size: as in `compare`.
        background: as in `compare`.

    Returns:
        Layer by layer; each map's `values` are float32, h × w of the layer's grid, from 0 upwards,
        and their mean is the layer's `distance`.

    Raises:
        ValueError: as `compare`; and for sums, which have no map of their own, and for `lpips`
            where its channel weights do not belong to the network's weights.
        PictureError: as `compare`.
        WeightsError: as `compare`.
    """
    record = checks.network_named(network)
    checks.metric_named(metric, norm)
    if metric not in HEATMAPS:
        raise ValueError(f"There are maps of {', '.join(HEATMAPS)}; {metric!r} is a sum of them.")
    engine = engine_for(device, dtype)
    first, second = picture_of(a, "a", size, background), picture_of(b, "b", size, background)
    _same_size(first, second, "a and b")
    checks.large_enough(first.shape, record)
    with engine.locked(), torch.inference_mode():
        extractor, heads = engine.extractor(network, weights)
        x, y = extractor(first[None]), extractor(second[None])
        compared = comparison.compare(x, y, heads)
        key = checks.norm_named(norm)
        if (metric, key) not in compared.distances:
            raise ValueError(
                f"LPIPS's channel weights do not belong to {network} with weights {weights!r:.60}."
            )
        return heatmaps(metric, key, x, y, compared, tuple(tap.name for tap in record.taps))


def _same_size(first: torch.Tensor, second: torch.Tensor, names: str) -> None:
    if first.shape != second.shape:
        (h, w), (k, v) = first.shape[-2:], second.shape[-2:]
        raise ValueError(f"{names} must have the same size; {w} × {h} and {v} × {k} were given.")


def _chunks(
    a: Any, b: Any, size: Size | None, background: str | None
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Neighbouring pairs of one size, so many that they fit into memory together."""

    def pairs() -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        for i in range(len(a)):
            first = picture_of(a[i], f"a[{i}]", size, background)
            second = picture_of(b[i], f"b[{i}]", size, background)
            _same_size(first, second, f"a[{i}] and b[{i}]")
            yield first, second

    for shape, alike in groupby(pairs(), lambda pair: pair[0].shape):
        room = max(CHUNK_PIXELS // shape[1:].numel(), 1)
        waiting: list[tuple[torch.Tensor, torch.Tensor]] = []
        for pair in alike:
            waiting.append(pair)
            if len(waiting) == room:
                yield _stacked(waiting)
                waiting = []
        if waiting:
            yield _stacked(waiting)


def _stacked(pairs: list[tuple[torch.Tensor, torch.Tensor]]) -> tuple[torch.Tensor, torch.Tensor]:
    # Pictures may come from different devices and in different precision.
    first, second = (
        [picture.cpu().double() for picture in side] for side in zip(*pairs, strict=True)
    )
    return torch.stack(first), torch.stack(second)


def _compared(
    engine: Engine,
    a: torch.Tensor,
    b: torch.Tensor,
    network: str,
    weights: str,
    layers: tuple[int, ...],
) -> list[Comparison]:
    with engine.locked(), torch.inference_mode():
        extractor, heads = engine.extractor(network, weights, layers)
        compared = comparison.compare(batched(extractor, a), batched(extractor, b), heads)
        receipt = engine.receipt_of(extractor, (int(a.shape[-1]), int(a.shape[-2])))
        names = tuple(tap.name for tap in extractor.network.taps)
        return [Comparison(receipt, names, compared.scores(i)) for i in range(len(a))]
