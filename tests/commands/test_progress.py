"""What is said on a terminal and elsewhere while a job runs."""

from __future__ import annotations

import io
from types import SimpleNamespace

import pytest

from explorer.commands import progress
from explorer.commands.progress import Bar, Counter, by_tenths


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(params=[True, False], ids=["terminal", "file"])
def said(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What stands in standard error; a terminal and a file in turns."""
    to = Terminal() if request.param else io.StringIO()
    monkeypatch.setattr(progress, "sys", SimpleNamespace(stderr=to))
    return to


def test_a_counter_writes_over_its_line_or_a_line_now_and_then(said, monkeypatch) -> None:
    now = [0.0]
    monkeypatch.setattr(progress, "time", SimpleNamespace(monotonic=lambda: now[0]))
    counter = Counter()
    for done, seconds in enumerate((1.0, 10.5, 11.0, 21.0), 1):
        now[0] = seconds
        counter.show(f"{done} of 4")
    counter.end()
    lines = said.getvalue()
    if said.isatty():
        assert [part.strip() for part in lines.split("\r")] == [
            "",
            *(f"{i} of 4" for i in (1, 2, 3, 4)),
        ]
        assert lines.count("\n") == 1 and lines.endswith("\n")
    else:
        assert lines == "2 of 4\n4 of 4\n"


def test_the_other_processes_say_nothing(said) -> None:
    counter = Counter(speaks=False)
    counter.show("1 of 4")
    counter.end()
    assert said.getvalue() == ""


def test_a_line_for_every_tenth(said) -> None:
    report = by_tenths()
    for k in range(101):
        report(k / 100, f"{k}")
    lines = said.getvalue().splitlines()
    assert len(lines) == 11 and lines[0] == "  0 % 0" and lines[-1] == "100 % 100"


def test_a_bar_moves_on_a_terminal_and_is_told_by_tenths_elsewhere(said) -> None:
    bar = Bar("a.zip")
    for share in (0.0, 0.04, 0.5, 1.0):
        bar(share, f"{100 * share:.0f} of 100 MB")
    bar.end()
    bar.end()
    if said.isatty():
        drawn = said.getvalue().split("\r")[1:]
        assert [piece.count("#") for piece in drawn] == [0, 1, 15, 30]
        assert drawn[-1].endswith("\n") and drawn[-1].count("\n") == 1
        assert [piece.split("] ")[1].strip() for piece in drawn][-1] == "a.zip: 100 of 100 MB"
    else:
        lines = said.getvalue().splitlines()
        assert lines == [f"{p:3d} % a.zip: {p} of 100 MB" for p in (0, 50, 100)]
