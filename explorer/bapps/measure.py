"""Distances of a batch from its first pictures: every single metric, both norms, in few passes.

The numbers are those of `comparison.compare`. Here one picture is compared with several at once,
only the distances are wanted, and memory of the last batch is used again: most of the time would
else go into moving numbers about.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence

import torch

from explorer.comparison import Heads
from explorer.features import Features
from explorer.metrics import METRICS, Metric

Key = tuple[str, str]
"""(metric, norm)."""


class Workspace(threading.local):
    """Memory that a thread uses again and again."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._kept: dict[str, torch.Tensor] = {}
        self._views: dict[tuple[object, ...], torch.Tensor] = {}

    def like(self, name: str, tensor: torch.Tensor, count: int) -> torch.Tensor:
        """Room for `count` pictures laid out as those of `tensor` (N, C, P); its content is old."""
        if tensor.device.type != "cpu":
            return torch.empty_like(tensor[:count])
        key = (name, count, tensor.shape, is_channels_last(tensor), tensor.dtype)
        if key not in self._views:
            self._views[key] = self._view(name, tensor, count)
        return self._views[key]

    def _view(self, name: str, tensor: torch.Tensor, count: int) -> torch.Tensor:
        needed = tensor[0].numel() * count
        kept = self._kept.get(name)
        if kept is None or kept.numel() < needed or kept.dtype != tensor.dtype:
            kept = self._kept[name] = torch.empty(needed, dtype=tensor.dtype)
            self._views = {key: view for key, view in self._views.items() if key[0] != name}
        _, channels, places = tensor.shape
        if is_channels_last(tensor):
            return kept[:needed].view(count, places, channels).transpose(1, 2)
        return kept[:needed].view(count, channels, places)


def is_channels_last(values: torch.Tensor) -> bool:
    """Whether the channels of a place of (N, C, P) stand side by side."""
    return values.stride(1) == 1 and values.shape[1] > 1


def singles(keys: Sequence[Key]) -> tuple[Metric, ...]:
    """The metrics with a pass of their own over the features that `keys` need."""
    parts = {part for name, _ in keys for part in METRICS[name].parts}
    plain = {METRICS[name].rearrange for name in parts}
    return tuple(m for m in METRICS if m.rearrange in plain and m.rearrange and not m.weighted)


def distances(
    features: Features, count: int, keys: Sequence[Key], heads: Heads | None, room: Workspace
) -> torch.Tensor:
    """How far the other pictures of a batch are from its first ones.

    Args:
        features: of (1 + M) · `count` pictures: the first `count`, then M times as many others,
            each time in the order of the first.
        count: how many are compared with.
        keys: what is asked for.
        heads: LPIPS's weights, where `keys` ask for it.
        room: of this thread.

    Returns:
        float64 (M, count, keys), on the CPU.
    """
    found: dict[Key, torch.Tensor] = {}
    for metric in singles(keys):
        partner = next((m for m in METRICS if m.weighted and m.rearrange is metric.rearrange), None)
        is_asked = partner is not None and any(partner.name in METRICS[n].parts for n, _ in keys)
        for layer in range(len(features.maps)):
            head = heads[layer] if heads is not None and is_asked else None
            rows = _layer(features, metric, layer, count, head, room)
            for norm, row in zip(("raw", "norm", "weighted"), rows, strict=False):
                name = partner.name if partner and norm == "weighted" else metric.name
                key = (name, "norm" if norm == "weighted" else norm)
                found[key] = found[key] + row if key in found else row
    return torch.stack([_summed(found, key) for key in keys], -1).cpu()


def _summed(found: Mapping[Key, torch.Tensor], key: Key) -> torch.Tensor:
    name, norm = key
    return torch.stack([found[part, norm] for part in METRICS[name].parts]).sum(0)


def _layer(
    features: Features,
    metric: Metric,
    layer: int,
    count: int,
    head: torch.Tensor | None,
    room: Workspace,
) -> Sequence[torch.Tensor]:
    """(M, count), float64, a layer's distances: raw, with channel norm, weighted if asked for."""
    arranged = features.arranged(metric, layer)
    values = arranged.values
    total = values.shape[0]
    several = (total // count - 1, count, *values.shape[1:])
    difference = room.like("difference", values, total - count)

    by_other = difference.view(several)

    def squared(of: torch.Tensor) -> torch.Tensor:
        """Squares of the differences, summed over channels: (M · count, P)."""
        torch.sub(of[count:].view(several), of[:count], out=by_other)
        if head is None and is_channels_last(difference):
            return torch.linalg.vector_norm(difference, dim=1).square_()
        return difference.square_().sum(1)

    unit = room.like("unit", values, total)
    places = [squared(values), squared(torch.mul(values, arranged.scale, out=unit))]
    if head is not None:
        # `difference` holds the squares still.
        places.append(torch.matmul(difference.transpose(1, 2), head))
    return torch.stack(places).mean(2, dtype=torch.float64).view(-1, *several[:2]).unbind()
