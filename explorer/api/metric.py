"""A metric over a whole data set, a batch at a time, as torchmetrics' metrics are used."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import distributed, nn

from explorer.api import checks
from explorer.api.loss import Loss

REDUCTIONS = ("mean", "sum")


class Metric(nn.Module):
    """The mean (or sum) of the distances of all pairs of pictures that it is given.

    It is used as torchmetrics' metrics are, without needing that package: `update` with each
    batch, `compute` at the end, `reset` before the next epoch; calling it updates it and returns
    the batch's own value. Under an initialised `torch.distributed`, `compute` answers for the pairs
    of all processes together; all of them have to call it.

    Distances are summed up in float64 (in float32 on devices without it). Nothing of it is saved in
    a `state_dict()`, as with torchmetrics.

    Example:
        >>> import torch
        >>> from explorer import Metric
        >>> metric = Metric("squeezenet1_1_caffe", "mean", weights="random:0")
        >>> for batch in torch.rand(3, 4, 3, 32, 32):
        ...     metric.update(batch, batch)
        >>> metric.count, metric.compute().item()
        (12, 0.0)
    """

    higher_is_better = False
    is_differentiable = False
    full_state_update = False

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
            network: as in `Loss`.
            metric: as in `Loss`.
            norm: as in `Loss`.
            weights: as in `Loss`.
            reduction: of the distances of all pairs: `mean` or `sum`.
            layers: as in `Loss`.
            check: whether values are looked at for being finite and in [0, 1].

        Raises:
            ValueError: as `Loss`.
            WeightsError: as `Loss`.
        """
        super().__init__()
        if reduction not in REDUCTIONS:
            raise ValueError(f"reduction is mean or sum; {reduction!r:.60} was given.")
        self.reduction = reduction
        self.distance = Loss(network, metric, norm, weights, "none", layers, check=check)
        self.distance.slack = checks.ROUNDING
        self._total = torch.zeros(())
        self.count = 0
        self.reset()

    def reset(self) -> None:
        """Forget all pairs."""
        self._total = torch.zeros((), dtype=torch.float64, device="cpu")
        self.count = 0

    def update(self, a: torch.Tensor, b: torch.Tensor) -> None:
        """Take in a batch of pairs.

        Args:
            a: floats in [0, 1], sRGB, N × 3 × H × W.
            b: the same shape; both may differ from batch to batch.

        Raises:
            ValueError: as `Loss`; then the batch does not count.
        """
        self._take(a, b)

    def forward(self, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        """`update`, and the value of this batch alone, on this process alone: a scalar."""
        return self._reduced(*self._take(a, b))

    def compute(self) -> torch.Tensor:
        """The value for all pairs since the last `reset`, of all processes: a float64 scalar.

        Raises:
            RuntimeError: if there were none.
        """
        total, count = self._total, self.count
        if distributed.is_available() and distributed.is_initialized():
            total, count = _over_processes(total, count)
        if count == 0:
            raise RuntimeError("No pictures were compared yet: call update(a, b) before compute().")
        return self._reduced(total, count)

    def _take(self, a: torch.Tensor, b: torch.Tensor) -> tuple[torch.Tensor, int]:
        with torch.no_grad():
            each = self.distance(a, b)
            total = each.sum(dtype=_widest(each.device))
            self._total = self._total.to(total) + total
        self.count += len(each)
        return total, len(each)

    def _reduced(self, total: torch.Tensor, count: int) -> torch.Tensor:
        return total / count if self.reduction == "mean" else total.clone()

    def extra_repr(self) -> str:
        """What was asked for."""
        return f"reduction={self.reduction}"


def _widest(device: torch.device) -> torch.dtype:
    return torch.float32 if device.type == "mps" else torch.float64


def _over_processes(total: torch.Tensor, count: int) -> tuple[torch.Tensor, int]:
    """Sum and count of all processes; what each holds stays its own."""
    # NCCL moves what is on the process's GPU, gloo what is on the CPU.
    device = "cuda" if distributed.get_backend() == "nccl" else "cpu"
    both = torch.tensor([float(total), float(count)], dtype=torch.float64, device=device)
    distributed.all_reduce(both)
    return both[0].to(total.device, _widest(total.device)), int(both[1])
