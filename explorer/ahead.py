"""Pieces of long work by several threads at once, each with a core of its own, in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import torch

T = TypeVar("T")
R = TypeVar("R")


def in_order(do: Callable[[T], R], work: Iterable[T], threads: int, name: str) -> Iterator[R]:
    """What `do` gives for each piece, in order; a few pieces are worked on ahead.

    Within a thread torch uses one core: no core waits for another at the end of every layer. Who
    stops asking stops the work; what has begun is finished first.

    Args:
        do: called in one of the threads; what it raises is raised here, in its turn.
        work: the pieces.
        threads: how many at once.
        name: of the threads.
    """
    cores = torch.get_num_threads()
    pool = ThreadPoolExecutor(threads, name, torch.set_num_threads, (1,))
    waiting: deque[Future[R]] = deque()
    try:
        for piece in work:
            waiting.append(pool.submit(do, piece))
            if len(waiting) > 2 * threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
        # A thread's setting is also that of threads which start later.
        torch.set_num_threads(cores)
