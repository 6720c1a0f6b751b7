"""Weights that are there: bundled, cached, random and from files."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess

import pytest
import safetensors.torch
import torch

from explorer import conversion, dists, fetching, weights
from explorer.networks import NETWORKS
from tests.few import FEW

CAFFE = NETWORKS["squeezenet1_1_caffe"]
SQUEEZE = NETWORKS["squeezenet1_1"]
networks = pytest.mark.parametrize(
    "network", [NETWORKS[name] for name in FEW], ids=lambda network: network.name
)
bundled = pytest.mark.parametrize(
    "network", [n for n in NETWORKS if n.bundled], ids=lambda network: network.name
)


@pytest.fixture(autouse=True)
def cache(monkeypatch, tmp_path):
    """A cache of the test's own, not yet there."""
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def random_state(network=SQUEEZE, seed=5):
    return weights.load(network, f"random:{seed}").state


def test_bundled_files_are_as_listed_small_and_complete():
    listed = json.loads((weights.BUNDLED / weights.MANIFEST).read_text())
    files = {path.name: path for path in weights.BUNDLED.glob("*.safetensors")}
    assert files.keys() == listed.keys()
    shipped = {n.bundled for n in NETWORKS if n.bundled} | {n.heads_file for n in NETWORKS}
    assert files.keys() == shipped | {weights.OLD_HEADS_FILE, dists.FILE}
    for name, path in files.items():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == listed[name]["sha256"]
        assert path.stat().st_size == listed[name]["bytes"] < 10_000_000
        assert listed[name]["origin"]
        assert listed[name]["licence"]


@bundled
def test_bundled_files_hold_convolutions_only(network):
    state = safetensors.torch.load_file(weights.BUNDLED / network.bundled)
    shapes = {
        f"{name}.{part}": getattr(conv, part).shape
        for name, conv in conversion.convolutions(conversion.empty_trunk(network)).items()
        for part in ("weight", "bias")
    }
    assert {key: tensor.shape for key, tensor in state.items()} == shapes
    assert {tensor.dtype for tensor in state.values()} == {torch.float32}


@bundled
def test_pretrained_says_where_it_comes_from(network):
    listed = json.loads((weights.BUNDLED / weights.MANIFEST).read_text())[network.bundled]
    loaded = weights.load(network)
    assert weights.on_disk(network) == weights.BUNDLED / network.bundled
    assert loaded.info.origin == listed["origin"]
    assert loaded.info.sha256 == listed["sha256"]
    assert loaded.info.licence == listed["licence"]
    source = network.sources[0]
    assert loaded.info.origin == f"{source.project} {source.version} {source.member}"


def test_alexnet_is_torchvisions():
    """The first kernel, as it is printed all over the web for IMAGENET1K_V1."""
    first = weights.load(NETWORKS["alexnet"]).state["0.weight"][0, 0, 0, :3]
    assert first.tolist() == pytest.approx([0.11864, 0.094069, 0.095435], abs=5e-6)


@networks
def test_random_is_seeded_and_he_normal(network):
    torch.manual_seed(1)
    before = torch.get_rng_state()
    first, again, other = (weights.load(network, f"random:{seed}") for seed in (7, 7, 8))
    assert torch.equal(torch.get_rng_state(), before), "the global generator is not ours"
    assert first.info == again.info
    assert first.info.sha256 != other.info.sha256
    assert "7" in first.info.origin
    assert "untrained" in first.info.origin
    for key, tensor in first.state.items():
        assert torch.equal(tensor, again.state[key])
        assert tensor.dtype == torch.float32
        if key.endswith("bias"):
            assert not tensor.any()
            continue
        assert not torch.equal(tensor, other.state[key])
        deviation = (2 / tensor[0].numel()) ** 0.5
        few = 5 / tensor.numel() ** 0.5
        assert abs(tensor.mean()) < few * deviation
        assert tensor.std() == pytest.approx(deviation, rel=few)


@pytest.mark.parametrize("form", ["trunk.safetensors", "full.safetensors", "trunk.pth", "full.pth"])
def test_own_file(tmp_path, form):
    """Full (`features.…` and a classifier) or trunk only; either format; sha256sum's digest."""
    state = random_state()
    path = tmp_path / form
    stored = dict(state)
    if form.startswith("full"):
        stored = {f"features.{key}": tensor for key, tensor in state.items()}
        stored |= {"classifier.1.weight": torch.ones(4, 3), "classifier.1.bias": torch.ones(4)}
    save = safetensors.torch.save_file if path.suffix == ".safetensors" else torch.save
    save(stored, path)
    loaded = weights.load(SQUEEZE, str(path))
    assert loaded.state.keys() == state.keys()
    assert all(torch.equal(loaded.state[key], tensor) for key, tensor in state.items())
    assert loaded.info.origin == f"file {form}"
    if shutil.which("sha256sum"):
        line = subprocess.run(["sha256sum", path], capture_output=True, text=True, check=True)
        assert loaded.info.sha256 == line.stdout.split()[0]
    assert loaded.info.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_cached_weights(cache):
    """Every network has its own line in the list; the folder of the cache is made when needed."""
    assert weights.on_disk(SQUEEZE) is None
    for number, name in enumerate(("squeezenet1_1", "vgg16")):
        network = NETWORKS[name]
        path = cache / f"{name}.safetensors"
        fetching.store(path, random_state(network), f"test {number}", "MIT")
        assert weights.on_disk(network) == path
    loaded = weights.load(SQUEEZE)
    assert (loaded.info.origin, loaded.info.licence) == ("test 0", "MIT")
    assert all(torch.equal(loaded.state[k], v) for k, v in random_state().items())
    assert weights.load(NETWORKS["vgg16"]).info.origin == "test 1"
    assert len(list(cache.iterdir())) == 3


def test_bundled_comes_before_cached(cache):
    fetching.store(cache / f"{CAFFE.name}.safetensors", random_state(CAFFE), "cached", "MIT")
    assert weights.load(CAFFE).info.origin != "cached"


@pytest.mark.parametrize("change", ["damaged", "unlisted"])
def test_cached_file_stands_in_for_a_bad_bundled_one(monkeypatch, tmp_path, cache, change):
    """As after a fetch; the info is the cached file's. With both bad, the first is spoken of."""
    bundle = shutil.copytree(weights.BUNDLED, tmp_path / "bundled")
    monkeypatch.setattr(weights, "BUNDLED", bundle)
    path = cache / f"{CAFFE.name}.safetensors"
    fetching.store(path, random_state(CAFFE), "cached", "MIT")
    if change == "damaged":
        (bundle / CAFFE.bundled).write_bytes((bundle / CAFFE.bundled).read_bytes()[:-1])
    else:
        (bundle / weights.MANIFEST).write_text("{}")
    loaded = weights.load(CAFFE)
    assert (loaded.info.origin, loaded.info.licence) == ("cached", "MIT")
    assert loaded.info.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert all(torch.equal(loaded.state[k], v) for k, v in random_state(CAFFE).items())
    digest = hashlib.sha256(b"").hexdigest()[:12]
    path.write_bytes(b"")
    with pytest.raises(weights.WeightsError, match=r"\): fetch it again\.$") as caught:
        weights.load(CAFFE)
    assert ("is damaged" in str(caught.value)) == (change == "damaged")
    assert digest not in str(caught.value)


@pytest.mark.parametrize("variable", ["EXPLORER_CACHE", "XDG_CACHE_HOME", "HOME"])
def test_cache_folder(monkeypatch, tmp_path, variable):
    for name in ("EXPLORER_CACHE", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, str(tmp_path))
    below = {"EXPLORER_CACHE": "", "XDG_CACHE_HOME": "deep-similarity-explorer"}
    expected = tmp_path / below.get(variable, ".cache/deep-similarity-explorer")
    assert weights.cache_folder() == expected


@pytest.mark.parametrize("name", ["alexnet", "vgg16", "squeezenet1_1"])
def test_heads_are_a_number_a_channel(name):
    heads = weights.load_heads(NETWORKS[name])
    assert [head.shape for head in heads] == [(tap.channels,) for tap in NETWORKS[name].taps]
    assert all((head >= 0).all() and head.any() for head in heads)


def test_no_heads_for_other_weights():
    """LPIPS's heads were trained on torchvision's SqueezeNet, not on Caffe's."""
    assert weights.load_heads(CAFFE) is None
