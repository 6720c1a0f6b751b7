"""Ways of running a network and of comparing features that are wrong, as people make them.

`bugs.py` declares what each is called and what mends it.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn
from torchvision.models.squeezenet import Fire

from explorer.comparison import Compared, Heads, compare
from explorer.extractor import Extractor
from explorer.features import Features
from explorer.metrics.distance import Arranged, terms, unit
from explorer.metrics.sort import sort
from explorer.networks import Network

Run = Callable[[Extractor, torch.Tensor], Features]
"""A network and pictures, [0, 1] RGB, N × 3 × H × W → their features."""

Mix = Callable[[torch.Tensor, torch.Tensor, torch.Tensor], torch.Tensor]
"""Pictures, and the mean and deviation of the preparation, (1, 3, 1, 1) each → pictures."""


def shown(change: Mix) -> Run:
    """A run on changed pictures.

    A wrongly prepared input is written as the picture that the right preparation turns into it; it
    may leave [0, 1].
    """

    def run(extractor: Extractor, images: torch.Tensor) -> Features:
        mean, std = (_channels(extractor.network, part, images) for part in ("mean", "std"))
        return extractor(change(images, mean, std))

    return run


def _channels(network: Network, part: str, like: torch.Tensor) -> torch.Tensor:
    """The `mean` or `std` of a network's preparation, (1, 3, 1, 1)."""
    return like.new_tensor(getattr(network, part)).view(1, 3, 1, 1)


def before_relu(extractor: Extractor, images: torch.Tensor) -> Features:
    """Features of the convolutions at the taps, without the ReLU behind them."""
    current = extractor.prepare(images)
    taps = {tap.index for tap in extractor.network.taps}
    maps: list[torch.Tensor] = []
    previous = current
    for index, module in enumerate(extractor.modules()):
        previous, current = current, _kept(module)(current)
        if index in taps:
            maps.append(_linear(module, previous))
    extractor.forwards += 1
    return Features(maps)


def _kept(module: nn.Module) -> Callable[[torch.Tensor], torch.Tensor]:
    """The module, leaving its input as it is: torchvision's ReLUs overwrite theirs."""
    return torch.relu if isinstance(module, nn.ReLU) else module


def _linear(module: nn.Module, given: torch.Tensor) -> torch.Tensor:
    """What a tapped module gives before its last ReLU."""
    if isinstance(module, nn.ReLU):
        return given
    if isinstance(module, Fire):
        squeezed = torch.relu(module.squeeze(given))
        return torch.cat([module.expand1x1(squeezed), module.expand3x3(squeezed)], 1)
    raise TypeError(f"{type(module).__name__} at a tap has no ReLU to leave out.")


def norm_first(a: Features, b: Features, heads: Heads | None = None) -> Compared:
    """Compare with the channel norm taken where features stand, before they are rearranged."""
    right = compare(a, b, heads)
    found = dict(right.distances)
    layers: dict[str, list[torch.Tensor]] = {"mean": [], "sort": []}
    for maps in zip(a.maps, b.maps, strict=True):
        units = [unit(m.flatten(2)).unflatten(2, m.shape[2:]) for m in maps]
        for name, rearrange in (("mean", _mean), ("sort", sort)):
            first, others = (Arranged.of(rearrange(u)) for u in units)
            layers[name].append(terms(first, others).raw.mean(1, dtype=torch.float64))
    for name, values in layers.items():
        found[name, "norm"] = torch.stack(values, 1).cpu()
    return Compared(found, ())


def _mean(units: torch.Tensor) -> torch.Tensor:
    return units.mean((2, 3)).unsqueeze(2)


def channel_mean(a: Features, b: Features, heads: Heads | None = None) -> Compared:
    """Compare with squared differences averaged over channels, as `mse_loss` does."""
    right = compare(a, b, heads)
    counts = torch.tensor([m.shape[1] for m in a.maps], dtype=torch.float64)
    found = {k: d if k[0] == "lpips" else d / counts for k, d in right.distances.items()}
    return Compared(found, ())
