"""The file of all rooms, and what can be done with it."""

from __future__ import annotations

import os
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from explorer.rooms.codes import hashed, new_code, new_token
from explorer.rooms.state import SCHEMA, RoomError, Watched, state, watched
from explorer.weights import cache_folder

LIFETIME = 24 * 3600.0
"""Seconds after which a room is gone."""
MOST_VOTERS = 200
MOST_ROOMS = 500
"""Open at a time, of all teachers."""
STEPS = ("next", "previous", "reveal", "end")


def rooms_file() -> Path:
    """Where rooms are kept: $EXPLORER_ROOMS, or `rooms.sqlite` in the cache folder."""
    own = os.environ.get("EXPLORER_ROOMS")
    return Path(own) if own else cache_folder() / "rooms.sqlite"


class Rooms:
    """All rooms of one file; several servers may share it. May be used from any thread."""

    def __init__(self, path: Path, now: Callable[[], float] = time.time) -> None:
        """Open or create the file; `now` is the clock, in seconds since 1970."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._now = now
        self._lock = threading.Lock()
        self._file = sqlite3.connect(
            path, isolation_level=None, check_same_thread=False, timeout=10
        )
        self._file.execute("PRAGMA journal_mode = WAL")
        # With FULL a commit is on the disk before it returns, in WAL mode, too.
        self._file.execute("PRAGMA synchronous = FULL")
        self._file.execute("PRAGMA foreign_keys = ON")
        # What is deleted is overwritten, not only forgotten.
        self._file.execute("PRAGMA secure_delete = ON")
        self._file.executescript(SCHEMA)
        self._file.execute("DELETE FROM rooms WHERE expires <= ?", (now(),))

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            self._file.close()

    def open(self, seed: int, count: int, network: str) -> tuple[str, str]:
        """A new room: its code and the secret of who leads it.

        Raises:
            RoomError: if there are too many rooms already.
        """
        code, secret = new_code(), new_token()
        with self._writing() as file:
            (rooms,) = file.execute("SELECT count(*) FROM rooms").fetchone()
            if rooms >= MOST_ROOMS:
                raise RoomError(f"{MOST_ROOMS} rooms are open, no more fit: try again later.", 429)
            file.execute(
                "INSERT INTO rooms (code, secret, seed, count, network, expires) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (hashed(code), hashed(secret), seed, count, network, self._now() + LIFETIME),
            )
        return code, secret

    def join(self, code: str) -> str:
        """The token of a new voter.

        Raises:
            RoomError: if there is no such room, it is over, or it is full.
        """
        token = new_token()
        with self._writing() as file:
            room = self._room(file, code)
            now = state(file, room)
            if now.ended:
                raise RoomError("This room is over.", 409)
            if now.voters >= MOST_VOTERS:
                raise RoomError(f"This room is full: it has {MOST_VOTERS} people.", 429)
            file.execute("INSERT INTO voters VALUES (?, ?)", (room, hashed(token)))
        return token

    def vote(self, code: str, token: str, trial: int, choice: int) -> None:
        """Count a vote; when this returns, it is on the disk.

        Args:
            code: of the room.
            token: of the voter.
            trial: from 1; the one that is being voted on.
            choice: 0 for p0, 1 for p1.

        Raises:
            RoomError: if there is no such room or voter, the trial does not take votes, or the
                voter voted on it already (then with the `choice` that counts).
        """
        with self._writing() as file:
            room = self._room(file, code)
            voter = self._voter(file, room, token)
            found = file.execute(
                "SELECT choice FROM votes WHERE room = ? AND voter = ? AND trial = ?",
                (room, voter, trial),
            ).fetchone()
            if found:
                raise RoomError("Your vote on this one is counted already.", 409, found[0])
            now = state(file, room)
            if now.ended:
                raise RoomError("This room is over.", 409)
            if trial != now.position:
                raise RoomError("Another trial is being voted on now.", 409)
            if not now.open:
                raise RoomError("The votes on this one are closed.", 409)
            file.execute("INSERT INTO votes VALUES (?, ?, ?, ?)", (room, voter, trial, choice))

    def look(self, code: str, token: str) -> tuple[Watched, dict[int, int]]:
        """What a voter may know: what the projected page shows, and the own votes.

        Raises:
            RoomError: if there is no such room or voter.
        """
        with self._reading() as file:
            room = self._room(file, code)
            voter = self._voter(file, room, token)
            rows = file.execute(
                "SELECT trial, choice FROM votes WHERE room = ? AND voter = ?", (room, voter)
            )
            return watched(file, room), dict(rows.fetchall())

    def watch(self, code: str, secret: str) -> Watched:
        """What the projected page shows; votes of revealed trials only.

        Raises:
            RoomError: if there is no such room, or the secret is not its own.
        """
        with self._reading() as file:
            room = self._led(file, code, secret)
            return watched(file, room)

    def lead(self, code: str, secret: str, step: str, at: int) -> None:
        """Take a step of `STEPS`. One that does not apply any more changes nothing.

        Args:
            code: of the room.
            secret: of who leads it.
            step: `next`, `previous`, `reveal` or `end`.
            at: the position that the teacher saw: a click that arrives twice counts once.

        Raises:
            RoomError: if there is no such room, or the secret is not its own.
        """
        if step not in STEPS:
            raise ValueError(f"A step is one of {', '.join(STEPS)}; {step!r:.40} was given.")
        with self._writing() as file:
            room = self._led(file, code, secret)
            now = state(file, room)
            if now.ended or now.position != at:
                return
            if step == "end":
                file.execute("UPDATE rooms SET ended = 1 WHERE id = ?", (room,))
            elif step == "reveal" and at > 0:
                file.execute("INSERT OR IGNORE INTO revealed VALUES (?, ?)", (room, at))
            elif step in ("next", "previous"):
                to = min(max(at + (1 if step == "next" else -1), 1), now.count)
                file.execute("UPDATE rooms SET position = ? WHERE id = ?", (to, room))

    def delete(self, code: str, secret: str) -> None:
        """Delete a room with all of its votes.

        Raises:
            RoomError: if there is no such room, or the secret is not its own.
        """
        with self._writing() as file:
            room = self._led(file, code, secret)
            file.execute("DELETE FROM rooms WHERE id = ?", (room,))

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, of which all is kept or nothing; rooms whose time is over go before."""
        with self._lock:
            self._file.execute("DELETE FROM rooms WHERE expires <= ?", (self._now(),))
            self._file.execute("BEGIN IMMEDIATE")
            try:
                yield self._file
            except BaseException:
                self._file.execute("ROLLBACK")
                raise
            self._file.execute("COMMIT")

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """One moment of the file."""
        with self._lock:
            self._file.execute("BEGIN")
            try:
                yield self._file
            finally:
                self._file.execute("ROLLBACK")

    def _room(self, file: sqlite3.Connection, code: str) -> int:
        # Hashes are compared, so how long it takes tells nothing about a code that is near.
        found = file.execute(
            "SELECT id FROM rooms WHERE code = ? AND expires > ?", (hashed(code), self._now())
        ).fetchone()
        if found is None:
            raise RoomError("There is no room with this code; it may be over and deleted.", 404)
        return int(found[0])

    def _led(self, file: sqlite3.Connection, code: str, secret: str) -> int:
        room = self._room(file, code)
        (own,) = file.execute("SELECT secret FROM rooms WHERE id = ?", (room,)).fetchone()
        if not secrets.compare_digest(own, hashed(secret)):
            raise RoomError("Only who opened this room can lead it.", 403)
        return room

    def _voter(self, file: sqlite3.Connection, room: int, token: str) -> bytes:
        voter = hashed(token)
        found = file.execute(
            "SELECT 1 FROM voters WHERE room = ? AND token = ?", (room, voter)
        ).fetchone()
        if found is None:
            raise RoomError("You have not joined this room: join it with its code.", 403)
        return voter
