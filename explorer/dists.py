"""DISTS with the weights that are on this machine: VGG-16's and those that ship."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import torch
from torch import nn

from explorer import weights
from explorer.baselines import BASELINES, Baseline
from explorer.baselines.dists import dists
from explorer.networks import NETWORKS

NETWORK = "vgg16"
FILE = "dists.safetensors"


def baselines(network: str, choice: str = "pretrained", device: str = "cpu") -> Sequence[Baseline]:
    """The baselines that stand beside a network: DISTS only beside the trained VGG-16.

    It needs that network's forwards, which nobody should wait for who did not choose it.

    Raises:
        WeightsError: if DISTS is one of them and its weights are missing or damaged.
    """
    plain = tuple(BASELINES)
    return (*plain, load(device)) if (network, choice) == (NETWORK, "pretrained") else plain


def available() -> bool:
    """Whether VGG-16's weights are here."""
    return weights.on_disk(NETWORKS[NETWORK]) is not None


@lru_cache(maxsize=2)
def load(device: str = "cpu") -> Baseline:
    """DISTS as a baseline for `explorer.baselines.distances`, its network kept: 59 MB.

    Raises:
        WeightsError: if weights are missing or damaged.
    """
    network = NETWORKS[NETWORK]
    trunk = network.trunk().eval().requires_grad_(False)
    assert isinstance(trunk, nn.Sequential)
    trunk.load_state_dict(weights.load(network).state, assign=True)
    mix = weights._tensors(weights._checked(weights.BUNDLED / FILE, weights.SHIPPED)[0], FILE)
    trunk = trunk.to(torch.device(device)).to(memory_format=torch.channels_last)
    return dists(trunk, mix["alpha"], mix["beta"], network.mean, network.std)
