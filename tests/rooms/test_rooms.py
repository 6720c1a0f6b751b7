"""Rooms in their file: who may do what, what counts, what stays after a kill, what is deleted."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.rooms import (
    ALPHABET,
    CODE_LENGTH,
    LIFETIME,
    RoomError,
    Rooms,
    rooms_file,
    store,
    tidy,
)


class Clock:
    """Seconds, moved by hand."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def rooms(tmp_path: Path, clock: Clock) -> Iterator[Rooms]:
    found = Rooms(tmp_path / "deep" / "rooms.sqlite", clock)
    yield found
    found.close()


def refusal(status: int):  # type: ignore[no-untyped-def]
    return pytest.raises(RoomError, check=lambda error: error.status == status)


def started(rooms: Rooms, count: int = 8) -> tuple[str, str, str]:
    code, secret = rooms.open(5, count, "alexnet")
    token = rooms.join(code)
    rooms.lead(code, secret, "next", 0)
    return code, secret, token


def test_codes_are_of_forty_bits_and_read_in_one_way() -> None:
    assert len(ALPHABET) == len(set(ALPHABET)) == 32 and CODE_LENGTH == 8
    assert not set(ALPHABET) & set("01IO") and ALPHABET.isupper()
    codes = {store.new_code() for _ in range(2000)}
    assert len(codes) == 2000 and all(len(c) == 8 and set(c) <= set(ALPHABET) for c in codes)
    assert {c[0] for c in codes} == {c[7] for c in codes} == set(ALPHABET)
    assert tidy("abcd-Efgh\n") == tidy(" ABCD EFGH") == "ABCDEFGH"


def test_a_room_from_the_first_vote_to_the_last(rooms: Rooms) -> None:
    code, secret, token = started(rooms, count=2)
    other = rooms.join(code)
    rooms.vote(code, token, 1, 1)
    state, own = rooms.look(code, token)
    assert (state.position, state.open, state.voters, state.voted) == (1, True, 2, 1)
    assert own == {1: 1} and rooms.look(code, other)[1] == {}
    # Before the reveal nobody learns who chose what, not even the teacher.
    assert rooms.watch(code, secret).votes == state.votes == {}
    rooms.vote(code, other, 1, 0)
    rooms.lead(code, secret, "reveal", 1)
    assert rooms.watch(code, secret).votes == rooms.look(code, other)[0].votes == {1: (1, 1)}
    rooms.lead(code, secret, "next", 1)
    rooms.vote(code, other, 2, 0)
    assert rooms.watch(code, secret).votes == {1: (1, 1)}
    rooms.lead(code, secret, "end", 2)
    with refusal(409):
        rooms.vote(code, token, 2, 0)
    with refusal(409):
        rooms.join(code)
    rooms.lead(code, secret, "reveal", 2)
    assert rooms.watch(code, secret).revealed == {1}


def test_a_vote_counts_once_whatever_is_sent_again(rooms: Rooms) -> None:
    code, secret, token = started(rooms)
    rooms.vote(code, token, 1, 1)
    for choice in (1, 0):
        with refusal(409) as caught:
            rooms.vote(code, token, 1, choice)
        assert caught.value.choice == 1
    rooms.lead(code, secret, "reveal", 1)
    with refusal(409) as caught:
        rooms.vote(code, token, 1, 0)
    assert caught.value.choice == 1 and rooms.watch(code, secret).votes == {1: (0, 1)}


def test_votes_out_of_turn_are_refused(rooms: Rooms) -> None:
    code, secret = rooms.open(5, 8, "alexnet")
    token = rooms.join(code)
    for trial in (0, 1, 2):
        with refusal(409):
            rooms.vote(code, token, trial, 0)
    rooms.lead(code, secret, "next", 0)
    with refusal(409):
        rooms.vote(code, token, 2, 0)
    rooms.lead(code, secret, "reveal", 1)
    with refusal(409) as caught:
        rooms.vote(code, token, 1, 0)
    assert caught.value.choice is None and rooms.watch(code, secret).votes == {}


def test_a_choice_that_is_none_never_reaches_the_file(rooms: Rooms) -> None:
    code, _, token = started(rooms)
    with pytest.raises(sqlite3.IntegrityError):
        rooms.vote(code, token, 1, 2)
    assert rooms.look(code, token)[1] == {}
    rooms.vote(code, token, 1, 0)


def test_wrong_codes_secrets_and_tokens_are_refused(rooms: Rooms) -> None:
    code, secret, token = started(rooms)
    elsewhere, _, stranger = started(rooms)
    for wrong in (
        "",
        "AAAAAAAA",
        code[:-1],
        code + "2",
        code.lower(),
        "%",
        "\ud800",
        "' OR 1=1 --",
    ):
        with refusal(404):
            rooms.join(wrong)
        with refusal(404):
            rooms.vote(wrong, token, 1, 0)
        with refusal(403):
            rooms.vote(code, wrong, 1, 0)
        with refusal(403):
            rooms.watch(code, wrong)
    for forged in (stranger, secret, code):
        with refusal(403):
            rooms.vote(code, forged, 1, 0)
        with refusal(403):
            rooms.look(code, forged)
    for forged in (token, code):
        for act in (
            lambda key: rooms.lead(code, key, "next", 1),
            lambda key: rooms.delete(code, key),
            lambda key: rooms.watch(code, key),
        ):
            with refusal(403):
                act(forged)
    assert rooms.look(elsewhere, stranger)[0].voted == rooms.look(code, token)[0].voted == 0


def test_steps_apply_where_they_were_meant(rooms: Rooms) -> None:
    code, secret, _ = started(rooms, count=3)

    def position() -> int:
        return rooms.watch(code, secret).position

    rooms.lead(code, secret, "next", 0)  # the click that started the room, arriving again
    assert position() == 1
    rooms.lead(code, secret, "previous", 1)
    assert position() == 1
    for at in (1, 2, 3):
        rooms.lead(code, secret, "next", at)
    assert position() == 3
    rooms.lead(code, secret, "previous", 3)
    assert position() == 2 and rooms.watch(code, secret).open
    with pytest.raises(ValueError, match="A step is one of"):
        rooms.lead(code, secret, "back", 2)


def test_rooms_and_people_are_limited(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MOST_VOTERS", 3)
    monkeypatch.setattr(store, "MOST_ROOMS", 2)
    code, _ = rooms.open(1, 8, "alexnet")
    for _ in range(3):
        rooms.join(code)
    with refusal(429):
        rooms.join(code)
    rooms.open(1, 8, "alexnet")
    with refusal(429):
        rooms.open(1, 8, "alexnet")


def rows(path: Path) -> dict[str, int]:
    with sqlite3.connect(path) as file:
        tables = ("rooms", "revealed", "voters", "votes")
        found = {t: file.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in tables}
    file.close()
    return found


def test_deleted_and_expired_rooms_leave_nothing(
    tmp_path: Path, rooms: Rooms, clock: Clock
) -> None:
    path = tmp_path / "deep" / "rooms.sqlite"
    for ending in ("delete", "expire"):
        code, secret, token = started(rooms)
        rooms.vote(code, token, 1, 1)
        rooms.lead(code, secret, "reveal", 1)
        assert set(rows(path).values()) == {1}
        if ending == "delete":
            rooms.delete(code, secret)
        else:
            clock.now += LIFETIME
        with refusal(404):
            rooms.watch(code, secret)
        with refusal(404):
            rooms.look(code, token)
        with refusal(404):
            rooms.vote(code, token, 1, 0)
        assert set(rows(path).values()) == {0}


def test_the_file_holds_hashes_and_votes_only(tmp_path: Path, rooms: Rooms) -> None:
    code, secret, token = started(rooms)
    rooms.vote(code, token, 1, 1)
    held = b"".join(p.read_bytes() for p in (tmp_path / "deep").iterdir())
    assert b"alexnet" in held
    for word in (code, secret, token):
        assert word.encode() not in held
    with sqlite3.connect(tmp_path / "deep" / "rooms.sqlite") as file:
        assert file.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        columns = {
            t: {row[1] for row in file.execute(f"PRAGMA table_info({t})")}
            for t in ("voters", "votes")
        }
    file.close()
    assert columns == {"voters": {"room", "token"}, "votes": {"room", "voter", "trial", "choice"}}
    assert rooms._file.execute("PRAGMA synchronous").fetchone() == (2,)


def test_a_restart_goes_on(tmp_path: Path, rooms: Rooms, clock: Clock) -> None:
    code, secret, token = started(rooms)
    rooms.vote(code, token, 1, 1)
    again = Rooms(tmp_path / "deep" / "rooms.sqlite", clock)
    with refusal(409):
        again.vote(code, token, 1, 0)
    again.lead(code, secret, "reveal", 1)
    # Two servers on one file see the same.
    assert again.watch(code, secret) == rooms.watch(code, secret)
    again.close()


def _vote_until_killed(path: Path, code: str, tokens: list[str], said: str) -> None:
    rooms = Rooms(path)
    with open(said, "w", buffering=1) as acknowledged:
        for token in tokens:
            rooms.vote(code, token, 1, 1)
            print(token, file=acknowledged)
    signal.pause()


def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "rooms.sqlite"
    rooms = Rooms(path)
    code, secret = rooms.open(5, 8, "alexnet")
    tokens = [rooms.join(code) for _ in range(60)]
    rooms.lead(code, secret, "next", 0)
    said = tmp_path / "said"
    said.touch()
    arguments = (path, code, tokens, str(said))
    voter = multiprocessing.get_context("spawn").Process(target=_vote_until_killed, args=arguments)
    voter.start()
    while len(said.read_text().splitlines()) < 20 and voter.is_alive():
        voter.join(0.01)
    assert voter.pid
    os.kill(voter.pid, signal.SIGKILL)
    voter.join()
    acknowledged = said.read_text().splitlines()
    rooms.lead(code, secret, "reveal", 1)
    none, one = rooms.watch(code, secret).votes[1]
    # At most the vote that was being acknowledged is there without having been.
    assert none == 0 and len(acknowledged) >= 20 and one - len(acknowledged) in (0, 1)
    for token in acknowledged:
        assert rooms.look(code, token)[1] == {1: 1}
    rooms.close()


def test_many_at_once_are_all_counted_once(rooms: Rooms) -> None:
    code, secret, _ = started(rooms)
    tokens = [rooms.join(code) for _ in range(24)]
    refused: list[RoomError] = []

    def insist(token: str, choice: int) -> None:
        for _ in range(5):
            try:
                rooms.vote(code, token, 1, choice)
            except RoomError as error:
                refused.append(error)

    threads = [
        threading.Thread(target=insist, args=(token, i % 2)) for i, token in enumerate(tokens)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rooms.lead(code, secret, "reveal", 1)
    assert rooms.watch(code, secret).votes == {1: (12, 12)}
    assert len(refused) == 24 * 4 and all(error.status == 409 for error in refused)


def test_the_file_is_where_it_is_wanted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path))
    monkeypatch.delenv("EXPLORER_ROOMS", raising=False)
    assert rooms_file() == tmp_path / "rooms.sqlite"
    monkeypatch.setenv("EXPLORER_ROOMS", str(tmp_path / "own.db"))
    assert rooms_file() == tmp_path / "own.db"
