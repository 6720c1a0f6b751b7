"""Seeded random weights, with which a network is a control: its shape without its training.

Kernels are He-normal (fan in) and biases zero, so that ReLU networks neither die away nor blow up
with depth; where batch norm follows, kernels are centred, too, since what all activations have in
common would grow otherwise. Linear layers keep the variance; scales of normalisations and of layers
are one. Batch norm needs statistics: they are measured, layer by layer, on eight pictures of noise
drawn with the seed, as training would have done on photographs. A channel that hardly moved on them
would be blown up on others: no variance is taken for less than a tenth of its layer's mean.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn.functional import interpolate

from explorer.conversion import State, empty_trunk, needed
from explorer.networks import Network

SIDE = 96
PICTURES = 8


@dataclass(frozen=True)
class Untrained:
    """Random weights.

    Attributes:
        state: all that the trunk needs.
        drawn: what the seed says of it, on every machine alike; the rest was measured.
    """

    state: State
    drawn: State


def untrained(network: Network, seed: int) -> Untrained:
    """The random weights of a seed."""
    generator = torch.Generator().manual_seed(seed)
    trunk = empty_trunk(network)
    owners = dict(trunk.named_modules())
    state = {}
    for key, empty in needed(trunk).items():
        owner, _, part = key.rpartition(".")
        state[key] = _drawn(owners[owner], part, empty.shape, generator)
    norms = {name: m for name, m in owners.items() if isinstance(m, nn.BatchNorm2d)}
    for name, module in owners.items():
        if norms and isinstance(module, nn.Conv2d) and module.weight.shape[1] > 1:
            state[f"{name}.weight"] -= state[f"{name}.weight"].mean((1, 2, 3), keepdim=True)
    if not norms:
        return Untrained(state, state)
    measured = [f"{name}.{part}" for name in norms for part in ("running_mean", "running_var")]
    drawn = {key: tensor for key, tensor in state.items() if key not in measured}
    trunk.load_state_dict(state, assign=True)
    trunk.eval()
    for norm in norms.values():
        norm.train()
        norm.momentum = 1.0  # the statistics of this one batch
    mean, std = (torch.tensor(v).view(1, 3, 1, 1) for v in (network.mean, network.std))
    with torch.no_grad():
        trunk((_pictures(generator) - mean) / std)
    found = {key: tensor.detach() for key, tensor in needed(trunk).items()}
    for name in norms:
        variance = found[f"{name}.running_var"]
        variance.clamp_(min=float(variance.mean()) / 10)
    return Untrained(found, drawn)


def _drawn(
    owner: nn.Module, part: str, shape: torch.Size, generator: torch.Generator
) -> torch.Tensor:
    if isinstance(owner, nn.Conv2d) and part == "weight":
        return torch.randn(shape, generator=generator) * (2 / shape[1:].numel()) ** 0.5
    if part in ("weight", "in_proj_weight") and len(shape) == 2:
        return torch.randn(shape, generator=generator) * shape[1] ** -0.5
    if part in ("class_token", "pos_embedding"):
        return torch.randn(shape, generator=generator) * 0.02
    if part in ("weight", "running_var", "layer_scale"):
        return torch.ones(shape)
    if part in ("bias", "in_proj_bias", "running_mean"):
        return torch.zeros(shape)
    raise TypeError(f"It is not known how to draw {part} of {type(owner).__name__}.")


def _pictures(generator: torch.Generator) -> torch.Tensor:
    """Noise in [0, 1], from as smooth as photographs (as much in every octave) to white.

    Statistics of one kind alone would let maps of the others grow with every layer.
    """
    sides = (2, 4, 8, 16, 32, SIDE)
    found = []
    for i in range(PICTURES):
        total = torch.zeros(1, 3, SIDE, SIDE)
        shares = torch.tensor((1.0, 2.0, 4.0, 64.0)[i % 4]) ** torch.arange(len(sides))
        for side, share in zip(sides, shares / shares.sum(), strict=True):
            noise = torch.rand(1, 3, side, side, generator=generator)
            total += share * interpolate(noise, (SIDE, SIDE), mode="bilinear", align_corners=False)
        found.append(total)
    return torch.cat(found)
