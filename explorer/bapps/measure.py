"""Distances of a batch from its first pictures: every single metric, both norms, in few passes.

The numbers are those of `comparison.compare`; only the distances are wanted here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch

from explorer.comparison import Heads, over_places
from explorer.features import Features
from explorer.metrics import METRICS, Metric
from explorer.metrics.distance import Arranged, terms

Key = tuple[str, str]
"""(metric, norm)."""


def singles(keys: Sequence[Key]) -> tuple[Metric, ...]:
    """The metrics with a pass of their own over the features that `keys` need."""
    parts = {part for name, _ in keys for part in METRICS[name].parts}
    plain = {METRICS[name].rearrange for name in parts}
    return tuple(m for m in METRICS if m.rearrange in plain and m.rearrange and not m.weighted)


def distances(
    features: Features, count: int, keys: Sequence[Key], heads: Heads | None
) -> torch.Tensor:
    """How far the other pictures of a batch are from its first ones.

    Args:
        features: of (1 + M) · `count` pictures: the first `count`, then M times as many others,
            each time in the order of the first.
        count: how many are compared with.
        keys: what is asked for.
        heads: LPIPS's weights, where `keys` ask for it.

    Returns:
        float64 (M, count, keys), on the CPU.
    """
    found: dict[Key, torch.Tensor] = {}
    for metric in singles(keys):
        partner = next((m for m in METRICS if m.weighted and m.rearrange is metric.rearrange), None)
        is_asked = partner is not None and any(partner.name in METRICS[n].parts for n, _ in keys)
        for layer in range(len(features.maps)):
            head = heads[layer] if heads is not None and is_asked else None
            rows = _layer(features.arranged(metric, layer), count, head)
            for norm, row in zip(("raw", "norm", "weighted"), rows, strict=False):
                name = partner.name if partner and norm == "weighted" else metric.name
                key = (name, "norm" if norm == "weighted" else norm)
                found[key] = found[key] + row if key in found else row
    return torch.stack([_summed(found, key) for key in keys], -1).cpu()


def _summed(found: Mapping[Key, torch.Tensor], key: Key) -> torch.Tensor:
    name, norm = key
    return torch.stack([found[part, norm] for part in METRICS[name].parts]).sum(0)


def _layer(both: Arranged, count: int, head: torch.Tensor | None) -> Sequence[torch.Tensor]:
    """(M, count), float64, a layer's distances: raw, with channel norm, weighted if asked for."""
    first, others = (both.of_pictures(some) for some in (slice(count), slice(count, None)))
    found = over_places(terms(first, others, head).stacked)
    return list(found.view(len(found), -1, count))
