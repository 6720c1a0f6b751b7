"""What holds for every baseline, whichever it is, and for many at once."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch

from explorer import baselines, images
from explorer.baselines import BASELINES, Baseline, compare, distances
from tests.conftest import pair

SIZES = (64, 96, 224)
every = pytest.mark.parametrize("baseline", BASELINES, ids=BASELINES.names())
every_size = pytest.mark.parametrize(
    ("baseline", "size"),
    [
        pytest.param(baseline, size, id=f"{baseline.name}-{size}")
        for baseline in BASELINES
        for size in SIZES
        if size >= baseline.smallest
    ],
)


def batch(size: int, n: int = 5) -> tuple[torch.Tensor, torch.Tensor]:
    """Noise, and noise with more and more of other noise in it."""
    a, b = pair(size, seed=size)
    share = torch.linspace(0, 1, n).view(-1, 1, 1, 1)
    return a[None], a * (1 - share) + b * share


def test_one_file_each() -> None:
    files = {path.stem for path in Path(baselines.__file__).parent.glob("*.py")}
    assert {name.replace("-", "_") for name in BASELINES.names()} <= files
    assert BASELINES.names() == ("mse", "psnr", "ssim", "ms-ssim")


@every
def test_says_what_it_is(baseline: Baseline) -> None:
    assert baseline.title
    assert baseline.help.endswith(".")


@every_size
def test_zero_for_identical_pictures_only(baseline: Baseline, size: int) -> None:
    a, b = batch(size)
    found = baseline.distance(a.expand_as(b), b)
    assert found.dtype == torch.float64
    assert found.shape == (len(b),)
    assert found[0] == 0
    assert (found[1:] > 0).all()
    assert (found.diff() > 0).all(), "More noise is further away."


@every
@pytest.mark.parametrize("background", ["#000000", "#ffffff", "#12ab7f"])
def test_plain_canvases(baseline: Baseline, background: str) -> None:
    plain = images.plain(background, 224)[None]
    assert baseline.distance(plain, plain.clone()) == 0
    assert baseline.distance(plain, images.plain("#808080", 224)[None]) > 0


@every
def test_the_smallest_change_counts(baseline: Baseline) -> None:
    a, _ = pair(224)
    b = a.clone()
    b[1, 100, 100] += 1 / 255 if b[1, 100, 100] < 0.5 else -1 / 255
    assert baseline.distance(a[None], b[None]) > 0


@every_size
def test_symmetric(baseline: Baseline, size: int) -> None:
    a, b = batch(size)
    there, back = baseline.distance(a.expand_as(b), b), baseline.distance(b, a.expand_as(b))
    torch.testing.assert_close(there, back, rtol=1e-13, atol=0)


@every
def test_the_number_people_know_falls_or_rises_all_the_way(baseline: Baseline) -> None:
    values = [baseline.value(d) for d in (0.0, 1e-6, 0.01, 0.1, 0.5, 1.0)]
    assert values in (sorted(values), sorted(values, reverse=True))
    assert len(set(values)) == len(values)


def test_values_go_back_to_their_distance() -> None:
    for d in (1e-4, 0.03, 0.7, 1.0):
        assert BASELINES["mse"].value(d) == d
        assert 10 ** (-BASELINES["psnr"].value(d) / 20) == pytest.approx(d, rel=1e-12)
        assert 1 - BASELINES["ssim"].value(d) == pytest.approx(d, abs=1e-15)
        assert 1 - BASELINES["ms-ssim"].value(d) == pytest.approx(d, abs=1e-15)
    assert [b.value(0.0) for b in BASELINES] == [0, math.inf, 1, 1]


@every
def test_smallest_is_the_smallest(baseline: Baseline) -> None:
    a, b = (p[None] for p in pair(baseline.smallest))
    assert baseline.distance(a, b) > 0
    assert baseline.name in distances(a, b)
    if baseline.smallest > 1:
        assert baseline.name not in distances(a[..., 1:], b[..., 1:])
        assert baseline.name not in distances(a[..., 1:, :], b[..., 1:, :])


def test_every_baseline_defined_at_this_size_in_order() -> None:
    assert tuple(distances(*batch(224, 1))) == BASELINES.names()
    assert tuple(distances(*batch(160, 1))) == ("mse", "psnr", "ssim")
    assert tuple(distances(*batch(10, 1))) == ("mse", "psnr")


@pytest.mark.parametrize("size", SIZES)
def test_a_batch_is_its_pictures_one_by_one(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = batch(size)
    alone = [distances(a, picture[None]) for picture in b]
    for at_once in (1, 2 * b[0].numel(), 1 << 24):
        monkeypatch.setattr(compare, "CPU_VALUES", at_once)
        for first in (a, a.expand_as(b)):
            for name, found in distances(first, b).items():
                assert found.shape == (len(b),)
                expected = torch.cat([one[name] for one in alone])
                torch.testing.assert_close(found, expected, rtol=1e-12, atol=0)


def test_only_those_asked_for() -> None:
    assert tuple(distances(*batch(64), (BASELINES["ssim"], BASELINES["mse"]))) == ("ssim", "mse")


def test_inference_mode_before_and_after() -> None:
    a, b = batch(224, 2)
    with torch.inference_mode():
        inside = distances(a, b)
    outside = distances(a, b.clone().requires_grad_())
    for name, found in inside.items():
        torch.testing.assert_close(found, outside[name].detach(), rtol=1e-12, atol=0)


def test_leaves_its_pictures_as_they_are() -> None:
    a, b = batch(224, 2)
    before = a.clone(), b.clone()
    distances(a, b)
    assert torch.equal(a, before[0])
    assert torch.equal(b, before[1])


@pytest.mark.parametrize(
    "shapes",
    [
        ((1, 3, 64, 64), (1, 3, 64, 65)),
        ((2, 3, 64, 64), (3, 3, 64, 64)),
        ((1, 1, 64, 64), (1, 1, 64, 64)),
        ((3, 64, 64), (3, 64, 64)),
    ],
)
def test_refuses_shapes_that_do_not_fit(shapes: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
    with pytest.raises(ValueError, match="cannot be compared"):
        distances(*map(torch.zeros, shapes))


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device here")
def test_a_gpu_gives_the_same_numbers() -> None:
    a, b = batch(224)
    found = distances(a.cuda(), b.cuda())
    for name, expected in distances(a, b).items():
        assert found[name].device.type == "cpu"
        torch.testing.assert_close(found[name], expected, rtol=1e-9, atol=1e-12)
