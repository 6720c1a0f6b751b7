"""`Loss`: the same numbers as the rest, and gradients that are right everywhere."""

from __future__ import annotations

import copy
import io
import pickle

import pytest
import torch
from torch import nn

from explorer import Loss, compare
from explorer.metrics import METRICS
from explorer.networks import NETWORKS
from tests.conftest import pair
from tests.test_lpips import oracle

CASES = [(m.name, norm == "norm") for m in METRICS for norm in m.norms]
CAFFE = "squeezenet1_1_caffe"


def batch(size: int, count: int = 2, seed: int = 5, dtype: torch.dtype = torch.float32) -> list:
    generator = torch.Generator().manual_seed(seed)
    return list(
        torch.rand(2, count, 3, size, size, generator=generator, dtype=torch.float64).to(dtype)
    )


def gradient(loss: nn.Module, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    a = a.detach().clone().requires_grad_()
    (found,) = torch.autograd.grad(loss(a, b).sum(), a)
    return found


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize(("metric", "norm"), CASES)
def test_equals_compare(metric: str, norm: bool, dtype: torch.dtype) -> None:
    a, b = batch(48, dtype=dtype)
    found = Loss(metric=metric, norm=norm, reduction="none").to(dtype)(a, b)
    assert found.shape == (2,) and found.dtype == dtype
    key = (metric, "norm" if norm else "raw")
    for i, expected in enumerate(compare(a, b, dtype=dtype, device="cpu")):
        rel = 1e-6 if dtype == torch.float32 else 1e-12
        assert found[i].item() == pytest.approx(expected.scores[key].total, rel=rel)


def test_reductions_layers_and_precision_of_the_pictures() -> None:
    a, b = batch(48)
    each = Loss(reduction="none")(a, b)
    assert torch.equal(Loss()(a, b), each.mean()) and Loss()(a, b).shape == ()
    assert torch.equal(Loss(reduction="sum")(a, b), each.sum())
    layers = Loss(layers=["relu4", "relu2"])
    assert layers.layers == ("relu2", "relu4") and len(layers._trunk) == 10
    (first, second) = compare(a, b, device="cpu")
    expected = [c.scores["spatial", "norm"].layers for c in (first, second)]
    mean = sum(layer[1] + layer[3] for layer in expected) / 2
    assert layers(a, b).item() == pytest.approx(mean, rel=1e-6)
    assert Loss()(a.double(), b.half()).dtype == torch.float32


@pytest.mark.parametrize("metric", ["spatial", "lpips"])
@pytest.mark.parametrize("network", ["alexnet", "vgg16"])
def test_value_and_gradient_equal_the_lpips_package(network: str, metric: str, vgg16: str) -> None:
    a, b = batch(64)
    theirs = oracle(network, metric == "lpips")
    ours = Loss(network, metric, reduction="none")
    expected = theirs(a, b, normalize=True).flatten()
    assert torch.allclose(ours(a, b), expected, rtol=1e-5, atol=0)
    found = gradient(ours, a, b)
    wanted = gradient(lambda x, y: theirs(x, y, normalize=True), a, b)  # type: ignore[arg-type]
    for mine, its in zip(found.flatten(1).double(), wanted.flatten(1).double(), strict=True):
        assert torch.cosine_similarity(mine, its, dim=0).item() > 1 - 1e-5
        assert mine.norm().item() == pytest.approx(its.norm().item(), rel=1e-5)


@pytest.mark.parametrize(("metric", "norm"), CASES)
@pytest.mark.parametrize(
    ("network", "weights", "size"),
    [("alexnet", "pretrained", 31), ("alexnet", "random:7", 33), (CAFFE, "pretrained", 17)],
)
def test_gradcheck(network: str, weights: str, size: int, metric: str, norm: bool) -> None:
    if metric == "lpips" and (network, weights) != ("alexnet", "pretrained"):
        with pytest.raises(ValueError, match="LPIPS's channel weights belong to the pretrained"):
            Loss(network, metric, weights=weights)
        return
    loss = Loss(network, metric, norm, weights, reduction="none").double()
    a, b = (x.requires_grad_() for x in batch(size, dtype=torch.float64))
    assert torch.autograd.gradcheck(loss, (a, b), fast_mode=True)


@pytest.mark.parametrize(
    ("network", "metric", "norm"),
    [
        (n, *case)
        for n in ("alexnet", CAFFE)
        for case in CASES
        if NETWORKS[n].heads or case[0] != "lpips"
    ],
)
def test_gradients_are_finite_where_others_are_not(network: str, metric: str, norm: bool) -> None:
    loss = Loss(network, metric, norm)
    noise = batch(40, 1)[0]
    black, white = torch.zeros_like(noise), torch.ones_like(noise)
    for a, b in [(noise, noise), (black, black), (white, white)]:
        assert loss(a, b.clone()).item() == 0
        assert gradient(loss, a, b).abs().max().item() == 0
    for a, b in [(black, white), (white, noise), (noise, black), (0.5 * white, black)]:
        found = gradient(loss, a, b)
        assert bool(found.isfinite().all()) and found.abs().max().item() > 0


@pytest.mark.parametrize("metric", ["spatial", "mean", "sort"])
def test_zero_features_have_no_gradient_rather_than_none_at_all(metric: str) -> None:
    """A network whose every feature is zero, and one whose features are tiny."""
    for scale in (0.0, 1e-14, 1e-18, 1e-30):
        loss = Loss(CAFFE, metric, weights="random:0", layers=["relu1"])
        with torch.no_grad():
            loss._trunk[0].weight.mul_(scale)
        a, b = batch(24)
        found = gradient(loss, a, b)
        assert bool(found.isfinite().all()), scale
        assert bool((found != 0).any()) is (scale > 1e-19), scale


@pytest.mark.parametrize("metric", ["spatial+sort", "lpips"])
def test_trains_though_the_engine_computes_in_inference_mode(metric: str) -> None:
    compare(*pair(40), device="cpu")
    with torch.inference_mode():
        loss = Loss(metric=metric)
    target = batch(40, 1)[0]
    model = nn.Sequential(nn.Conv2d(3, 3, 1), nn.Sigmoid())
    whole = nn.ModuleDict({"model": model, "loss": loss}).train()
    steps = torch.optim.Adam(whole.parameters(), 0.05)
    values = []
    for _ in range(25):
        steps.zero_grad()
        value = loss(model(target), target)
        value.backward()
        steps.step()
        values.append(value.item())
    assert values[-1] < 0.5 * values[0]


def test_it_adds_nothing_to_what_is_trained_or_saved() -> None:
    loss = Loss(metric="lpips")
    assert list(loss.parameters()) == [] and loss.state_dict() == {}
    model = nn.ModuleDict({"own": nn.Linear(2, 2), "loss": loss})
    assert set(model.state_dict()) == {"own.weight", "own.bias"}
    other = nn.ModuleDict({"own": nn.Linear(2, 2), "loss": Loss(CAFFE, "sort")})
    other.load_state_dict(model.state_dict())
    model.requires_grad_(True).train()
    assert not any(b.requires_grad for b in loss.buffers()) and not loss._trunk.training
    a, b = batch(40)
    a.requires_grad_()
    loss(a, b).backward()
    assert all(buffer.grad is None for buffer in loss.buffers())


def test_copies_pickles_and_moves() -> None:
    a, b = batch(40)
    loss = Loss(metric="lpips")
    expected = loss(a, b)
    for other in (copy.deepcopy(loss), pickle.loads(pickle.dumps(loss))):
        assert torch.equal(other(a, b), expected)
    buffer = io.BytesIO()
    torch.save(loss, buffer)
    buffer.seek(0)
    assert torch.equal(torch.load(buffer, weights_only=False)(a, b), expected)
    moved = loss.to("meta")
    assert {x.device.type for x in moved.buffers()} == {"meta"}


def test_does_not_depend_on_torchs_defaults() -> None:
    a, b = batch(40)
    expected = Loss()(a, b)
    torch.set_default_dtype(torch.float64)
    try:
        with torch.device("meta"):
            loss = Loss()
        assert torch.equal(loss(a, b), expected)
    finally:
        torch.set_default_dtype(torch.float32)


def test_autocast_changes_nothing() -> None:
    a, b = batch(40)
    loss = Loss(metric="sort")
    expected = loss(a, b)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(loss(a, b), expected)


def test_works_with_and_without_gradients_alike() -> None:
    a, b = batch(40)
    loss = Loss(metric="spatial+sort")
    expected = loss(a.clone().requires_grad_(), b)
    assert expected.requires_grad
    for mode in (torch.no_grad, torch.inference_mode):
        with mode():
            found = loss(a, b)
        assert found.item() == pytest.approx(expected.item(), rel=1e-6)


def test_every_network_here_can_be_a_loss(vgg16: str) -> None:
    for network in ("alexnet", CAFFE, vgg16):
        size = NETWORKS[network].smallest
        a, b = batch(size)
        assert gradient(Loss(network, "spatial+mean"), a, b).abs().sum().item() > 0


def test_repr_says_what_was_asked() -> None:
    words = "alexnet, sort, norm=False, weights=random:1, reduction=sum, layers=relu1"
    assert words in repr(Loss("alexnet", "sort", False, "random:1", "sum", ["relu1"]))


def test_a_network_that_is_no_sequence_can_be_a_loss_too() -> None:
    a, b = batch(64, 1)
    whole = Loss("mobilenet_v3_small", "spatial", weights="random:1")
    assert whole(a, a.clone()).item() == 0 and not whole.state_dict()
    assert gradient(whole, a, b).abs().sum().item() > 0
    parts = [
        Loss("mobilenet_v3_small", "spatial", weights="random:1", layers=[name])(a, b).item()
        for name in whole.layers
    ]
    assert sum(parts) == pytest.approx(whole(a, b).item(), rel=1e-5)
