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

    Each thread takes its share of the first job, then of the second, and waits for the others once,
    at the end.

    Returns:
        For each job what its work gave for each share, in the order of rows.
    """
    size = sum(job.rows * job.columns for job in jobs)
    parts = torch.get_num_threads() if size >= PARALLEL_FROM else 1

    def share(part: int) -> list[list[T]]:
        found = []
        for job in jobs:
            some = slice(job.rows * part // parts, job.rows * (part + 1) // parts)
            found.append([job.work(some)] if some.start < some.stop else [])
        return found

    waiting = [_threads.pool.submit(share, part) for part in range(1, parts)]
    shares = [share(0), *(future.result() for future in waiting)]
    return [[found for part in shares for found in part[i]] for i in range(len(jobs))]


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
