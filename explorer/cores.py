"""Work on the rows of arrays, shared among the cores."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar

import torch

T = TypeVar("T")

PARALLEL_FROM = 1 << 17
"""So many values are shared; for fewer, waking another thread takes longer than it saves."""


@dataclass(frozen=True)
class Job(Generic[T]):
    """Work on rows, of which several threads may do some each.

    Attributes:
        work: does some of the rows. What it calls should release Python's lock, as numpy and
            `explorer.compiled` do.
        rows: how many there are.
        columns: how many values a row has.
    """

    work: Callable[[slice], T]
    rows: int
    columns: int


def run(jobs: Sequence[Job[T]]) -> list[list[T]]:
    """Do jobs, if that pays by as many threads at once as torch has here.

    Each job is cut into as many shares. A thread that is done with one takes the next, of this job
    or of a later one, so that all end at about the same time.

    Returns:
        For each job what its work gave for each share, in the order of rows.
    """
    size = sum(job.rows * job.columns for job in jobs)
    parts = torch.get_num_threads() if size >= PARALLEL_FROM else 1
    found: list[dict[int, T]] = [{} for _ in jobs]
    todo = iter([(i, part) for i in range(len(jobs)) for part in range(parts)])

    def take_turns() -> None:
        for i, part in todo:
            rows = jobs[i].rows
            some = slice(rows * part // parts, rows * (part + 1) // parts)
            if some.start < some.stop:
                found[i][part] = jobs[i].work(some)

    waiting = [_threads.pool.submit(take_turns) for _ in range(1, parts)]
    take_turns()
    for others in waiting:
        others.result()
    return [[by_part[part] for part in sorted(by_part)] for by_part in found]


def by_rows(work: Callable[[slice], T], rows: int, columns: int) -> list[T]:
    """What `work` gives for each share of the rows of one job."""
    return run([Job(work, rows, columns)])[0]


class _Threads:
    def __init__(self) -> None:
        self.pool = ThreadPoolExecutor(thread_name_prefix="rows")


_threads = _Threads()
if hasattr(os, "register_at_fork"):
    # A forked process has none of its parent's threads.
    os.register_at_fork(after_in_child=_threads.__init__)  # type: ignore[misc]
