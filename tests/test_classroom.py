"""Eight people vote while the server is killed; the benchmark does it with forty for a minute."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.classroom import failed, measure


def test_no_vote_is_lost_or_counted_twice_when_the_server_is_killed(tmp_path: Path) -> None:
    found = measure(tmp_path, voters=8, seconds=6)
    assert not failed(found), found
    # They voted before the kill and after it.
    assert found["acknowledged"] >= 16 and found["lost_connections"] >= 1
    assert found["trials"] >= 2 and found["in_the_file"] >= found["acknowledged"]


def test_a_failure_would_be_seen() -> None:
    fine = dict.fromkeys(("lost", "changed", "twice", "unasked", "wrong_pages"), 0) | {"wrong": []}
    assert not failed(fine)
    for key in fine:
        assert failed({**fine, key: ["x"] if key == "wrong" else 1}), key
