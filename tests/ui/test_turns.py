"""Visitors take turns, whatever one of them asks for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from explorer.ui.turns import TooManyJobs, Turns


def finished(work: Coroutine[Any, Any, None]) -> None:
    """Run to the end in a thread of its own: the browser's tests keep a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()


async def job(turns: Turns, visitor: str, pieces: int, done: list[str], name: str = "") -> None:
    async with turns.job(visitor) as own:
        for _ in range(pieces):
            await turns.run(own, lambda: done.append(name or visitor))


def together(*jobs: Callable[[], Awaitable[None]]) -> None:
    """Run jobs that were asked for one after the other, all before the first piece ended."""

    async def run() -> None:
        await asyncio.gather(*(job() for job in jobs))

    finished(run())


def test_ten_jobs_of_one_visitor_do_not_keep_another_waiting() -> None:
    turns = Turns(12, 4)
    done: list[str] = []
    greedy = [lambda i=i: job(turns, "a", 5, done, f"a{i}") for i in range(10)]
    together(*greedy, lambda: job(turns, "b", 5, done))
    # b waits for the piece that runs, then has every second one.
    places = [i for i, name in enumerate(done) if name == "b"]
    assert places == [1, 3, 5, 7, 9]
    # a's own jobs run whole, in the order in which they came.
    mine = [name for name in done if name != "b"]
    assert mine == [f"a{i}" for i in range(10) for _ in range(5)]


def test_three_visitors_go_round() -> None:
    turns = Turns(12, 4)
    done: list[str] = []
    together(*(lambda v=v: job(turns, v, 3, done) for v in "abc"))
    assert done == list("abcabcabc")


def test_only_so_many_jobs_have_begun() -> None:
    turns = Turns(12, 2)
    done: list[str] = []
    together(*(lambda v=v: job(turns, v, 2, done) for v in "abcd"))
    assert done == list("ababcdcd")


def test_one_piece_at_a_time() -> None:
    turns = Turns(12, 4)
    inside, most = 0, 0

    def piece() -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        inside -= 1

    async def one(visitor: str) -> None:
        async with turns.job(visitor) as own:
            for _ in range(20):
                await turns.run(own, piece)

    together(*(lambda v=v: one(v) for v in "abcdef"))
    assert most == 1


def test_one_job_too_many_is_refused_and_the_next_visitor_is_not() -> None:
    turns = Turns(2, 4)
    done: list[str] = []

    async def run() -> None:
        first = [asyncio.create_task(job(turns, "a", 1, done)) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(TooManyJobs, match=r"^2 of your requests .* at most 2 "):
            await job(turns, "a", 1, done)
        await job(turns, "b", 1, done)
        await asyncio.gather(*first)
        await job(turns, "a", 1, done)

    finished(run())
    assert sorted(done) == ["a", "a", "a", "b"]


def test_a_job_that_fails_or_is_cancelled_passes_the_turn_on() -> None:
    turns = Turns(12, 1)
    done: list[str] = []

    async def failing() -> None:
        async with turns.job("a") as own:
            await turns.run(own, lambda: 1 / 0)

    async def run() -> None:
        tasks = [asyncio.create_task(failing()), asyncio.create_task(job(turns, "b", 3, done))]
        waiting = asyncio.create_task(job(turns, "c", 3, done))
        await asyncio.sleep(0)
        waiting.cancel()
        found = await asyncio.gather(*tasks, waiting, return_exceptions=True)
        assert isinstance(found[0], ZeroDivisionError)
        assert isinstance(found[2], asyncio.CancelledError)
        await job(turns, "d", 1, done)

    finished(run())
    assert done == ["b", "b", "b", "d"]
    assert not turns._jobs and not turns._served
