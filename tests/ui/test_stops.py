"""Long jobs end when their own number is stopped, and only then."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from explorer.ui import stops as module
from explorer.ui.stops import Stops


def session(name: str) -> SimpleNamespace:
    return SimpleNamespace(session_hash=name)


def test_all_up_to_the_number_end_and_later_ones_do_not() -> None:
    stops = Stops()
    assert not any(stops.stopped(n, session("a")) for n in (-1, 0, 1))
    stops.stop("2", session("a"))
    assert [stops.stopped(n, session("a")) for n in (1, 2, 3)] == [True, True, False]
    assert not stops.stopped(1, session("b"))
    stops.stop("1", session("a"))
    assert stops.stopped(2, session("a"))


@pytest.mark.parametrize("text", ["", "two", "2.5", "null", "true", "[2]", None, 2, "[" * 10**5])
def test_anything_else_ends_nothing(text: object) -> None:
    stops = Stops()
    stops.stop(text, session("a"))
    assert not stops.stopped(1, session("a")) and not stops.stopped("1", session("a"))


def test_the_oldest_sessions_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_SESSIONS", 3)
    stops = Stops()
    for name in "abcd":
        stops.stop("1", session(name))
    assert [stops.stopped(1, session(name)) for name in "abcd"] == [False, True, True, True]
