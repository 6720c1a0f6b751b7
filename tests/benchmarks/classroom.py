"""A room of people who vote without a pause, while the server is killed and started again.

Every voter keeps what the server acknowledged, sends a vote again until it is, and now and then
sends one twice, forged or malformed. At the end the projected page has to show each of those votes
once and nothing else. Run `python -m tests.benchmarks.classroom [--json]`.
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import json
import os
import random
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from explorer.trials import MOST_TRIALS
from tests.benchmarks.hardware import described
from tests.server import ROOT, free_port

PACE = 1.3
"""Seconds for which a trial is asked at least: 46 votes a minute, within the limit of 60."""
HOSTILE = 0.1
"""Of the votes that are sent besides, twice, forged or malformed."""


@dataclass
class Counted:
    """What one voter saw."""

    acknowledged: dict[int, int] = field(default_factory=dict)
    unsure: dict[int, int] = field(default_factory=dict)
    refused_rightly: int = 0
    wrong: list[str] = field(default_factory=list)
    lost_connections: int = 0
    ms: list[float] = field(default_factory=list)


class Server:
    """The app on one port and one file of rooms, through kills and starts."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Seconds until it answers."""
        started = time.monotonic()
        (self.folder / "tmp").mkdir(exist_ok=True)
        own = {
            "TMPDIR": str(self.folder / "tmp"),
            "EXPLORER_ROOMS": str(self.folder / "rooms.sqlite"),
        }
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "app.py", "--port", str(self.port)],
                cwd=ROOT,
                env={**os.environ, **own},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        while True:
            try:
                client = Client(self.port)
                if client.post("watch", {"code": "x", "secret": "x"})[0] == 404:
                    client.close()
                    return time.monotonic() - started
            except (OSError, http.client.HTTPException):
                if self.process.poll() is not None or time.monotonic() - started > 120:
                    raise RuntimeError((self.folder / "server.log").read_text()) from None
                self._breathe()

    def _breathe(self) -> None:
        assert self.process
        try:
            self.process.wait(0.05)
        except subprocess.TimeoutExpired:
            return

    def kill(self) -> None:
        """As when the power goes: SIGKILL."""
        assert self.process
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


class Client:
    """Requests over one connection, which is opened again after an error."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.connection: http.client.HTTPConnection | None = None

    def post(self, path: str, body: Any) -> tuple[int, dict[str, Any]]:
        """Status and answer of a route of rooms; `body` as JSON, or bytes as they are."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        try:
            self.connection.request(
                "POST", f"/rooms/{path}", data, {"Content-Type": "application/json"}
            )
            answer = self.connection.getresponse()
            return answer.status, json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError):
            self.connection.close()
            self.connection = None
            raise

    def close(self) -> None:
        """Give the connection back."""
        if self.connection:
            self.connection.close()

    def insist(self, path: str, body: Any, until: float) -> tuple[int, dict[str, Any]]:
        """`post`, tried again while the server is away."""
        while True:
            try:
                return self.post(path, body)
            except (OSError, http.client.HTTPException):
                if time.monotonic() > until:
                    raise
                threading.Event().wait(0.05)


@dataclass
class Room:
    """What voters and teacher share."""

    port: int
    code: str
    secret: str
    tokens: list[str]
    over: threading.Event = field(default_factory=threading.Event)
    position: int = 1


def vote(room: Room, number: int, counted: Counted) -> None:
    """One person: vote on what is being asked, as soon as it is asked."""
    chance = random.Random(number)
    client = Client(room.port)
    token = room.tokens[number]
    while not room.over.is_set():
        trial = room.position
        if trial in counted.acknowledged:
            room.over.wait(chance.uniform(0.01, 0.1))
            continue
        choice = counted.unsure.get(trial, chance.randrange(2))
        body = {"code": room.code, "token": token, "trial": trial, "choice": choice}
        started = time.monotonic()
        try:
            status, answer = client.post("vote", body)
            counted.ms.append(1000 * (time.monotonic() - started))
            if status == 200 or (status == 409 and "choice" in answer):
                counted.acknowledged[trial] = answer.get("counted", answer.get("choice"))
                counted.unsure.pop(trial, None)
                if counted.acknowledged[trial] != choice:
                    counted.wrong.append(f"{choice} was voted, {answer} is counted")
            elif status != 409:
                counted.wrong.append(f"a vote was answered with {status} {answer}")
            if chance.random() < HOSTILE:
                _hostile(client, room, body, chance, counted)
        except (OSError, http.client.HTTPException):
            counted.lost_connections += 1
            # Sent, but perhaps not counted: the same vote is sent again.
            if trial not in counted.acknowledged:
                counted.unsure[trial] = choice
            room.over.wait(0.05)
    client.close()


def _hostile(
    client: Client, room: Room, body: dict[str, Any], chance: random.Random, counted: Counted
) -> None:
    flipped = 1 - body["choice"]
    wanted, sent = chance.choice(
        [
            (409, {**body, "choice": flipped}),
            (409, body),
            (403, {**body, "token": "A" * 22}),
            (409, {**body, "trial": MOST_TRIALS}),
            (400, {**body, "choice": 2}),
            (400, {**body, "choice": True}),
            (400, {**body, "trial": str(body["trial"])}),
            (400, b'{"code": '),
            (400, b"[1]"),
            (413, b"[" * 20_000),
        ]
    )
    status, answer = client.post("vote", sent)
    # Forged tokens and such count as wrong codes: after many there is only 429.
    if status == wanted or (wanted == 403 and status == 429):
        counted.refused_rightly += 1
    else:
        counted.wrong.append(f"{sent!r:.100} was answered with {status} {answer}")


def measure(folder: Path, voters: int, seconds: float, kills: int = 1) -> dict[str, Any]:
    """Vote for so long with `kills` of the server on the way; the figures."""
    server = Server(folder)
    starts = [server.start()]
    try:
        return _measure(server, starts, voters, seconds, kills)
    finally:
        server.kill()


def _measure(
    server: Server, starts: list[float], voters: int, seconds: float, kills: int
) -> dict[str, Any]:
    teacher = Client(server.port)
    asked = {"seed": 1, "count": MOST_TRIALS, "network": "alexnet"}
    _, opened = teacher.post("open", asked)
    tokens = [teacher.post("join", {"code": opened["code"]})[1]["token"] for _ in range(voters)]
    room = Room(server.port, opened["code"], opened["secret"], tokens)
    lead = {"code": room.code, "secret": room.secret}
    teacher.post("lead", {**lead, "step": "next", "at": 0})
    found = [Counted() for _ in range(voters)]
    threads = [
        threading.Thread(target=vote, args=(room, i, counted)) for i, counted in enumerate(found)
    ]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    left = [began + seconds * (i + 1) / (kills + 1) for i in range(kills)]
    down = 0.0
    asked_at, until = began, began + seconds
    while time.monotonic() < until:
        if left and time.monotonic() >= left[0]:
            left.pop(0)
            server.kill()
            starts.append(server.start())
            down += starts[-1]
            # Without the time away, so that votes follow on the restart however long it takes.
            until += starts[-1]
        everybody = all(room.position in counted.acknowledged for counted in found)
        paced = time.monotonic() >= asked_at + PACE
        if everybody and paced and room.position < MOST_TRIALS - 1:
            asked_at = time.monotonic()
            step = {**lead, "step": "next", "at": room.position}
            status, answer = teacher.insist("lead", step, until + 60)
            if status == 200:
                room.position = answer["position"]
        room.over.wait(0.02)
    room.over.set()
    for thread in threads:
        thread.join()
    taken = sorted(m for counted in found for m in counted.ms)
    return {
        "voters": voters,
        "seconds": seconds,
        "kills": kills,
        "away_s": round(down, 1),
        **_compared(server, teacher, lead, room, found),
        "trials": room.position,
        "p50_ms": round(statistics.median(taken), 1),
        "p95_ms": round(taken[int(0.95 * len(taken))], 1),
    }


def _compared(
    server: Server, teacher: Client, lead: dict[str, str], room: Room, found: list[Counted]
) -> dict[str, Any]:
    """What voters were told against what the file holds and the projected page shows."""
    with sqlite3.connect(server.folder / "rooms.sqlite") as file:
        rows = file.execute("SELECT hex(voter), trial, choice FROM votes").fetchall()
    file.close()
    held = {(voter, trial): choice for voter, trial, choice in rows}
    lost = changed = 0
    own: dict[str, Counted] = {}
    for token, counted in zip(room.tokens, found, strict=True):
        voter = _hashed(token)
        own[voter] = counted
        for trial, choice in counted.acknowledged.items():
            lost += (voter, trial) not in held
            changed += held.get((voter, trial), choice) != choice
    # A vote that was on its way when time was over may be there without the voter knowing.
    unasked = [
        key
        for key, choice in held.items()
        if key[1] not in own[key[0]].acknowledged and own[key[0]].unsure.get(key[1]) != choice
    ]
    wrong_pages = 0
    until = time.monotonic() + 120
    for trial in range(room.position, 0, -1):
        teacher.insist("lead", {**lead, "step": "reveal", "at": trial}, until)
        status, page = teacher.insist("watch", lead, until)
        votes = [sum(1 for (_, t), c in held.items() if t == trial and c == i) for i in (0, 1)]
        wrong_pages += status != 200 or page["position"] != trial or page["trial"]["votes"] != votes
        teacher.insist("lead", {**lead, "step": "previous", "at": trial}, until)
    teacher.close()
    return {
        "acknowledged": sum(len(counted.acknowledged) for counted in found),
        "in_the_file": len(held),
        "lost": lost,
        "changed": changed,
        "twice": len(rows) - len(held),
        "unasked": len(unasked),
        "wrong_pages": wrong_pages,
        "refused_rightly": sum(counted.refused_rightly for counted in found),
        "wrong": [w for counted in found for w in counted.wrong][:20],
        "lost_connections": sum(counted.lost_connections for counted in found),
    }


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest().upper()


def failed(row: dict[str, Any]) -> bool:
    """Whether anything went wrong."""
    return any(row[k] for k in ("lost", "changed", "twice", "unasked", "wrong_pages", "wrong"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 1 if anything went wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--voters", type=int, default=40)
    parser.add_argument("--kills", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    flags = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        row = measure(Path(folder), flags.voters, flags.seconds, flags.kills)
    row |= described(torch.device("cpu"))
    if flags.json:
        print(json.dumps(row))
    else:
        for key, value in row.items():
            print(f"{key:20}{value if value != [] else 'none'}")
    return int(failed(row))


if __name__ == "__main__":
    raise SystemExit(main())
