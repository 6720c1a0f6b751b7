"""Rows are shared among threads, each row once, in order; also in a forked process."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest
import torch

from explorer.cores import PARALLEL_FROM, Job, by_rows, run


@pytest.mark.parametrize("rows", [0, 1, 2, 5, 1000])
def test_every_row_is_worked_on_once_and_in_order(rows: int) -> None:
    parts = by_rows(lambda some: list(range(rows))[some], rows, PARALLEL_FROM)
    assert [row for part in parts for row in part] == list(range(rows))
    assert len(parts) == min(torch.get_num_threads(), rows)


def test_others_take_what_a_busy_thread_leaves() -> None:
    """The first share waits for the last one, which the other thread has to come to."""
    done = threading.Event()

    def wait(some: slice) -> int:
        assert some.start or done.wait(60)
        return some.start

    def end(some: slice) -> int:
        if some.stop == 100:
            done.set()
        return some.start

    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        found = run([Job(wait, 100, PARALLEL_FROM), Job(end, 100, 1)])
    finally:
        torch.set_num_threads(before)
    assert found == [[0, 50], [0, 50]]


def test_little_work_stays_in_its_thread() -> None:
    here = threading.get_ident()
    assert by_rows(lambda some: threading.get_ident(), 10, 10) == [here]


def test_what_is_raised_comes_out() -> None:
    def work(some: slice) -> None:
        if some.start:
            raise KeyError("later rows")

    if torch.get_num_threads() > 1:
        with pytest.raises(KeyError, match="later rows"):
            by_rows(work, 100, PARALLEL_FROM)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_forked_process_has_threads_of_its_own() -> None:
    code = (
        "import os\n"
        "import torch\n"
        "from explorer.cores import PARALLEL_FROM, by_rows\n"
        "torch.set_num_threads(2)\n"
        "count = lambda: sum(by_rows(lambda s: s.stop - s.start, 10, PARALLEL_FROM))\n"
        "assert count() == 10\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    os._exit(count())\n"
        "assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 10"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, timeout=60)
