"""What the functions and modules accept; what they do not gets one sentence."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch

from explorer.metrics import METRICS, Metric
from explorer.networks import NETWORKS, Network

ROUNDING = 1e-3
"""How far arithmetic may carry a picture out of [0, 1]."""
OVERSHOOT = 0.25
"""How far a network that is still learning may: less than any picture in [-1, 1] would."""


def network_named(name: str) -> Network:
    """The network of that name.

    Raises:
        ValueError: if there is none, naming those that there are.
    """
    if not isinstance(name, str) or name not in NETWORKS:
        known = ", ".join(NETWORKS.names())
        raise ValueError(f"There is no network named {name!r:.60}; there are: {known}.")
    return NETWORKS[name]


def metric_named(name: str, norm: bool) -> Metric:
    """The metric of that name.

    Raises:
        ValueError: if there is none, naming those that there are, or it is not defined without
            channel norm.
    """
    if not isinstance(name, str) or name not in METRICS:
        known = ", ".join(METRICS.names())
        raise ValueError(f"There is no metric named {name!r:.60}; there are: {known}.")
    metric = METRICS[name]
    wanted = norm_named(norm)
    if wanted not in metric.norms:
        raise ValueError(f"{metric.title} is not defined with norm={norm}; norm={not norm} is.")
    return metric


def norm_named(norm: bool) -> str:
    """`norm` or `raw`, as results name them.

    Raises:
        ValueError: if it is neither True nor False.
    """
    if not isinstance(norm, bool):
        raise ValueError(f"norm is True or False; {norm!r:.60} was given.")
    return "norm" if norm else "raw"


def layers_named(network: Network, layers: Sequence[str] | None) -> tuple[int, ...]:
    """Which of the network's taps those layers are, in order of depth; all without a choice.

    Raises:
        ValueError: if one is unknown, naming those that there are, or none is given.
    """
    names = [tap.name for tap in network.taps]
    if layers is None:
        return tuple(range(len(names)))
    if isinstance(layers, str) or not layers:
        raise ValueError(
            f"layers is a list of names, such as ['{names[0]}']; {layers!r:.60} is not."
        )
    for layer in layers:
        if layer not in names:
            known = ", ".join(names)
            raise ValueError(f"{network.title} has no layer {layer!r:.60}; it has: {known}.")
    return tuple(i for i, name in enumerate(names) if name in layers)


def layers_chosen(network: Network, layers: Sequence[str] | None) -> tuple[int, ...]:
    """The same, but empty for all of them, which LPIPS needs.

    Raises:
        ValueError: see `layers_named`.
    """
    found = layers_named(network, layers)
    return found if len(found) < len(network.taps) else ()


def batches(a: torch.Tensor, b: torch.Tensor, network: Network) -> None:
    """Refuse what are not two batches of N × 3 × H × W floats, of one shape.

    Raises:
        ValueError: saying what was given and what is expected.
    """
    for name, given in (("a", a), ("b", b)):
        if not isinstance(given, torch.Tensor):
            raise ValueError(f"{name} must be a torch tensor; {type(given).__name__} was given.")
        floats(given, name)
        if given.ndim == 3:
            raise ValueError(
                f"{name} must be N × 3 × H × W; {tuple(given.shape)} was given. For one picture, "
                f"{name}[None] is."
            )
        if given.ndim != 4 or given.shape[1] != 3:
            raise ValueError(f"{name} must be N × 3 × H × W; {_instead(given.shape)}")
        if given.shape[0] == 0:
            raise ValueError(f"{name} holds no picture: its shape is {tuple(given.shape)}.")
    if a.shape != b.shape:
        raise ValueError(
            f"a and b must have one shape; {tuple(a.shape)} and {tuple(b.shape)} were given."
        )
    large_enough(a.shape, network)


def large_enough(shape: Sequence[int], network: Network) -> None:
    """Refuse pictures (…, H, W) that leave the network's last layers without a place.

    Raises:
        ValueError: naming the least side.
    """
    refusal = network.refusal(*shape[-2:])
    if refusal:
        raise ValueError(refusal)


def floats(given: torch.Tensor, name: str) -> None:
    """Refuse integers, truth values and complex numbers.

    Raises:
        ValueError: naming the type, and the way out.
    """
    if not given.is_floating_point():
        hint = f" {name}.float() / 255 is." if given.dtype == torch.uint8 else ""
        dtype = str(given.dtype).removeprefix("torch.")
        raise ValueError(f"{name} must hold floats in [0, 1]; {dtype} was given.{hint}")


def one_picture(shape: Sequence[int], name: str) -> None:
    """Refuse a tensor that is not 3 × H × W.

    Raises:
        ValueError: saying what is wrong with its shape.
    """
    if len(shape) != 3 or shape[0] != 3:
        raise ValueError(f"{name} must be 3 × H × W; {_instead(shape)}")


def _instead(shape: Sequence[int]) -> str:
    given = f"{tuple(shape)} was given"
    if len(shape) not in (3, 4):
        return f"{given}."
    order = "(2, 0, 1)" if len(shape) == 3 else "(0, 3, 1, 2)"
    channels = shape[-3]
    if shape[-1] == 3:
        return f"{given}. Its channels come last: .permute{order} brings them first."
    if channels == 4:
        return f"{given}. Drop its alpha, or composite it over a background."
    if channels == 1:
        return f"{given}. Repeat its grey three times."
    return f"{given}."


def within_range(given: torch.Tensor, name: str, slack: float) -> None:
    """Refuse values that are not finite, or further than `slack` outside [0, 1].

    Raises:
        ValueError: with what the range suggests that was meant.
    """
    low, high = torch.stack(torch.aminmax(given.detach())).tolist()
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ValueError(f"{name} holds values that are no finite numbers (NaN or infinite).")
    if low >= -slack and high <= 1 + slack:
        return
    if low >= 0 and high <= 255:
        hint = f"If that is 0 to 255, {name} / 255 is right."
    elif low >= -1 and high <= 1:
        hint = f"If that is -1 to 1, ({name} + 1) / 2 is right."
    else:
        hint = "Undo its normalisation, or clamp it."
    raise ValueError(f"{name} must lie in [0, 1]; it has {low:.4g} to {high:.4g}. {hint}")
