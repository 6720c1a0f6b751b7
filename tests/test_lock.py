"""The engine's lock: in order, reentrant, and never lost."""

from __future__ import annotations

import threading

import pytest

from explorer.lock import FairLock


def waiting(lock: FairLock, count: int) -> None:
    """Until `count` threads stand in line."""
    while len(lock._waiting) < count:
        threading.Event().wait(0.001)


def test_threads_are_served_in_the_order_in_which_they_came() -> None:
    lock = FairLock()
    served: list[int] = []

    def take(number: int) -> None:
        with lock:
            served.append(number)

    threads = [threading.Thread(target=take, args=(i,)) for i in range(8)]
    with lock:
        for i, thread in enumerate(threads):
            thread.start()
            waiting(lock, i + 1)
    for thread in threads:
        thread.join(10)
    assert served == list(range(8))


def test_who_takes_it_again_and_again_lets_others_in_between() -> None:
    lock = FairLock()
    order: list[str] = []

    def other() -> None:
        with lock:
            order.append("other")

    thread = threading.Thread(target=other)
    for piece in range(3):
        with lock:
            order.append(f"piece {piece}")
            if piece == 0:
                thread.start()
                waiting(lock, 1)
    thread.join(10)
    assert order == ["piece 0", "other", "piece 1", "piece 2"]


def test_its_owner_may_take_it_again_and_others_wait_for_all_of_it() -> None:
    lock = FairLock()
    found: list[bool] = []

    def ask() -> None:
        found.append(lock.acquire(blocking=False))

    with lock:
        with lock:
            pass
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join(10)
        assert lock.held_seconds() is not None
    assert found == [False] and lock.held_seconds() is None
    assert lock.acquire(blocking=False)
    lock.release()


def test_only_its_owner_gives_it_back() -> None:
    with pytest.raises(RuntimeError, match="does not hold"):
        FairLock().release()


def test_no_two_threads_are_ever_inside() -> None:
    lock = FairLock()
    inside, most = 0, 0

    def work() -> None:
        nonlocal inside, most
        for _ in range(500):
            with lock, lock:
                inside += 1
                most = max(most, inside)
                inside -= 1

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert most == 1 and inside == 0 and lock.held_seconds() is None


def test_an_interrupted_wait_leaves_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    lock = FairLock()
    holding, done = threading.Event(), threading.Event()

    def hold() -> None:
        with lock:
            holding.set()
            done.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    assert holding.wait(10)
    real = threading.Lock

    class Interrupted:
        def __init__(self) -> None:
            self.calls = 0

        def acquire(self) -> bool:
            self.calls += 1
            if self.calls == 2:
                raise KeyboardInterrupt
            return True

    monkeypatch.setattr(threading, "Lock", Interrupted)
    with pytest.raises(KeyboardInterrupt):
        lock.acquire()
    monkeypatch.setattr(threading, "Lock", real)
    done.set()
    thread.join(10)
    assert lock.acquire(blocking=False)
    lock.release()
