"""Weights that are missing, damaged, hostile or of another network: one sentence each."""

from __future__ import annotations

import json
import pickle
import re
import shutil
from pathlib import Path

import pytest
import safetensors.torch
import torch

from explorer import fetching, weights
from explorer.engine import Engine
from explorer.networks import HEADS_FILE, NETWORKS
from explorer.weights import WeightsError

ALEXNET = NETWORKS["alexnet"]
CAFFE = NETWORKS["squeezenet1_1_caffe"]
SQUEEZE = NETWORKS["squeezenet1_1"]
LAYER = "3.squeeze.weight"


class Malicious:
    """Unpickled without care, this makes a file."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self):
        """What pickle calls."""
        return Path.touch, (self.target,)


@pytest.fixture(autouse=True)
def cache(monkeypatch, tmp_path):
    """A cache of the test's own, not yet there."""
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def bundle(monkeypatch, tmp_path):
    """A copy of what is bundled, free to be damaged."""
    copy = tmp_path / "bundled"
    monkeypatch.setattr(weights, "BUNDLED", shutil.copytree(weights.BUNDLED, copy))
    return copy


def refusal(network, choice="pretrained"):
    """The sentence with which weights are refused."""
    with pytest.raises(WeightsError) as caught:
        weights.load(network, str(choice))
    text = str(caught.value)
    assert text.endswith(".")
    assert "\n" not in text
    assert len(text) < 300
    return text


def random_state(network=SQUEEZE):
    return weights.load(network, "random:5").state


def flip(path, position):
    """Flip one byte."""
    data = bytearray(path.read_bytes())
    data[position] ^= 0xFF
    path.write_bytes(data)


def edit_list(path, change):
    """Let `change` work on the list beside a file."""
    manifest = path.parent / weights.MANIFEST
    listed = json.loads(manifest.read_text())
    change(listed)
    manifest.write_text(json.dumps(listed))


DAMAGES = {
    "byte": lambda path: flip(path, -1000),
    "header": lambda path: flip(path, 20),
    "first byte": lambda path: flip(path, 0),
    "truncated": lambda path: path.write_bytes(path.read_bytes()[:-7]),
    "empty": lambda path: path.write_bytes(b""),
    "other network": lambda path: shutil.copy(path.parent / "alexnet.safetensors", path),
    "no line": lambda path: edit_list(path, lambda listed: listed.pop(path.name)),
    "odd line": lambda path: edit_list(path, lambda listed: listed.update({path.name: "abc"})),
    "no hash": lambda path: edit_list(path, lambda listed: listed[path.name].pop("sha256")),
    "no list": lambda path: (path.parent / weights.MANIFEST).unlink(),
    "no JSON": lambda path: (path.parent / weights.MANIFEST).write_text("{"),
    "odd JSON": lambda path: (path.parent / weights.MANIFEST).write_text("[]"),
}
damages = pytest.mark.parametrize("damage", DAMAGES)


@pytest.mark.parametrize("name", ["vgg16", "squeezenet1_1"])
def test_missing_weights_name_the_network(name, cache):
    text = refusal(NETWORKS[name])
    assert re.search(rf"\b{name}\b", text)
    assert "fetch" in text
    assert not cache.exists()


def test_missing_weights_are_named_in_other_processes_too(cache):
    with pytest.raises(WeightsError) as caught:
        weights.load(NETWORKS["vgg16"])
    arrived = pickle.loads(pickle.dumps(caught.value))
    assert (arrived.missing, str(arrived)) == ("vgg16", str(caught.value))


@damages
def test_damaged_bundled_file(bundle, damage):
    weights.load(CAFFE)
    DAMAGES[damage](bundle / CAFFE.bundled)
    text = refusal(CAFFE)
    assert CAFFE.bundled in text
    assert text.endswith(": fetch it again.")


@damages
def test_damaged_cached_file(cache, damage):
    """A refusal is not for good: storing the file again, as `fetch` does, mends it."""
    path = cache / "squeezenet1_1.safetensors"
    fetching.store(cache / "alexnet.safetensors", random_state(ALEXNET), "test", "MIT")
    fetching.store(path, random_state(), "test", "MIT")
    weights.load(SQUEEZE)
    DAMAGES[damage](path)
    text = refusal(SQUEEZE)
    assert path.name in text
    assert text.endswith(": fetch it again.")
    fetching.store(path, random_state(), "test", "MIT")
    assert weights.load(SQUEEZE).info.origin == "test"


def test_cached_file_of_another_network(cache):
    """Listed with its true hash, but not this network."""
    fetching.store(cache / "vgg16.safetensors", random_state(), "test", "MIT")
    assert "vgg16" in refusal(NETWORKS["vgg16"])


def test_damaged_heads(bundle):
    flip(bundle / HEADS_FILE, -5)
    with pytest.raises(WeightsError, match=r"^lpips_v01\.safetensors is damaged .*: restore .*\.$"):
        weights.load_heads(ALEXNET)


WRONG = {
    "narrow": (lambda w: w[:, :-1].contiguous(), LAYER),
    "flat": (lambda w: w.flatten(), LAYER),
    "nan": (lambda w: w.index_fill(0, torch.tensor(2), torch.nan), LAYER),
    "infinite": (lambda w: w.index_fill(0, torch.tensor(2), -torch.inf), LAYER),
    "overflow": (lambda w: w.double() * 1e300, LAYER),
}


@pytest.mark.parametrize("suffix", [".safetensors", ".pth"])
@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_tensor(tmp_path, wrong, suffix):
    """The layer at fault is named."""
    change, layer = WRONG[wrong]
    state = random_state()
    path = tmp_path / f"wrong{suffix}"
    save = torch.save if suffix == ".pth" else safetensors.torch.save_file
    save({**state, layer: change(state[layer])}, path)
    text = refusal(SQUEEZE, path)
    assert layer in text
    assert path.name in text


@pytest.mark.parametrize("network", ["alexnet", "vgg16", "squeezenet1_1_caffe"])
def test_file_of_another_network(network):
    """AlexNet's bundled file for the others, Caffe's for AlexNet."""
    other = CAFFE if network == "alexnet" else ALEXNET
    text = refusal(NETWORKS[network], weights.BUNDLED / other.bundled)
    assert network in text
    assert other.bundled in text


def test_missing_tensor(tmp_path):
    state = random_state()
    del state[LAYER]
    safetensors.torch.save_file(state, tmp_path / "part.safetensors")
    assert f"'{LAYER}' is missing" in refusal(SQUEEZE, tmp_path / "part.safetensors")


def saved(thing, path, **options):
    torch.save(thing, path, **options)
    return path.read_bytes()


NOT_WEIGHTS = {
    "text.safetensors": lambda path: b"hello, not a safetensors file",
    "empty.safetensors": lambda path: b"",
    "lying.safetensors": lambda path: b"\xff" * 8 + b"{}",
    "picture.safetensors": lambda path: (weights.BUNDLED.parent / "samples/cat.jpg").read_bytes(),
    "text.pth": lambda path: b"hello, not a checkpoint",
    "empty.pth": lambda path: b"",
    "truncated.pth": lambda path: saved(random_state(), path)[:-5000],
    "old.pth": lambda path: saved(random_state(), path, _use_new_zipfile_serialization=False)[:999],
    "list.pth": lambda path: saved([1, 2], path),
    "tensor.pth": lambda path: saved(torch.ones(3), path),
    "nested.pth": lambda path: saved({"epoch": 3, "state_dict": random_state()}, path),
    "numbers.pth": lambda path: saved(dict.fromkeys(random_state(), 1.0), path),
    "module.pth": lambda path: saved(torch.nn.Conv2d(1, 1, 1), path),
}


@pytest.mark.parametrize("name", NOT_WEIGHTS)
def test_not_a_weights_file(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(NOT_WEIGHTS[name](path))
    assert name in refusal(SQUEEZE, path)


@pytest.mark.parametrize(
    "choice", ["no/such/file.pth", ".", "", "random:", "random:-1", "Random:1"]
)
def test_nothing_there(choice):
    assert choice in refusal(SQUEEZE, choice)


@pytest.mark.parametrize("choice", ["random", "random:", "random:-1", "random:1e3", "random:x"])
def test_random_without_a_seed_is_told_what_is_expected(choice):
    assert "random:0" in refusal(SQUEEZE, choice)


@pytest.mark.parametrize("suffix", [".pth", ".pt", ".ckpt", ".safetensors", ""])
@pytest.mark.parametrize("zipped", [True, False])
def test_malicious_pickle_is_not_run(tmp_path, suffix, zipped):
    """The proof that it could have been: pickle itself runs it."""
    target = tmp_path / "executed"
    path = tmp_path / f"bad{suffix}"
    bad = {**random_state(), "z": Malicious(target)}
    if zipped:
        torch.save(bad, path)
    else:
        path.write_bytes(pickle.dumps(bad, protocol=2))
    assert path.name in refusal(SQUEEZE, path)
    assert not target.exists()
    pickle.loads(pickle.dumps(Malicious(target)))
    assert target.exists()


def test_the_rest_goes_on_working(bundle):
    """A refusal in an engine leaves its other networks alone, and is not remembered."""
    engine = Engine("cpu")
    a, b = torch.rand(2, 3, 40, 40, generator=torch.Generator().manual_seed(0))
    good = (bundle / CAFFE.bundled).read_bytes()
    flip(bundle / CAFFE.bundled, -9)
    for name in ("squeezenet1_1_caffe", "vgg16"):
        with pytest.raises(WeightsError, match=name):
            engine.compare_images(a, b, name)
    alexnet = engine.compare_images(a, b, "alexnet")
    assert alexnet.scores["spatial", "raw"].total > 0
    assert engine.compare_images(a, b, "vgg16", "random:1").scores["sort", "raw"].total > 0
    (bundle / CAFFE.bundled).write_bytes(good)
    assert engine.compare_images(a, b, "squeezenet1_1_caffe").scores["mean", "raw"].total > 0
