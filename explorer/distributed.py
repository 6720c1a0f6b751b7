"""Work split over the processes that `torchrun` starts, on one machine or several.

Every process holds the same list of work and takes each `size`-th piece of it; the first one writes
and prints. Without `torchrun` there is one process, and nothing here costs anything.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import torch
import torch.distributed as dist

T = TypeVar("T")


class DistributedError(RuntimeError):
    """The processes cannot go on together; the message is the sentence for the person."""


@dataclass(frozen=True)
class Group:
    """This process among `size`; `rank` 0 is the first."""

    rank: int = 0
    size: int = 1

    @property
    def first(self) -> bool:
        """Whether this process writes and prints."""
        return self.rank == 0

    def share(self, pieces: Sequence[T]) -> Sequence[T]:
        """The pieces that fall to this process."""
        return pieces[self.rank :: self.size]


ALONE = Group()


def is_first() -> bool:
    """Whether this process is the one that speaks, also where no group was joined yet."""
    return os.environ.get("RANK", "0") == "0" or "MASTER_ADDR" not in os.environ


@contextmanager
def joined() -> Iterator[Group]:
    """Join the processes that `torchrun` started; alone without it.

    Each process takes its share of the machine's cores: `torchrun` would leave it one thread.

    Raises:
        DistributedError: if the other processes cannot be reached.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) < 2 or "MASTER_ADDR" not in os.environ:
        yield ALONE
        return
    torch.set_num_threads(max(cores() // int(os.environ.get("LOCAL_WORLD_SIZE", "1")), 1))
    # Numbers and names are exchanged, not tensors: gloo does that wherever the work is done.
    _said(dist.init_process_group, "gloo")
    try:
        yield Group(dist.get_rank(), dist.get_world_size())
    finally:
        dist.destroy_process_group()


def cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def device() -> str | None:
    """The GPU that is this process's own where there are several; None leaves the choice open."""
    if "LOCAL_RANK" in os.environ and torch.cuda.device_count() > 1:
        return f"cuda:{int(os.environ['LOCAL_RANK']) % torch.cuda.device_count()}"
    return None


def everyone(group: Group, make: Callable[[], T]) -> list[T]:
    """What `make` returns in each process, known to all of them.

    Raises:
        Exception: what `make` raised, in whichever process; then in every process.
    """
    if group.size == 1:
        return [make()]
    try:
        own: tuple[T | None, Exception | None] = (make(), None)
    except Exception as raised:  # noqa: BLE001 - handed on to every process, this one too
        own = (None, raised)
    answers: list[Any] = [None] * group.size
    _said(dist.all_gather_object, answers, own)
    for _, error in answers:
        if error is not None:
            raise error
    return [value for value, _ in answers]


def agreed(group: Group, make: Callable[[], T]) -> T:
    """What `make` returns in the first process, which alone calls it; raises what it raises."""
    return everyone(group, lambda: make() if group.first else None)[0]  # type: ignore[return-value]


def gathered(group: Group, pieces: Iterable[T]) -> Iterator[T]:
    """The pieces of all processes, in the order of the list that `Group.share` split.

    Every process has to run through the iterator, and every process gets all pieces.

    Raises:
        Exception: what any process raised over its pieces; then in every process.
    """
    own = iter(pieces)
    if group.size == 1:
        yield from own
        return
    while True:
        # Boxed in a list, so that a piece of any kind differs from having none.
        boxes = everyone(group, lambda: [piece for piece in [next(own, own)] if piece is not own])
        if not any(boxes):
            return
        for box in boxes:
            yield from box  # type: ignore[misc]


def _said(call: Callable[..., object], *arguments: object) -> None:
    try:
        call(*arguments)
    except (RuntimeError, ValueError) as error:
        raise DistributedError(
            f"The processes cannot reach each other, or one of them ended early ({_line(error)})."
        ) from error


def _line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
