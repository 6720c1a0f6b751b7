"""Two pictures and everything that a network said of them: what each view looks into."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch

from explorer.comparison import Compared
from explorer.features import Features
from explorer.networks import Network


@dataclass(frozen=True)
class Pair:
    """A pair of pictures with their features.

    Attributes:
        network: whose features they are.
        a, b: the pictures, float32, 3 × H × W, in [0, 1]; `a` is the original unless swapped.
        features_a, features_b: of one picture each.
        compared: every metric's distances and the terms of `spatial`, which are symmetric.
        heads: LPIPS's weights, (C,) a layer, where the network's weights have them.
        swapped: whether `a` is the perturbed picture.
    """

    network: Network
    a: torch.Tensor
    b: torch.Tensor
    features_a: Features
    features_b: Features
    compared: Compared
    heads: Sequence[torch.Tensor] | None = None
    swapped: bool = False

    @property
    def layers(self) -> tuple[str, ...]:
        """The names of the layers, in order of depth."""
        return tuple(tap.name for tap in self.network.taps)

    def shape(self, layer: int) -> tuple[int, int, int]:
        """Channels, height and width of a layer's feature maps."""
        channels, height, width = self.features_a.maps[layer].shape[1:]
        return int(channels), int(height), int(width)

    def distance(self, metric: str, norm: str, layer: int) -> float:
        """A single metric's distance in a layer, as on every other part of the page.

        Args:
            metric: `spatial`, `mean`, `sort`, or `lpips` where there are heads.
            norm: `raw` or `norm`.
            layer: counted from 0.

        Raises:
            KeyError: if that metric has no distance under that norm here.
        """
        return float(self.compared.distances[metric, norm][0, layer])

    def swap(self) -> Pair:
        """The same pair with the pictures exchanged."""
        return replace(
            self,
            a=self.b,
            b=self.a,
            features_a=self.features_b,
            features_b=self.features_a,
            swapped=not self.swapped,
        )
