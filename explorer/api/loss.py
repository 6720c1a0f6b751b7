"""A metric as a `torch.nn.Module`: something to be minimised."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import nn

from explorer import weights as stored
from explorer.api import checks
from explorer.conversion import empty_trunk
from explorer.metrics import METRICS, Metric
from explorer.metrics.distance import contributions, unit
from explorer.networks import NETWORKS, Network

REDUCTIONS: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "mean": torch.mean,
    "sum": torch.sum,
    "none": lambda each: each,
}


class Loss(nn.Module):
    """The distance of two batches of pictures, differentiable with respect to both.

    Its networks are frozen and are no part of what is trained or saved: it has no parameters, its
    `state_dict()` is empty, and `.train()` changes nothing. `.to(device)` and `.double()` work as
    for every module; pictures are brought to its device and precision, and gradients back.

    At zero distance, on uniform pictures, and where a feature vector is zero, gradients are finite
    (zero where the distance has no slope). Autocast is switched off inside, since distances are
    differences of numbers that are nearly equal.

    Source: Sjögren et al. 2022, arXiv 2207.02512; for `lpips`, Zhang et al. 2018,
    arXiv 1801.03924, v0.1.

    Example:
        >>> import torch
        >>> from explorer import Loss
        >>> loss = Loss("squeezenet1_1_caffe", "spatial+sort", weights="random:0")
        >>> picture = torch.full((1, 3, 32, 32), 0.5, requires_grad=True)
        >>> loss(picture, torch.zeros(1, 3, 32, 32)).backward()
        >>> picture.grad.shape
        torch.Size([1, 3, 32, 32])
    """

    _mean: torch.Tensor
    _std: torch.Tensor

    def __init__(
        self,
        network: str = "alexnet",
        metric: str = "spatial",
        norm: bool = True,
        weights: str = "pretrained",
        reduction: str = "mean",
        layers: Sequence[str] | None = None,
        *,
        check: bool = True,
    ) -> None:
        """Load the network.

        Args:
            network: such as `alexnet`; `docs/reference.md` lists them.
            metric: `spatial`, `mean`, `sort`, a sum of them such as `spatial+sort`, or `lpips`.
            norm: whether every feature vector is divided by its length first.
            weights: `pretrained`, `random:SEED`, or the path of a file.
            reduction: of the distances of a batch: `mean`, `sum`, or `none` for one each.
            layers: names of the layers whose distances are summed; all without.
            check: whether values are looked at for being finite and in [0, 1], a quarter more or
                less: a network that learns may overshoot. On a GPU that waits for the pictures.

        Raises:
            ValueError: if something of that name does not exist, or the metric is `lpips` where
                its channel weights do not belong to the network's weights.
            WeightsError: if the weights are not on this machine, or damaged.
        """
        super().__init__()
        record = checks.network_named(network)
        self.network = record.name
        self.metric = checks.metric_named(metric, norm).name
        self.norm = norm
        self.weights = weights
        if reduction not in REDUCTIONS:
            raise ValueError(f"reduction is mean, sum or none; {reduction!r:.60} was given.")
        self.reduction = reduction
        self.check = check
        self.slack = checks.OVERSHOOT
        chosen = checks.layers_named(record, layers)
        self.layers = tuple(record.taps[i].name for i in chosen)
        self._places = tuple(record.taps[i].index for i in chosen)
        self._nodes = tuple(record.taps[i].node for i in chosen)
        # Weights that were made in inference mode could not take part in a backward pass.
        with torch.inference_mode(False), torch.no_grad():
            self._load(record, chosen)

    def _load(self, record: Network, chosen: Sequence[int]) -> None:
        loaded = stored.load(record, self.weights)
        self.info = loaded.info
        trunk = empty_trunk(record)
        trunk.load_state_dict(loaded.state, assign=True)
        if isinstance(trunk, nn.Sequential):
            trunk = trunk[: self._places[-1] + 1]
        self._trunk = _frozen(trunk)
        for name in ("_mean", "_std"):
            column = torch.empty(1, 3, 1, 1, dtype=torch.float32, device="cpu")
            self.register_buffer(name, column, persistent=False)
        self._set_preprocessing()
        if any(part.weighted for part in self._parts()):
            heads = stored.load_heads(record) if self.weights == "pretrained" else None
            if heads is None:
                known = ", ".join(n.name for n in NETWORKS if n.heads is not None)
                raise ValueError(
                    f"LPIPS's channel weights belong to the pretrained {known}; they do not fit "
                    f"{record.name} with weights {self.weights!r:.60}."
                )
            for k, i in enumerate(chosen):
                self.register_buffer(f"_head{k}", heads[i], persistent=False)

    def _apply(self, fn: Callable[..., torch.Tensor], recurse: bool = True) -> Loss:
        """Move and cast; the constants are set anew, since what was rounded stays rounded."""
        super()._apply(fn, recurse)
        self._set_preprocessing()
        return self

    def _set_preprocessing(self) -> None:
        record = NETWORKS[self.network]
        for name, values in (("_mean", record.mean), ("_std", record.std)):
            old = getattr(self, name)
            setattr(self, name, old.new_tensor(values).view(1, 3, 1, 1))

    def _parts(self) -> list[Metric]:
        return [METRICS[part] for part in METRICS[self.metric].parts]

    def forward(self, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        """The distance of each picture of `a` from that of `b` in its place, reduced.

        Args:
            a: floats in [0, 1], sRGB, N × 3 × H × W.
            b: the same shape.

        Returns:
            A scalar, or (N,) if `reduction` is `none`; from 0 upwards, in the module's precision.

        Raises:
            ValueError: for another shape, type or range, for NaN, and for pictures that are too
                small for the network.
        """
        checks.batches(a, b, NETWORKS[self.network])
        if self.check and not torch.compiler.is_compiling():
            checks.within_range(a, "a", self.slack)
            checks.within_range(b, "b", self.slack)
        if self._mean.dtype not in (torch.float32, torch.float64):
            raise ValueError(
                f"Loss computes in float32 or float64, not in {self._mean.dtype}: call .float()."
            )
        with torch.autocast(self._mean.device.type, enabled=False):
            each = self._distances(self._features(a), self._features(b))
        return REDUCTIONS[self.reduction](each)

    def _features(self, pictures: torch.Tensor) -> list[torch.Tensor]:
        current = (pictures.to(self._mean) - self._mean) / self._std
        current = current.contiguous(memory_format=torch.channels_last)
        if not isinstance(self._trunk, nn.Sequential):
            found = self._trunk(current)
            return [found[node] for node in self._nodes]
        maps = []
        for index, module in enumerate(self._trunk):
            current = module(current)
            if index in self._places:
                maps.append(current)
        return maps

    def _distances(self, a: list[torch.Tensor], b: list[torch.Tensor]) -> torch.Tensor:
        """(N,), summed over layers and over the metric's parts."""
        found = []
        for metric in self._parts():
            assert metric.rearrange is not None
            for k in range(len(a)):
                x, y = metric.rearrange(a[k]), metric.rearrange(b[k])
                if self.norm:
                    x, y = unit(x), unit(y)
                heads = getattr(self, f"_head{k}") if metric.weighted else None
                found.append(contributions(x, y, heads).mean(1))
        return torch.stack(found).sum(0)

    def train(self, mode: bool = True) -> Loss:
        """Keep the network as it is for use: a loss has nothing to train."""
        super().train(mode)
        self._trunk.eval()
        return self

    def extra_repr(self) -> str:
        """What was asked for."""
        return (
            f"{self.network}, {self.metric}, norm={self.norm}, weights={self.weights}, "
            f"reduction={self.reduction}, layers={', '.join(self.layers)}"
        )


def _frozen(trunk: nn.Module) -> nn.Module:
    """The trunk with all that it holds as buffers that are not saved, in memory that is fast."""
    for module in trunk.modules():
        held = {**module._parameters, **module._buffers}
        for name, tensor in held.items():
            if tensor is None:
                continue
            kept = tensor.detach()
            if kept.ndim == 4:
                kept = kept.contiguous(memory_format=torch.channels_last)
            delattr(module, name)
            module.register_buffer(name, kept, persistent=False)
    return trunk.eval()
