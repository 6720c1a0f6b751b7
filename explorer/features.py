"""Feature maps of pictures, and their arrangements, computed once each."""

from __future__ import annotations

import copy
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

import torch
from torch import nn

from explorer import cores
from explorer.conversion import empty_trunk
from explorer.metrics import METRICS, Metric
from explorer.metrics.distance import Arranged
from explorer.metrics.record import Rearrange
from explorer.metrics.sorting import is_short
from explorer.networks import Network
from explorer.provenance import Ranks, ranks
from explorer.trunk import Stage, bulk, plain, stages
from explorer.weights import Loaded

PACKED_SIZES = 3


class Extractor:
    """A network with weights, on a device, ready to be asked for features."""

    def __init__(
        self, network: Network, loaded: Loaded, device: torch.device, dtype: torch.dtype
    ) -> None:
        """Build the trunk around the weights; nothing is copied for torch's default device."""
        trunk = empty_trunk(network)
        trunk.load_state_dict(loaded.state, assign=True)
        self.trunk = trunk.to(device, dtype).eval()
        # channels_last is up to twice as fast on CPUs, and makes sums over channels contiguous.
        for parameter in self.trunk.parameters():
            if parameter.ndim == 4:
                parameter.data = parameter.data.contiguous(memory_format=torch.channels_last)
        self.trunk.requires_grad_(False)
        if device.type == "cuda":
            # cuDNN would round the inputs of convolutions to ten bits; these are measurements.
            torch.backends.cudnn.allow_tf32 = False
        self.network = network
        self.info = loaded.info
        self.device = device
        self.dtype = dtype
        self.forwards = 0
        self._bulk = self._fewer = False
        self._mean = torch.tensor(network.mean, device=device, dtype=dtype).view(1, 3, 1, 1)
        self._std = torch.tensor(network.std, device=device, dtype=dtype).view(1, 3, 1, 1)
        self._packed: OrderedDict[torch.Size, list[Stage]] = OrderedDict()
        self._bulk_stages: list[Stage] | None = None
        self._packing = threading.Lock()

    def at(self, layers: Sequence[int]) -> Extractor:
        """The same network, weights and kernels, read at some of its layers only."""
        other = copy.copy(self)
        other.network = self.network.at(layers)
        return other

    def in_bulk(self, fewer: bool) -> Extractor:
        """The same network, for long runs over many pictures: `trunk.bulk`, also for one.

        `fewer`: multiplications, at the price of the last digits.
        """
        other = copy.copy(self)
        other._bulk, other._fewer, other._bulk_stages = True, fewer, None
        return other

    def modules(self) -> nn.Sequential:
        """The trunk as a sequence of modules, for who walks it.

        Raises:
            ValueError: with one sentence, if this network is none.
        """
        if not isinstance(self.trunk, nn.Sequential):
            raise ValueError(
                f"{self.network.title} is no plain sequence of layers, as AlexNet, VGGs and "
                "SqueezeNets are: choose one of those for this view."
            )
        return self.trunk

    def _stages(self, prepared: torch.Tensor) -> list[Stage]:
        """The trunk for this input: packed for single pictures, plain for gradients and batches.

        Kernels are packed for one size of input; for another they can be ten times slower than the
        plain modules, so each size has its own, and the latest few are kept. Several threads may
        ask at once.
        """
        shape = prepared.shape
        trunk = self.modules()
        if torch.is_grad_enabled() or not (self._bulk or shape[0] == 1):
            return plain(trunk)
        with self._packing:
            if self._bulk:
                self._bulk_stages = self._bulk_stages or bulk(trunk, prepared, self._fewer)
                return self._bulk_stages
            if shape not in self._packed:
                self._packed[shape] = stages(trunk, prepared)
                if len(self._packed) > PACKED_SIZES:
                    self._packed.popitem(last=False)
            return self._packed[shape]

    def prepare(self, images: torch.Tensor) -> torch.Tensor:
        """[0, 1] RGB, N × 3 × H × W → what the trunk takes.

        Raises:
            ValueError: if the shape is another or the picture is too small for the network.
        """
        if images.ndim != 4 or images.shape[1] != 3:
            raise ValueError(f"Pictures must be N × 3 × H × W; {tuple(images.shape)} was given.")
        refusal = self.network.refusal(*images.shape[2:])
        if refusal:
            raise ValueError(refusal)
        images = images.to(self.device, self.dtype)
        if not torch.is_grad_enabled() and images.is_contiguous(memory_format=torch.channels_last):
            return self._normalise_lines(images)
        normalised = (images - self._mean) / self._std
        return normalised.contiguous(memory_format=torch.channels_last)

    def _normalise_lines(self, images: torch.Tensor) -> torch.Tensor:
        """Channels last, whole lines at once: six times as fast as three channels at a time."""
        lines = images.permute(0, 2, 3, 1).flatten(2)
        mean, std = (v.flatten().repeat(images.shape[3]) for v in (self._mean, self._std))
        normalised = (lines - mean).div_(std).view(*lines.shape[:2], -1, 3)
        return normalised.permute(0, 3, 1, 2)

    def __call__(self, images: torch.Tensor) -> Features:
        """Features of [0, 1] RGB pictures, N × 3 × H × W, in one forward pass."""
        current = self.prepare(images)
        if not isinstance(self.trunk, nn.Sequential):
            found: dict[str, torch.Tensor] = self.trunk(current)
            self.forwards += 1
            return Features([found[tap.node] for tap in self.network.taps])
        taps = {tap.index for tap in self.network.taps}
        maps = []
        for run, index in self._stages(current):
            current = run(current)
            if index in taps:
                maps.append(current)
        self.forwards += 1
        return Features(maps)


def is_inplace_safe(trunk: nn.Sequential, taps: Sequence[int]) -> bool:
    """Whether no module after a tap overwrites what was tapped."""
    return not any(getattr(trunk[i + 1], "inplace", False) for i in taps if i + 1 < len(trunk))


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
        """Arrange and normalise now: for several pictures that are compared again and again."""
        for metric in single_metrics():
            for layer in range(len(self.maps)):
                _ = self.arranged(metric, layer).normalised
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


def batched(extractor: Callable[[torch.Tensor], Features], images: torch.Tensor) -> Features:
    """Features of N × 3 × H × W pictures; the batch is halved while the device has no room.

    Raises:
        torch.cuda.OutOfMemoryError: if there is no room even for a single picture.
    """
    size = images.shape[0]
    while True:
        try:
            return Features.joined([extractor(part) for part in images.split(size)])
        except torch.cuda.OutOfMemoryError:
            if size == 1:
                raise
            torch.cuda.empty_cache()
            size = (size + 1) // 2


def single_metrics() -> tuple[Metric, ...]:
    """The metrics that are no sums."""
    return tuple(m for m in METRICS if m.rearrange is not None)
