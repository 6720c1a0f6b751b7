"""A small reverse proxy: strips a prefix, and spreads requests over several servers."""

from __future__ import annotations

import http.client
import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


@contextmanager
def proxied(
    servers: Sequence[str], prefix: str = "", sticky: bool = False
) -> Iterator[tuple[str, list[str]]]:
    """The proxy's address, and the list of paths that were asked for outside of `prefix`.

    Args:
        servers: addresses that requests go to, round and round.
        prefix: the path under which the servers are shown; others are answered with 404.
        sticky: whether a browser stays with its server, by a cookie.
    """
    turns = itertools.count()
    strays: list[str] = []

    class Handler(_Handler):
        def target(self) -> str | None:
            if not self.path.startswith(prefix + "/"):
                if self.path != "/favicon.ico":
                    strays.append(self.path)
                return None
            return self.path[len(prefix) :]

        def server_for(self) -> tuple[str, int | None]:
            cookie = self.headers.get("cookie", "")
            if sticky and "server=" in cookie:
                return servers[int(cookie.partition("server=")[2][0])], None
            chosen = next(turns) % len(servers)
            return servers[chosen], chosen if sticky else None

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}{prefix}", strays
        finally:
            server.shutdown()


class _Handler(BaseHTTPRequestHandler):
    target: Callable[[], str | None]
    server_for: Callable[[], tuple[str, int | None]]

    def _pass(self) -> None:
        target = self.target()
        if target is None:
            # Browsers ask every host for an icon by themselves; that is no stray.
            self.send_response(204 if self.path == "/favicon.ico" else 404)
            self.end_headers()
            return
        address, cookie = self.server_for()
        upstream = http.client.HTTPConnection(urlsplit(address).netloc, timeout=120)
        try:
            length = int(self.headers.get("content-length", 0))
            headers = {k: v for k, v in self.headers.items() if k.lower() not in HOP | {"host"}}
            headers["Host"] = self.headers["host"]
            headers["X-Forwarded-Host"] = self.headers["host"]
            headers["X-Forwarded-Proto"] = "http"
            upstream.request(self.command, target, self.rfile.read(length) or None, headers)
            answer = upstream.getresponse()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in HOP:
                    self.send_header(name, value)
            if cookie is not None:
                self.send_header("Set-Cookie", f"server={cookie}; Path=/")
            self.send_header("Connection", "close")
            self.end_headers()
            # Events have to pass as they come.
            while piece := answer.read1(65536):
                self.wfile.write(piece)
                self.wfile.flush()
        except (BrokenPipeError, ConnectionResetError, http.client.IncompleteRead):
            """The browser has gone, or the server."""
        finally:
            upstream.close()

    do_GET = do_POST = do_HEAD = do_PUT = do_DELETE = _pass  # noqa: N815

    def log_message(self, *rest: object) -> None:
        """Quiet."""
