"""Fetching from a local server that cuts off, changes, lies; and archives that mean harm."""

from __future__ import annotations

import hashlib
import io
import json
import re
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from explorer.bapps import fetch, unpack
from explorer.bapps.fetch import Archive, FetchError
from explorer.bapps.unpack import Bounds, UnpackError
from explorer.cli import main

CONTENT = bytes(range(256)) * 400
ARCHIVE = Archive("val", "file.tar.gz", "2afc")


class Server(ThreadingHTTPServer):
    """Serves `content`, with ranges; `cut` bytes an answer at most."""

    content = CONTENT
    etag = '"one"'
    cut: int | None = None
    ranges = True
    asked: list[str | None]


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:  # noqa: N802 - the base class's name
        wanted = self.headers.get("Range")
        self.server.asked.append(wanted)
        if self.path != "/file.tar.gz":
            self.send_error(404)
            return
        content, start = self.server.content, 0
        same = self.headers.get("If-Range") in (None, self.server.etag)
        if wanted and same and self.server.ranges:
            start = int(re.fullmatch(r"bytes=(\d+)-", wanted).group(1))  # type: ignore[union-attr]
            if start >= len(content):
                self.send_response(416)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        else:
            self.send_response(200)
        piece = content[start:]
        self.send_header("Content-Length", str(len(piece)))
        self.send_header("ETag", self.server.etag)
        self.end_headers()
        self.wfile.write(piece[: self.server.cut])

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def _serving() -> Iterator[tuple[Server, str]]:
    server = Server(("127.0.0.1", 0), Handler)
    server.asked = []
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def served() -> Iterator[tuple[Server, str]]:
    with _serving() as found:
        yield found


def test_a_file_is_fetched_and_its_sha256_is_written_down(
    served: tuple[Server, str], tmp_path: Path
) -> None:
    shares: list[float] = []
    path = fetch.fetch(ARCHIVE, tmp_path, lambda share, _: shares.append(share), [served[1]])
    assert path.read_bytes() == CONTENT and shares[-1] == 1 and shares == sorted(shares)
    known = {"sha256": hashlib.sha256(CONTENT).hexdigest(), "bytes": len(CONTENT)}
    assert fetch.records(tmp_path) == {"file.tar.gz": known}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["fetched.json", "file.tar.gz"]
    fetch.fetch(ARCHIVE, tmp_path, hosts=[served[1]])
    assert len(served[0].asked) == 1


def test_a_connection_that_is_cut_off_is_gone_on_with(
    served: tuple[Server, str], tmp_path: Path
) -> None:
    served[0].cut = 30_000
    assert fetch.fetch(ARCHIVE, tmp_path, hosts=[served[1]]).read_bytes() == CONTENT
    assert served[0].asked == [None, "bytes=30000-", "bytes=60000-", "bytes=90000-"]


def _partial(served: tuple[Server, str], folder: Path, length: int) -> None:
    (folder / "file.tar.gz.part").write_bytes(CONTENT[:length])
    notes = {"address": f"{served[1]}/file.tar.gz", "mark": '"one"', "bytes": len(CONTENT)}
    (folder / "file.tar.gz.part.json").write_text(json.dumps(notes))


@pytest.mark.parametrize("length", [40_000, len(CONTENT)])
def test_a_later_run_goes_on(served: tuple[Server, str], tmp_path: Path, length: int) -> None:
    _partial(served, tmp_path, length)
    assert fetch.fetch(ARCHIVE, tmp_path, hosts=[served[1]]).read_bytes() == CONTENT
    assert served[0].asked == [f"bytes={length}-"]


def test_a_file_that_has_changed_meanwhile_is_fetched_anew(
    served: tuple[Server, str], tmp_path: Path
) -> None:
    _partial(served, tmp_path, 40_000)
    served[0].etag, served[0].content = '"two"', CONTENT[::-1]
    assert fetch.fetch(ARCHIVE, tmp_path, hosts=[served[1]]).read_bytes() == CONTENT[::-1]


def test_a_server_without_ranges_sends_everything_again(
    served: tuple[Server, str], tmp_path: Path
) -> None:
    _partial(served, tmp_path, 40_000)
    served[0].ranges = False
    assert fetch.fetch(ARCHIVE, tmp_path, hosts=[served[1]]).read_bytes() == CONTENT


def test_a_server_that_never_sends_all_is_given_up(
    served: tuple[Server, str], tmp_path: Path
) -> None:
    served[0].cut = 0
    with pytest.raises(FetchError, match=f"ends after 0 of {len(CONTENT)} bytes"):
        fetch.fetch(ARCHIVE, tmp_path, hosts=[served[1]])
    assert len(served[0].asked) == fetch.TRIES


def test_the_next_address_is_tried_and_the_last_sentence_says_where_to_get_it(
    served: tuple[Server, str], tmp_path: Path
) -> None:
    missing = f"{served[1]}/elsewhere"
    assert fetch.fetch(ARCHIVE, tmp_path / "a", hosts=[missing, served[1]]).is_file()
    with pytest.raises(FetchError, match="answers 404 Not Found.*Get it by hand.*put it at .*b"):
        fetch.fetch(ARCHIVE, tmp_path / "b", hosts=[missing])


def test_a_file_that_is_not_what_it_was_is_refused(
    served: tuple[Server, str], tmp_path: Path
) -> None:
    fetch.fetch(ARCHIVE, tmp_path, hosts=[served[1]])
    (tmp_path / "file.tar.gz").write_bytes(CONTENT[:-1])
    with pytest.raises(FetchError, match="is not what it was"):
        fetch.fetch(ARCHIVE, tmp_path, hosts=[served[1]])
    known = Archive("val", "file.tar.gz", "", "0" * 64)
    with pytest.raises(FetchError, match="000000000000… was expected"):
        fetch.fetch(known, tmp_path / "other", hosts=[served[1]])


def _tar(path: Path, *members: tuple[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return path


def test_an_archive_is_unpacked(tmp_path: Path) -> None:
    path = _tar(tmp_path / "a.tar.gz", ("val/cnn/ref/0.png", b"one"), ("val/cnn/p0/0.png", b"two"))
    assert unpack.unpack(path, tmp_path / "2afc") == [tmp_path / "2afc" / "val"]
    assert (tmp_path / "2afc/val/cnn/p0/0.png").read_bytes() == b"two"
    with pytest.raises(UnpackError, match="val is there already"):
        unpack.unpack(path, tmp_path / "2afc")


def test_what_other_archives_brought_stays(tmp_path: Path) -> None:
    for name, added in (("a", "jnd"), ("b", "jnd/b")):
        path = _tar(tmp_path / f"{name}.tar.gz", (f"jnd/{name}/0.png", name.encode()))
        assert unpack.unpack(path, tmp_path / "data") == [tmp_path / "data" / added]
    assert (tmp_path / "data/jnd/a/0.png").read_bytes() == b"a"


def _link(kind: bytes) -> Callable[[Path], Path]:
    def make(path: Path) -> Path:
        with tarfile.open(path, "w:gz") as tar:
            info = tarfile.TarInfo("val/link")
            info.type, info.linkname = kind, "/etc/passwd"
            tar.addfile(info)
        return path

    return make


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda p: _tar(p, ("/tmp/evil", b"x")), "would lie outside"),
        (lambda p: _tar(p, ("val/../../evil", b"x")), "would lie outside"),
        (lambda p: _tar(p, ("..\\evil", b"x")), "would lie outside"),
        (lambda p: _tar(p, ("C:/evil", b"x")), "would lie outside"),
        (_link(tarfile.SYMTYPE), "is a link or no file"),
        (_link(tarfile.LNKTYPE), "is a link or no file"),
        (_link(tarfile.FIFOTYPE), "is a link or no file"),
        (lambda p: _tar(p, ("a", b"x"), ("a", b"y")), "could not be unpacked"),
        (lambda p: _tar(p, *((f"{i}", b"") for i in range(11))), "more than 10 files"),
        (lambda p: _tar(p, ("a", b"x" * 2000)), "or 1000 bytes"),
    ],
)
def test_an_archive_that_means_harm_is_refused_and_leaves_nothing(
    tmp_path: Path, make: Callable[[Path], Path], sentence: str
) -> None:
    path = make(tmp_path / "a.tar.gz")
    with pytest.raises(UnpackError, match=sentence):
        unpack.unpack(path, tmp_path / "into", Bounds(files=10, bytes=1000))
    assert list((tmp_path / "into").iterdir()) == []
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.tar.gz", "into"]


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    generator = hashlib.sha256(b"").digest() * 20_000
    path = _tar(tmp_path / "a.tar.gz", ("val/0", generator))
    whole = path.read_bytes()
    for content in (whole[: len(whole) // 2], b"no gzip", b""):
        path.write_bytes(content)
        with pytest.raises(UnpackError, match="damaged or cut off"):
            unpack.unpack(path, tmp_path / "into")
    assert list((tmp_path / "into").iterdir()) == []


def test_the_command_fetches_and_unpacks_and_may_be_given_again(
    served: tuple[Server, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    served[0].content = _tar(tmp_path / "made.tar.gz", ("val/cnn/ref/0.png", b"1")).read_bytes()
    monkeypatch.setattr(fetch, "ARCHIVES", {"val": ARCHIVE})
    monkeypatch.setattr(fetch, "HOSTS", (served[1],))
    command = ["bapps", "fetch", "val", "--into", str(tmp_path / "bapps")]
    assert main(command) == 0
    said = capsys.readouterr()
    assert said.out == f"{tmp_path / 'bapps' / '2afc' / 'val'}\n"
    assert hashlib.sha256(served[0].content).hexdigest() in said.err
    assert main(command) == 0
    assert "unpacked already" in capsys.readouterr().err and len(served[0].asked) == 1
    monkeypatch.setattr(fetch, "HOSTS", (f"{served[1]}/none",))
    assert main(["bapps", "fetch", "val", "--into", str(tmp_path / "other")]) == 1
    assert "Get it by hand" in capsys.readouterr().err
    with pytest.raises(SystemExit) as misuse:
        main(["bapps", "fetch", "everything"])
    assert misuse.value.code == 2
