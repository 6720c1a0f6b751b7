"""Feature maps of pictures, and their arrangements, computed once each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import torch

from explorer import cores
from explorer.metrics import METRICS, Metric
from explorer.metrics.distance import Arranged
from explorer.metrics.record import Rearrange
from explorer.metrics.sort import sort
from explorer.metrics.sorting import is_short
from explorer.provenance import Ranks, ranks_soon

Key = tuple[Rearrange, int]
"""How a layer is arranged, and which."""


class Features:
    """The feature maps of N pictures, a (N, C, H, W) tensor a layer.

    Arrangements are made when first asked for and kept, so a change of metric costs no forward
    and no second sort.
    """

    def __init__(self, maps: Sequence[torch.Tensor]) -> None:
        """`maps` are in order of depth."""
        self.maps = tuple(maps)
        self._arranged: dict[Key, Arranged] = {}
        self._ranks: dict[int, Ranks] = {}
        self._whole: tuple[Features, tuple[int, ...]] | None = None

    def at(self, layers: Sequence[int]) -> Features:
        """Some of the layers, which share what is arranged with all of them."""
        if list(layers) == list(range(len(self.maps))):
            return self
        part = Features([self.maps[i] for i in layers])
        part._whole = self, tuple(layers)
        return part

    @classmethod
    def joined(cls, parts: Sequence[Features]) -> Features:
        """The pictures of several, one after the other."""
        if len(parts) == 1:
            return parts[0]
        layers = zip(*(part.maps for part in parts), strict=True)
        return cls([torch.cat(maps) for maps in layers])

    def select(self, indices: Sequence[int], asked: Sequence[Metric] | None = None) -> Features:
        """Some of the pictures, with the arrangements that were made for all.

        `asked`: the single metrics to arrange for, by default all.
        """
        if list(indices) == list(range(self.maps[0].shape[0])):
            return self
        run = list(indices) == list(range(indices[0], indices[0] + len(indices)))
        chosen: slice | list[int] = (
            slice(indices[0], indices[0] + len(indices)) if run else [*indices]
        )
        found = Features([m[chosen] for m in self.maps])
        for metric in single_metrics() if asked is None else asked:
            for layer in range(len(self.maps)):
                arranged = self.arranged(metric, layer)
                found._arranged[metric.rearrange, layer] = arranged.of_pictures(chosen)  # type: ignore[index]
        return found

    def normalise(self) -> Features:
        """Arrange now, for several pictures that are compared again and again.

        Where torch compares, normalise, too; the compiled loops do it on the way.
        """
        for metric in single_metrics():
            for layer in range(len(self.maps)):
                arranged = self.arranged(metric, layer)
                if arranged.lines is None:
                    _ = arranged.normalised
        return self

    @property
    def nbytes(self) -> int:
        """What this may come to occupy.

        Maps and their sorted copy; for one picture also both normalised, and where the ranks stood.
        """
        maps = sum(m.numel() * m.element_size() for m in self.maps)
        order = sum(4 * m.numel() for m in self.maps) if self.maps[0].shape[0] == 1 else 0
        return (4 if order else 2) * maps + order

    def arranged(self, metric: Metric, layer: int) -> Arranged:
        """The layer as `metric` compares it."""
        if metric.rearrange is None:
            raise ValueError(f"{metric.name} is a sum; ask for its parts {metric.parts}.")
        if self._whole is not None:
            whole, layers = self._whole
            return whole.arranged(metric, layers[layer])
        key = (metric.rearrange, layer)
        if key not in self._arranged:
            values = metric.rearrange(self.maps[layer])
            self._arranged[key] = Arranged.of(values, is_sorted=metric.rearrange is sort)
        return self._arranged[key]

    def arrange(self, metrics: Sequence[Metric], ranked: bool = False) -> Features:
        """Arrange all layers now, with all cores at once.

        `ranked`: find the ranks, too; their sort then serves the comparison.
        """
        if self._whole is not None:
            whole, layers = self._whole
            whole._arrange(metrics, layers, ranked)
        else:
            self._arrange(metrics, range(len(self.maps)), ranked)
        return self

    def _arrange(self, metrics: Sequence[Metric], layers: Sequence[int], ranked: bool) -> None:
        wanted = [layer for layer in layers if ranked and layer not in self._ranks]
        ranking = {layer: ranks_soon(self.maps[layer][0].flatten(1)) for layer in wanted}
        served = {(sort, layer) for layer in wanted if self._is_sorted_alike(layer)}
        soon, jobs = self._soon(metrics, layers, served)
        done = iter(cores.run([*(found.job for found in ranking.values() if found.job), *jobs]))
        for layer, found in ranking.items():
            ordered, self._ranks[layer] = found.ranks(next(done) if found.job else ())
            if (sort, layer) in served and (sort, layer) not in self._arranged:
                soon[sort, layer] = ordered[None]
        arranged = {key: Arranged.soon(values, key[0] is sort) for key, values in soon.items()}
        cores.run([job for _, job in arranged.values() if job])
        self._arranged.update({key: made for key, (made, _) in arranged.items()})

    def _is_sorted_alike(self, layer: int) -> bool:
        """Whether finding the ranks sorts all that `sort` does, and lays it out as that does."""
        return len(self.maps[layer]) == 1 and not is_short(self.maps[layer].flatten(2))

    def _soon(
        self, metrics: Sequence[Metric], layers: Sequence[int], served: Collection[Key]
    ) -> tuple[dict[Key, torch.Tensor], list[cores.Job[Any]]]:
        """What is not arranged yet, nor `served`, and the jobs that do so."""
        soon: dict[Key, torch.Tensor] = {}
        jobs: list[cores.Job[Any]] = []
        if torch.is_grad_enabled() or self.maps[0].device.type != "cpu":
            return soon, jobs  # each is arranged when it is asked for
        for layer in layers:
            for metric in metrics:
                if metric.rearrange is None:
                    continue
                key = (metric.rearrange, layer)
                if key in self._arranged or key in served:
                    continue
                if metric.rearrange_soon is None:
                    soon[key] = metric.rearrange(self.maps[layer])
                else:
                    soon[key], job = metric.rearrange_soon(self.maps[layer])
                    jobs += [job] if job else []
        return soon, jobs

    def rank(self) -> Features:
        """Find the ranks of all layers now."""
        return self.arrange([METRICS["sort"]], ranked=True)

    def ranks(self, layer: int) -> Ranks:
        """Where the activations behind the ranks of a sorted layer stand, in the first picture."""
        if self._whole is not None:
            whole, layers = self._whole
            return whole.ranks(layers[layer])
        if layer not in self._ranks:
            self._arrange([], [layer], ranked=True)
        return self._ranks[layer]


def single_metrics() -> tuple[Metric, ...]:
    """The metrics that are no sums."""
    return tuple(m for m in METRICS if m.rearrange is not None)
