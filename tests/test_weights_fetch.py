"""Fetching by torchvision's own download code, from a server on this machine."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import socket
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import torch
import torchvision

from explorer import fetching, weights
from explorer.networks import NETWORKS
from explorer.weights import WeightsError

SQUEEZE = NETWORKS["squeezenet1_1"]


class Server(ThreadingHTTPServer):
    """Serves `files` in pieces, `pause` seconds apart; `stalls` after half until `released`."""

    daemon_threads = True
    pause = 0.0
    stalls = False

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, bytes] = {}
        self.released = threading.Event()
        self.address = f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request, client_address):
        """Clients that went away are part of the tests."""


class Handler(BaseHTTPRequestHandler):
    """One request to `Server`."""

    def do_GET(self):
        """Send the file, or 404."""
        body = self.server.files.get(self.path)
        if body is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        step = len(body) // 20 + 1
        for start in range(0, len(body), step):
            if self.server.stalls and start > len(body) / 2:
                self.server.released.wait(30)
                return
            self.wfile.write(body[start : start + step])
            time.sleep(self.server.pause)

    def log_message(self, *arguments):
        """Be quiet."""


@pytest.fixture
def server():
    """A server on this machine only."""
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.released.set()
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def folders(monkeypatch, tmp_path):
    """A cache and a folder for temporary files of the test's own; neither keeps leftovers."""
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    yield tmp_path
    assert not list((tmp_path / "temporary").iterdir())
    cached = {path.name for path in (tmp_path / "cache").glob("*")}
    assert cached <= {weights.MANIFEST, *(f"{n.name}.safetensors" for n in NETWORKS)}


@pytest.fixture
def published(monkeypatch, server):
    """Publish bytes as torchvision's SqueezeNet, under the hash given or the true one."""

    def publish(data: bytes, digest: str | None = None, address: str | None = None) -> str:
        digest = digest or hashlib.sha256(data).hexdigest()[:8]
        name = f"/models/squeezenet1_1-{digest}.pth"
        server.files[name] = data
        member = torchvision.models.SqueezeNet1_1_Weights.IMAGENET1K_V1
        url = (address or server.address) + name
        monkeypatch.setattr(member, "_value_", dataclasses.replace(member.value, url=url))
        return url

    return publish


def checkpoint(seed=3, network=SQUEEZE):
    """What torchvision publishes: a whole network's state dict, as bytes."""
    state = weights.load(network, f"random:{seed}").state
    buffer = io.BytesIO()
    torch.save({f"features.{key}": tensor for key, tensor in state.items()}, buffer)
    return buffer.getvalue()


def refusal():
    """The sentence with which a fetch fails; nothing is stored."""
    with pytest.raises(WeightsError) as caught:
        fetching.fetch(SQUEEZE)
    text = str(caught.value)
    assert text.startswith("The weights of squeezenet1_1 could not be fetched: ")
    assert text.endswith(".")
    assert "\n" not in text
    assert weights.on_disk(SQUEEZE) is None
    return text


def test_from_torchvision(folders, server, published, monkeypatch):
    """Slow, but never still for long enough to be given up."""
    monkeypatch.setattr(fetching, "STALL_SECONDS", 1.0)
    server.pause = 0.06
    published(checkpoint())
    told: list[tuple[float, str]] = []
    path = fetching.fetch(SQUEEZE, lambda share, text: told.append((share, text)))
    assert path == folders / "cache" / "squeezenet1_1.safetensors"
    loaded = weights.load(SQUEEZE)
    wanted = weights.load(SQUEEZE, "random:3").state
    assert all(torch.equal(loaded.state[key], tensor) for key, tensor in wanted.items())
    assert loaded.info.origin == "torchvision SqueezeNet1_1_Weights.IMAGENET1K_V1"
    assert loaded.info.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0, 1)
    assert len({share for share in shares if 0.02 < share < 0.6}) >= 4
    assert "connecting" in told[0][1]
    assert all(text and "\n" not in text for _, text in told)
    assert any("SqueezeNet 1.1" in text and "of 5 MB" in text for _, text in told)


def test_fetched_again_over_a_damaged_file(folders, published):
    published(checkpoint())
    path = fetching.fetch(SQUEEZE)
    path.write_bytes(b"damaged")
    (path.parent / weights.MANIFEST).write_text("damaged too")
    fetching.fetch(SQUEEZE)
    assert weights.load(SQUEEZE).state


def test_wrong_hash(folders, published):
    published(checkpoint(), digest="01234567")
    assert "01234567" in refusal()
    assert not (folders / "cache").exists()


def test_connection_lost(folders, server, published):
    """Half of the file arrives, then the server hangs up."""
    server.stalls = True
    server.released.set()
    published(checkpoint())
    assert "hash" in refusal()
    assert not (folders / "cache").exists()


@pytest.mark.parametrize("data", [b"no checkpoint", checkpoint(network=NETWORKS["alexnet"])])
def test_right_hash_wrong_file(published, data):
    published(data)
    assert "squeezenet1_1" in refusal().split("fetched: ")[1]


def test_not_found(server, published):
    published(checkpoint())
    server.files.clear()
    assert "404" in refusal()


def test_connection_refused(published):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    published(checkpoint(), address=f"http://127.0.0.1:{port}")
    assert "refused" in refusal()


def test_stall(folders, server, published, monkeypatch):
    monkeypatch.setattr(fetching, "STALL_SECONDS", 0.5)
    server.stalls = True
    published(checkpoint())
    started = time.monotonic()
    assert "0.5 seconds" in refusal()
    assert 0.5 <= time.monotonic() - started < 5
    assert not list((folders / "temporary").iterdir())
    server.released.set()
    for thread in threading.enumerate():
        if "(download)" in thread.name:
            thread.join(10)
            assert not thread.is_alive()


@pytest.mark.parametrize("obstacle", ["file for the folder", "folder for the file"])
def test_cache_that_cannot_be_written(folders, published, obstacle):
    published(checkpoint())
    cache = folders / "cache"
    if obstacle == "file for the folder":
        cache.write_text("in the way")
    else:
        (cache / "squeezenet1_1.safetensors").mkdir(parents=True)
    assert "cannot be written" in refusal()


@pytest.mark.parametrize("damage", [None, "missing", "shape", "nan"])
def test_a_whole_network_with_batch_norm(folders, server, monkeypatch, damage):
    """What the trunk needs is kept, statistics too; a damaged file of the right hash is not."""
    network = NETWORKS["mobilenet_v3_small"]
    state = dict(weights.load(network, "random:3").state)
    wanted = dict(state)
    state["classifier.3.weight"] = torch.ones(10, 4)
    state["features.0.1.num_batches_tracked"] = torch.tensor(7)
    key = "features.1.block.0.1.running_var"
    if damage == "missing":
        del state[key]
    elif damage == "shape":
        state[key] = torch.ones(3)
    elif damage == "nan":
        state[key] = state[key] * float("nan")
    buffer = io.BytesIO()
    torch.save(state, buffer)
    data = buffer.getvalue()
    name = f"/mobilenet_v3_small-{hashlib.sha256(data).hexdigest()[:8]}.pth"
    server.files[name] = data
    member = torchvision.models.MobileNet_V3_Small_Weights.IMAGENET1K_V1
    changed = dataclasses.replace(member.value, url=server.address + name)
    monkeypatch.setattr(member, "_value_", changed)
    if damage:
        with pytest.raises(WeightsError, match=key):
            fetching.fetch(network)
        assert weights.on_disk(network) is None
        return
    told: list[tuple[float, str]] = []
    fetching.fetch(network, lambda share, text: told.append((share, text)))
    assert told[-1] == (1.0, "Ready") and "MobileNet v3 small" in told[0][1]
    found = weights.load(network)
    assert found.state.keys() == wanted.keys()
    assert all(torch.equal(found.state[k], tensor) for k, tensor in wanted.items())
    assert found.info.origin == "torchvision MobileNet_V3_Small_Weights.IMAGENET1K_V1"
