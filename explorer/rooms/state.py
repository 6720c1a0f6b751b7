"""What a room is at a moment, its tables, and what is said when something cannot be done."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field

SCHEMA = """
CREATE TABLE IF NOT EXISTS rooms (
    id INTEGER PRIMARY KEY, code BLOB NOT NULL UNIQUE, secret BLOB NOT NULL,
    seed INTEGER NOT NULL, count INTEGER NOT NULL, network TEXT NOT NULL,
    position INTEGER NOT NULL DEFAULT 0, ended INTEGER NOT NULL DEFAULT 0, expires REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS revealed (
    room INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE, trial INTEGER NOT NULL,
    PRIMARY KEY (room, trial)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS voters (
    room INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE, token BLOB NOT NULL,
    PRIMARY KEY (room, token)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS votes (
    room INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE, voter BLOB NOT NULL,
    trial INTEGER NOT NULL, choice INTEGER NOT NULL CHECK (choice IN (0, 1)),
    PRIMARY KEY (room, voter, trial)
) WITHOUT ROWID;
"""


class RoomError(Exception):
    """What is asked cannot be done; the message is the sentence for the person.

    Attributes:
        status: of HTTP that says the same: 403, 404, 409, 429.
        choice: of a second vote on a trial, the vote that counts.
    """

    def __init__(self, sentence: str, status: int, choice: int | None = None) -> None:
        """With a sentence and what HTTP calls it."""
        super().__init__(sentence)
        self.status = status
        self.choice = choice


@dataclass(frozen=True)
class State:
    """What everybody in a room may know.

    Attributes:
        position: the current trial, from 1; 0 before the first.
        count: how many trials the room has.
        revealed: the trials whose votes are closed and shown.
        ended: whether the room is over.
        voters: how many joined.
        voted: how many voted on the current trial.
        expires: when the room is deleted, in seconds since 1970.
    """

    seed: int
    count: int
    network: str
    position: int
    revealed: frozenset[int]
    ended: bool
    voters: int
    voted: int
    expires: float

    @property
    def open(self) -> bool:
        """Whether the current trial takes votes."""
        return self.position > 0 and not self.ended and self.position not in self.revealed


@dataclass(frozen=True)
class Watched(State):
    """What the projected page knows besides: trial → (votes for p0, votes for p1), if revealed."""

    votes: Mapping[int, tuple[int, int]] = field(default_factory=dict)


def state(file: sqlite3.Connection, room: int) -> State:
    """A room as it stands.

    Args:
        file: within a transaction, so that all counts are of one moment.
        room: its id.
    """
    seed, count, network, position, ended, expires = file.execute(
        "SELECT seed, count, network, position, ended, expires FROM rooms WHERE id = ?", (room,)
    ).fetchone()
    shown = file.execute("SELECT trial FROM revealed WHERE room = ?", (room,)).fetchall()
    (voters,) = file.execute("SELECT count(*) FROM voters WHERE room = ?", (room,)).fetchone()
    (voted,) = file.execute(
        "SELECT count(*) FROM votes WHERE room = ? AND trial = ?", (room, position)
    ).fetchone()
    revealed = frozenset(trial for (trial,) in shown)
    return State(seed, count, network, position, revealed, bool(ended), voters, voted, expires)


def watched(file: sqlite3.Connection, room: int) -> Watched:
    """A room with the votes of its revealed trials."""
    now = state(file, room)
    rows = file.execute(
        "SELECT trial, sum(choice = 0), sum(choice = 1) FROM votes WHERE room = ? GROUP BY trial",
        (room,),
    ).fetchall()
    votes = {t: (none, one) for t, none, one in rows if t in now.revealed}
    return Watched(**vars(now), votes=votes)
