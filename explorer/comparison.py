"""Scores of features against features: all metrics, both norms, every layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch

from explorer.cores import run
from explorer.features import Features, single_metrics
from explorer.metrics import METRICS, Metric
from explorer.metrics.distance import Terms, terms_soon
from explorer.results import NORMS, Score

Heads = Sequence[torch.Tensor]


@dataclass(frozen=True)
class Compared:
    """One batch of comparisons.

    Attributes:
        distances: (single metric, norm) → float64 (N, layers), on the CPU.
        spatial: the terms of `spatial` (and LPIPS) a layer, which are its heatmaps.
    """

    distances: dict[tuple[str, str], torch.Tensor]
    spatial: tuple[Terms, ...]
    _scores: dict[int, dict[tuple[str, str], Score]] = field(default_factory=dict, compare=False)

    @property
    def nbytes(self) -> int:
        """Memory of the terms and distances."""
        kept = [layer.stacked for layer in self.spatial] + list(self.distances.values())
        return sum(t.numel() * t.element_size() for t in kept)

    def scores(self, index: int = 0) -> dict[tuple[str, str], Score]:
        """Every registered metric's score of comparison `index`, sums included."""
        if index not in self._scores:
            self._scores[index] = self._scored(index)
        return self._scores[index]

    def _scored(self, index: int) -> dict[tuple[str, str], Score]:
        single = {key: Score(tuple(d[index].tolist())) for key, d in self.distances.items()}
        result = {}
        for metric in METRICS:
            for norm in metric.norms:
                parts = [single.get((part, norm)) for part in metric.parts]
                if all(part is not None for part in parts):
                    score = parts[0]
                    for part in parts[1:]:
                        score = score + part  # type: ignore[operator]
                    result[metric.name, norm] = score
        return result  # type: ignore[return-value]


def compare(
    a: Features,
    b: Features,
    heads: Heads | None = None,
    asked: Sequence[Metric] | None = None,
) -> Compared:
    """Compare the pictures of `a` with those of `b`.

    Args:
        a: features of as many pictures as `b` has, or of fewer: then they are taken again and
            again, in order, if their number divides that of `b`.
        b: features from the same extractor, of pictures of the same size.
        heads: LPIPS's weights, a (C,) tensor a layer, where the network has them.
        asked: the single metrics to compute, by default all; a weighted one needs its plain one.
    """
    single = single_metrics() if asked is None else asked
    weighted = {m.rearrange: m for m in single if m.weighted and heads is not None}
    plain = [metric for metric in single if not metric.weighted]
    a.arrange(plain)
    b.arrange(plain)
    found: list[tuple[Metric, Terms]] = []
    jobs = []
    # Layer by layer, not metric by metric: a layer that was just read is still in the cache.
    for layer in range(len(a.maps)):
        for metric in plain:
            head = heads[layer] if heads is not None and metric.rearrange in weighted else None
            made, job = terms_soon(a.arranged(metric, layer), b.arranged(metric, layer), head)
            found.append((metric, made))
            jobs += [job] if job else []
    run(jobs)
    distances: dict[tuple[str, str], torch.Tensor] = {}
    for metric in plain:
        layers = [over_places(made.stacked) for owner, made in found if owner is metric]
        partner = weighted.get(metric.rearrange)
        keys = [(metric.name, norm) for norm in NORMS]
        keys += [(partner.name, "norm")] if partner else []
        distances.update(zip(keys, torch.stack(layers, -1).cpu().unbind(), strict=True))
    return Compared(distances, tuple(made for owner, made in found if owner.name == "spatial"))


def over_places(places: torch.Tensor) -> torch.Tensor:
    """(…, P) → float64 (…), the mean of a layer's terms, which is its distance."""
    if places.device.type == "cpu" and not places.requires_grad:
        # torch takes twice as long for so little.
        total = np.add.reduce(places.numpy(), axis=-1, dtype=np.float64)
        return torch.from_numpy(total / places.shape[-1])
    return places.mean(-1, dtype=torch.float64)
