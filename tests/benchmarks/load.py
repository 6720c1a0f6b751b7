"""Many clients at once, every answer compared with a reference, and one who sends nonsense.

    python -m tests.benchmarks.load [--seconds 60] [--clients 32] [--json]

First one client alone asks every question, against a server that it starts: moves of the page's
sliders (raw posts of its live event) and comparisons of two files through the endpoint. Then so
many clients ask them again and again, each with a session of its own, while one more sends
malformed requests without a pause. Counted are answers, errors, and answers that differ from the
reference by more than rounding; the server's memory is read throughout.
"""

from __future__ import annotations

import argparse
import base64
import http.client
import io
import json
import math
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import torch
from PIL import Image

from tests.benchmarks.hardware import described
from tests.server import serving

CLOSE = 1e-4
"""Relative difference that is rounding: features that were computed in another batch."""
FAMILIES = ("rings", "zebra", "chessboard", "dots")
ANGLES = (0, 17, 45, 90, 135)


@dataclass
class Counted:
    """What one client saw."""

    answers: int = 0
    errors: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


Question = Callable[[http.client.HTTPConnection, str], Any]


def questions() -> dict[str, Question]:
    """All questions by name."""
    asked: dict[str, Question] = {}
    for family in FAMILIES:
        for angle in ANGLES:
            form = {"picture.family": family, "rotate.angle": angle, "layout.size": "64"}
            asked[f"move {family} {angle}"] = _move(json.dumps(form))
    generator = np.random.default_rng(3)
    pictures = [_png(generator) for _ in range(4)]
    for i, a in enumerate(pictures):
        b = pictures[(i + 1) % len(pictures)]
        asked[f"compare {i}"] = _comparison(a, b)
    return asked


def _png(generator: np.random.Generator) -> str:
    pixels = generator.integers(0, 256, (64, 64, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


def _move(form: str) -> Question:
    def ask(connection: http.client.HTTPConnection, session: str) -> Any:
        body = {"data": [form, None], "fn_index": 0, "session_hash": session}
        answer = json.loads(_post(connection, "/gradio_api/run/predict", body))
        return [json.loads(panel) for panel in answer["data"]]

    return ask


def _comparison(a: str, b: str) -> Question:
    def ask(connection: http.client.HTTPConnection, session: str) -> Any:
        body = {"data": [a, b, "alexnet", "pretrained", None, False], "session_hash": session}
        event = json.loads(_post(connection, "/gradio_api/call/compare", body))["event_id"]
        connection.request("GET", f"/gradio_api/call/compare/{event}")
        last = connection.getresponse().read().decode().strip().splitlines()[-2:]
        if last[0] != "event: complete":
            raise RuntimeError(" ".join(last))
        return json.loads(last[1].removeprefix("data: "))

    return ask


def _post(connection: http.client.HTTPConnection, path: str, body: Any) -> bytes:
    connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
    answer = connection.getresponse()
    data = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{answer.status} {data[:200]!r}")
    return data


def differs(a: Any, b: Any) -> bool:
    """Whether two answers differ by more than rounding."""
    if isinstance(a, float) and isinstance(b, (int, float)):
        return not math.isclose(a, b, rel_tol=CLOSE, abs_tol=1e-6)
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() != b.keys() or any(differs(a[k], b[k]) for k in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) != len(b) or any(differs(x, y) for x, y in zip(a, b, strict=True))
    return bool(a != b)


def without_timings(answer: Any) -> Any:
    """An answer without what is measured anew each time."""
    if isinstance(answer, dict):
        timed = {"times", "total"} if "times" in answer else set()
        return {k: without_timings(v) for k, v in answer.items() if k not in timed}
    if isinstance(answer, list):
        return [without_timings(v) for v in answer]
    return answer


def client(
    address: str, number: int, until: float, known: dict[str, Any], counted: Counted
) -> None:
    """Ask until the time is over, in an order of one's own."""
    order = random.Random(number)
    asked = list(questions().items())
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    while time.monotonic() < until:
        name, ask = order.choice(asked)
        started = time.monotonic()
        try:
            answer = without_timings(ask(connection, f"client{number}"))
        except (OSError, RuntimeError, ValueError, http.client.HTTPException) as error:
            counted.errors.append(f"{name}: {error!r:.300}")
            connection.close()
            continue
        counted.seconds.append(time.monotonic() - started)
        counted.answers += 1
        if differs(known[name], answer):
            counted.wrong.append(name)
    connection.close()


META = {"_type": "gradio.FileData"}
NONSENSE: tuple[tuple[str, str, bytes], ...] = (
    ("POST", "/gradio_api/run/predict", b"{"),
    ("POST", "/gradio_api/run/predict", b"\xff\xfe\x00"),
    ("POST", "/gradio_api/run/predict", b'{"data": [], "fn_index": 0}'),
    ("POST", "/gradio_api/run/predict", b'{"data": ["{}", null], "fn_index": 99999}'),
    ("POST", "/gradio_api/run/predict", b'{"data": [{"a": 1}, null], "fn_index": 0}'),
    ("POST", "/gradio_api/run/predict", b'{"data": ["[[[[", null], "fn_index": 0}'),
    ("POST", "/gradio_api/run/compare", b'{"data": [1]}'),
    ("POST", "/gradio_api/call/compare", b'{"data": [1]}'),
    ("POST", "/gradio_api/call/compare", b'{"data": ["x", "y", "z", 1, 2, 3]}'),
    ("POST", "/gradio_api/call/sweep", b'{"data": ["rotate.angle", 1, [], {}, -1, 0]}'),
    (
        "POST",
        "/gradio_api/call/suite",
        json.dumps({"data": [[], {"path": "/etc/passwd", "meta": META}, False]}).encode(),
    ),
    ("POST", "/gradio_api/call/nothing", b'{"data": []}'),
    ("POST", "/gradio_api/queue/join", b'{"data": ["x"], "fn_index": 2, "session_hash": "m"}'),
    ("POST", "/gradio_api/upload", b"no form at all"),
    ("POST", "/gradio_api/cancel", b'{"session_hash": "m", "fn_index": 0, "event_id": "x"}'),
    ("GET", "/gradio_api/file=/etc/passwd", b""),
    ("GET", "/gradio_api/file=../../../../etc/passwd", b""),
    ("GET", "/gradio_api/call/compare/none", b""),
    ("DELETE", "/health", b""),
    ("POST", "/gradio_api/mcp/", b'{"jsonrpc": "1"}'),
)


def malformed(address: str, until: float, counted: Counted) -> None:
    """Send nonsense without a pause; whatever is answered is fine, but not success of a read."""
    for i in range(10**9):
        if time.monotonic() >= until:
            return
        method, path, body = NONSENSE[i % len(NONSENSE)]
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
        try:
            connection.request(method, path, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            # The first bytes are enough: some answers are streams.
            if b"root:" in answer.read1(2000):
                counted.wrong.append(path)
            counted.answers += 1
        except (OSError, http.client.HTTPException) as error:
            counted.errors.append(f"{path}: {error!r:.200}")
        finally:
            connection.close()


def resident(process: int) -> float:
    """Megabytes of memory that a process has."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"There is no process {process}.")


def measure(address: str, process: int, seconds: float, clients: int) -> dict[str, Any]:
    """Ask for so long; the figures."""
    alone = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    known = {name: without_timings(ask(alone, "alone")) for name, ask in questions().items()}
    # Asked twice, so that what differs by itself is seen before it is counted as wrong.
    unsteady = [
        name
        for name, ask in questions().items()
        if differs(known[name], without_timings(ask(alone, "alone")))
    ]
    alone.close()
    until = time.monotonic() + seconds
    found = [Counted() for _ in range(clients)]
    hostile = Counted()
    threads = [
        threading.Thread(target=client, args=(address, i, until, known, counted))
        for i, counted in enumerate(found)
    ]
    threads.append(threading.Thread(target=malformed, args=(address, until, hostile)))
    for thread in threads:
        thread.start()
    memory: list[float] = []
    while any(thread.is_alive() for thread in threads):
        memory.append(resident(process))
        threads[0].join(0.25)
        if not threads[0].is_alive():
            for thread in threads:
                thread.join()
    taken = sorted(s for counted in found for s in counted.seconds)
    # The first fifth fills caches and starts threads.
    settled = memory[len(memory) // 5 :]
    half = len(settled) // 2
    return {
        "clients": clients,
        "seconds": seconds,
        "answers": sum(c.answers for c in found),
        "errors": [e for c in found for e in c.errors],
        "wrong": [w for c in [*found, hostile] for w in c.wrong],
        "unsteady": unsteady,
        "fewest": min(c.answers for c in found),
        "most": max(c.answers for c in found),
        "p50_ms": round(1000 * statistics.median(taken)) if taken else None,
        "p95_ms": round(1000 * taken[int(0.95 * len(taken))]) if taken else None,
        "malformed": hostile.answers,
        "malformed_dropped": hostile.errors,
        "memory_mb": {
            "start": round(memory[0]),
            "first_half": round(statistics.median(settled[:half])) if half else None,
            "second_half": round(statistics.median(settled[half:])),
            "end": round(memory[-1]),
        },
    }


def _last_file(traceback: str) -> str:
    """The innermost frame of a traceback in a log."""
    return [line for line in traceback.splitlines() if line.startswith("  File ")][-1]


def main(arguments: Sequence[str] | None = None) -> int:
    """Start a server, measure, print; 1 if anything went wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    flags = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as (address, process):
        row = measure(address, process, flags.seconds, flags.clients) | described(
            torch.device("cpu")
        )
        log = (Path(folder) / "server.log").read_text()
    # Gradio logs some of its own 404s as tracebacks; ours would name a file of ours last.
    own = [t for t in log.split("Traceback")[1:] if "/explorer/" in _last_file(t)]
    row["tracebacks"] = len(own)
    if flags.json:
        print(json.dumps(row))
    else:
        for key, value in row.items():
            print(f"{key:20}{value if value != [] else 'none'}")
    if row["tracebacks"]:
        print(own[0], file=sys.stderr)
    return int(bool(row["errors"] or row["wrong"] or row["tracebacks"]))


if __name__ == "__main__":
    raise SystemExit(main())
