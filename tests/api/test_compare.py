"""`compare` and `maps`: one set of numbers, however the pictures are given."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from explorer import compare, maps
from explorer.cli import main
from explorer.metrics import METRICS
from explorer.results import Comparison
from tests.conftest import pair

GOLDEN = {
    ("spatial", "raw"): 2401.9214,
    ("sort", "raw"): 616.9323,
    ("spatial", "norm"): 2.0533697,
    ("mean", "norm"): 0.0969403,
    ("sort", "norm"): 0.24554199,
}
"""AlexNet on `pair()`, computed in float64 without this project."""


def pixels(seed: int, shape: tuple[int, ...] = (48, 40, 3)) -> np.ndarray:
    coarse = np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)
    return np.asarray(Image.fromarray(coarse).resize((40, 48), Image.Resampling.BOX))


def saved(folder: Path, seed: int, name: str | None = None) -> Path:
    path = folder / f"{name or seed}.png"
    Image.fromarray(pixels(seed)).save(path)
    return path


def totals(found: Comparison) -> dict[tuple[str, str], float]:
    return {key: score.total for key, score in found.scores.items()}


def assert_alike(found: Comparison, expected: Comparison, rel: float = 1e-6) -> None:
    assert found.layers == expected.layers and found.scores.keys() == expected.scores.keys()
    assert found.receipt == expected.receipt
    for key, score in expected.scores.items():
        assert found.scores[key].layers == pytest.approx(score.layers, rel=rel, abs=1e-12), key


def test_equals_numbers_that_were_computed_without_this_project() -> None:
    found = totals(compare(*pair(), dtype=torch.float64, device="cpu"))
    for key, expected in GOLDEN.items():
        assert found[key] == pytest.approx(expected, rel=1e-6)
    single = totals(compare(*pair(), device="cpu"))
    for key, expected in GOLDEN.items():
        assert single[key] == pytest.approx(expected, rel=1e-4)
        assert single[key] != found[key]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    ("flags", "options"),
    [
        ([], {}),
        (["--size", "64x50"], {"size": (64, 50)}),
        (["--network", "squeezenet1_1_caffe"], {"network": "squeezenet1_1_caffe"}),
        (["--weights", "random:3", "--size", "40"], {"weights": "random:3", "size": 40}),
    ],
)
def test_equals_the_command_line(
    dtype: str,
    flags: list[str],
    options: dict[str, object],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    a, b = saved(tmp_path, 1), saved(tmp_path, 2)
    common = ["--device", "cpu", "--dtype", dtype, "--json"]
    assert main(["compare", str(a), str(b), *common, *flags]) == 0
    printed = json.loads(capsys.readouterr().out)
    found = compare(a, b, dtype=getattr(torch, dtype), device="cpu", **options)  # type: ignore[call-overload]
    assert list(found.layers) == printed["layers"]
    assert found.receipt.weights.sha256 == printed["weights"]["sha256"]
    assert list(found.receipt.size) == printed["size"]
    for (metric, norm), score in found.scores.items():
        expected = printed["scores"][metric][norm]
        assert score.total == pytest.approx(expected["total"], rel=1e-6)
        assert list(score.layers) == pytest.approx(expected["layers"], rel=1e-6)
    assert sum(len(norms) for norms in printed["scores"].values()) == len(found.scores)


def test_every_way_to_give_a_picture_gives_the_same_numbers(tmp_path: Path) -> None:
    a, b = saved(tmp_path, 1), pixels(2)
    expected = compare(a, saved(tmp_path, 2), device="cpu")
    first = torch.from_numpy(b.copy()).permute(2, 0, 1).float() / 255
    ways: list[object] = [
        str(tmp_path / "2.png"),
        Image.open(tmp_path / "2.png"),
        Image.fromarray(b).convert("RGBA"),
        b,
        b[::-1][::-1],
        b.astype(np.float32) / 255,
        (b / 255).astype(">f8"),
        first,
        first.double(),
        first.clone().requires_grad_(),
    ]
    for way in ways:
        assert_alike(compare(a, way, device="cpu"), expected)  # type: ignore[call-overload]


def test_grey_is_three_equal_channels() -> None:
    grey = pixels(1)[..., 0]
    expected = compare(np.stack([grey] * 3, 2), pixels(2), device="cpu")
    for way in (grey, grey / 255, Image.fromarray(grey)):
        assert_alike(compare(way, pixels(2), device="cpu"), expected)


def test_pictures_are_turned_upright_as_files_are(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    path = tmp_path / "turned.png"
    Image.fromarray(pixels(1)).save(path, exif=exif)
    with Image.open(path) as picture:
        found = compare(picture, np.rot90(pixels(1), -1), device="cpu")
    assert set(totals(found).values()) == {0.0}


def test_transparency_is_dropped_or_composited(tmp_path: Path) -> None:
    rgba = np.dstack([pixels(1), np.full((48, 40), 128, np.uint8)])
    picture = Image.fromarray(rgba)
    assert set(totals(compare(picture, pixels(1), device="cpu")).values()) == {0.0}
    over = Image.alpha_composite(Image.new("RGBA", picture.size, "#102030"), picture).convert("RGB")
    found = compare(picture, over, background="#102030", device="cpu")
    assert set(totals(found).values()) == {0.0}


@pytest.mark.parametrize("network", ["alexnet", "squeezenet1_1_caffe"])
def test_batches_equal_their_pairs_one_by_one(network: str, tmp_path: Path) -> None:
    a = [pixels(i) for i in range(3)] + [saved(tmp_path, 3), np.tile(pixels(4), (2, 1, 1))]
    b = [pixels(i + 9) for i in range(3)] + [pixels(12), np.tile(pixels(5), (2, 1, 1))]
    found = compare(a, b, network, device="cpu")
    assert isinstance(found, list) and len(found) == 5
    assert [c.receipt.size for c in found] == [(40, 48)] * 4 + [(40, 96)]
    for i, together in enumerate(found):
        assert_alike(together, compare(a[i], b[i], network, device="cpu"))


def test_batches_of_tensors_and_arrays() -> None:
    generator = torch.Generator().manual_seed(0)
    a, b = torch.rand(2, 40, 3, 33, 37, generator=generator)
    found = compare(a, b, device="cpu")
    assert len(found) == 40  # more than go through together
    for i in (0, 39):
        assert_alike(found[i], compare(a[i], b[i], device="cpu"))
    arrays = compare(a.permute(0, 2, 3, 1).numpy()[:2], list(b[:2]), device="cpu")
    for i, together in enumerate(arrays):
        assert_alike(together, found[i])
    assert compare([], [], device="cpu") == []


def test_identical_pictures_are_at_exactly_zero_in_a_batch_too() -> None:
    same = torch.rand(3, 3, 40, 40, generator=torch.Generator().manual_seed(1))
    for found in compare(same, same.clone(), device="cpu"):
        assert set(totals(found).values()) == {0.0}


def test_the_pictures_given_stay_as_they_are() -> None:
    given = torch.rand(3, 40, 40, generator=torch.Generator().manual_seed(1))
    before = given.clone()
    compare(given, given.flip(2), device="cpu")
    compare(given[None], given.flip(2)[None], device="cpu")
    assert torch.equal(given, before) and not given.is_inference()


@pytest.mark.parametrize("norm", [True, False])
@pytest.mark.parametrize("metric", ["spatial", "sort", "mean", "lpips"])
def test_the_mean_of_each_map_is_the_distance_of_its_layer(metric: str, norm: bool) -> None:
    if not norm and "raw" not in METRICS[metric].norms:
        with pytest.raises(ValueError, match="LPIPS is not defined with norm=False"):
            maps(pixels(1), pixels(2), metric=metric, norm=norm)
        return
    found = maps(pixels(1), pixels(2), metric=metric, norm=norm, device="cpu")
    scores = compare(pixels(1), pixels(2), device="cpu").scores
    layers = dict(
        zip(
            compare(pixels(1), pixels(2)).layers,
            scores[metric, "norm" if norm else "raw"].layers,
            strict=True,
        )
    )
    assert [m.layer for m in found] == [n for n in layers for _ in range(1 + (metric == "sort"))]
    for one in found:
        assert one.values.mean() == pytest.approx(layers[one.layer], rel=1e-4)
        assert one.distance == pytest.approx(layers[one.layer], rel=1e-6)
        assert (one.metric, one.norm) == (metric, "norm" if norm else "raw")


@pytest.mark.parametrize("many", [False, True])
def test_chosen_layers(many: bool) -> None:
    a, b = pair(64)
    given = ([a, a], [b, a]) if many else (a, b)
    whole, part, every = (
        compare(*given, layers=layers, device="cpu")
        for layers in (None, ["relu5", "relu2"], ["relu1", "relu2", "relu3", "relu4", "relu5"])
    )
    whole, part, every = (found[0] if many else found for found in (whole, part, every))
    assert part.layers == part.receipt.taps == ("relu2", "relu5") and every.receipt.taps == ()
    assert ("lpips", "norm") in every.scores and ("lpips", "norm") not in part.scores
    for key, score in part.scores.items():
        layers = whole.scores[key].layers
        assert score.layers == pytest.approx((layers[1], layers[4]), rel=1e-6)
    for layers, sentence in (("relu2", "layers is a list"), ([], "list"), (["x"], "no layer 'x'")):
        with pytest.raises(ValueError, match=sentence):
            compare(*given, layers=layers, device="cpu")
