"""Whose turn it is: visitors take turns with pieces of long work, one piece at a time.

However many jobs a visitor has waiting, another one's job gets every second piece: a visitor's
jobs run in the order in which they came, and the turn goes round and round among the visitors.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

from anyio import to_thread

T = TypeVar("T")


class TooManyJobs(Exception):
    """A visitor asks for more than may wait; the message is the sentence for the person."""


@dataclass(eq=False)
class Job:
    """One visitor's piece of work after piece of work."""

    visitor: str
    started: bool = False
    waits: asyncio.Future[None] | None = None
    since: int = 0


class Turns:
    """Jobs of one event loop. Not for several threads: a job's pieces run in threads, it does not.

    Attributes:
        most: so many jobs of one visitor may run or wait.
        at_once: so many jobs may have begun and not ended: each holds its pictures in memory.
    """

    def __init__(self, most: int, at_once: int) -> None:
        """Nobody waits."""
        self.most, self.at_once = most, at_once
        self._jobs: dict[str, list[Job]] = {}
        self._served: dict[str, int] = {}
        self._clock = itertools.count(1)
        self._running: Job | None = None

    @asynccontextmanager
    async def job(self, visitor: str) -> AsyncIterator[Job]:
        """A place in the visitor's own line, as long as the context lasts.

        Raises:
            TooManyJobs: if `most` of the visitor's jobs run or wait already.
        """
        line = self._jobs.setdefault(visitor, [])
        if len(line) >= self.most:
            raise TooManyJobs(
                f"{len(line)} of your requests are being worked on; at most {self.most} may be: "
                "wait for one to end."
            )
        job = Job(visitor)
        line.append(job)
        try:
            yield job
        finally:
            line.remove(job)
            if not line:
                del self._jobs[visitor]
                self._served.pop(visitor, None)
            self._call_next()

    async def run(self, job: Job, piece: Callable[[], T]) -> T:
        """Wait for the job's turn, then run a piece of its work in a thread."""
        job.waits, job.since = asyncio.get_running_loop().create_future(), next(self._clock)
        try:
            self._call_next()
            await job.waits
            return await to_thread.run_sync(piece)
        finally:
            job.waits = None
            if self._running is job:
                self._running = None
            self._call_next()

    def _call_next(self) -> None:
        """Let the next job run if none does: of the visitor who has waited longest."""
        if self._running is not None:
            return
        first = [line[0] for line in self._jobs.values() if line]
        room = sum(job.started for job in first) < self.at_once
        ready = [
            (max(job.since, self._served.get(job.visitor, 0)), job)
            for job in first
            if job.waits is not None and not job.waits.done() and (job.started or room)
        ]
        if ready:
            _, job = min(ready, key=lambda pair: pair[0])
            assert job.waits is not None
            self._served[job.visitor] = next(self._clock)
            self._running, job.started = job, True
            job.waits.set_result(None)
