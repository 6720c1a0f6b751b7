"""Feature maps of pictures, and their arrangements, computed once each."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from explorer import cores
from explorer.metrics import METRICS, Metric
from explorer.metrics.distance import Arranged
from explorer.metrics.record import Rearrange
from explorer.metrics.sorting import is_short
from explorer.provenance import Ranks, ranks


class Features:
    """The feature maps of N pictures, a (N, C, H, W) tensor a layer.

    Arrangements are made when first asked for and kept, so a change of metric costs no forward
    and no second sort.
    """

    def __init__(self, maps: Sequence[torch.Tensor]) -> None:
        """`maps` are in order of depth."""
        self.maps = tuple(maps)
        self._arranged: dict[tuple[Rearrange, int], Arranged] = {}
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
                part = Arranged(arranged.values[chosen], arranged.scale[chosen])
                found._arranged[metric.rearrange, layer] = part  # type: ignore[index]
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
            self._arranged[key] = Arranged.of(metric.rearrange(self.maps[layer]))
        return self._arranged[key]

    def arrange(self, metrics: Sequence[Metric]) -> Features:
        """Arrange all layers now, with all cores at once."""
        if self._whole is not None:
            whole, layers = self._whole
            whole._arrange(metrics, layers)
        else:
            self._arrange(metrics, range(len(self.maps)))
        return self

    def _arrange(self, metrics: Sequence[Metric], layers: Sequence[int]) -> None:
        if torch.is_grad_enabled() or self.maps[0].device.type != "cpu":
            return  # each arrangement when it is asked for
        soon: dict[tuple[Rearrange, int], torch.Tensor] = {}
        jobs = []
        for layer in layers:
            for metric in metrics:
                rearrange = metric.rearrange
                if rearrange is None or (rearrange, layer) in self._arranged:
                    continue
                if metric.rearrange_soon is None:
                    soon[rearrange, layer] = rearrange(self.maps[layer])
                else:
                    soon[rearrange, layer], job = metric.rearrange_soon(self.maps[layer])
                    jobs += [job] if job else []
        cores.run(jobs)
        found = {key: Arranged.soon(values) for key, values in soon.items()}
        cores.run([job for _, job in found.values() if job])
        self._arranged.update({key: arranged for key, (arranged, _) in found.items()})

    def rank(self) -> Features:
        """Find the ranks of all layers now: their sort then serves the comparison, too."""
        if self._whole is not None:
            whole, layers = self._whole
            whole._rank(layers)
        else:
            self._rank(range(len(self.maps)))
        return self

    def _rank(self, layers: Sequence[int]) -> None:
        wanted = [layer for layer in layers if layer not in self._ranks]
        found = ranks([self.maps[layer][0].flatten(1) for layer in wanted])
        soon: dict[tuple[Rearrange, int], tuple[Arranged, cores.Job[None] | None]] = {}
        for layer, (ordered, of_layer) in zip(wanted, found, strict=True):
            self._ranks[layer] = of_layer
            key: tuple[Rearrange, int] = (METRICS["sort"].rearrange, layer)  # type: ignore[assignment]
            alone = self.maps[layer].shape[0] == 1
            if alone and not is_short(self.maps[layer].flatten(2)) and key not in self._arranged:
                # The same as `arranged` would make, so that equal pictures stay equal.
                soon[key] = Arranged.soon(ordered[None])
        cores.run([job for _, job in soon.values() if job])
        self._arranged.update({key: arranged for key, (arranged, _) in soon.items()})

    def ranks(self, layer: int) -> Ranks:
        """Where the activations behind the ranks of a sorted layer stand, in the first picture."""
        if self._whole is not None:
            whole, layers = self._whole
            return whole.ranks(layers[layer])
        if layer not in self._ranks:
            self._rank([layer])
        return self._ranks[layer]


def single_metrics() -> tuple[Metric, ...]:
    """The metrics that are no sums."""
    return tuple(m for m in METRICS if m.rearrange is not None)
