"""A network asked for features: prepared pictures, one forward pass, the maps of its taps."""

from __future__ import annotations

import copy
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

import torch
from torch import nn

from explorer.conversion import empty_trunk
from explorer.features import Features
from explorer.networks import Network
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
