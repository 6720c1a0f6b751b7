"""A lock that serves threads in the order in which they came, and may be taken again by its owner.

Python's own locks serve whoever happens to be awake: a thread that computes piece after piece
could take its lock again before anyone who waits has noticed that it was free.
"""

from __future__ import annotations

import threading
import time
from collections import deque


class FairLock:
    """First come, first served; reentrant.

    >>> lock = FairLock()
    >>> with lock, lock:
    ...     lock.held_seconds() >= 0
    True
    >>> lock.held_seconds() is None
    True
    """

    def __init__(self) -> None:
        """Nobody holds it."""
        self._guard = threading.Lock()
        self._waiting: deque[tuple[int, threading.Lock]] = deque()
        self._owner: int | None = None
        self._depth = 0
        self._since = 0.0

    def acquire(self, blocking: bool = True) -> bool:
        """Take the lock, behind all who wait already; whether it was taken.

        Args:
            blocking: False takes it only if that needs no waiting.
        """
        me = threading.get_ident()
        with self._guard:
            if self._owner == me:
                self._depth += 1
                return True
            if self._owner is None:
                self._take(me)
                return True
            if not blocking:
                return False
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append((me, turn))
        try:
            turn.acquire()
        except BaseException:
            # Interrupted while waiting: nobody may be left to pass the lock on.
            with self._guard:
                if (me, turn) in self._waiting:
                    self._waiting.remove((me, turn))
                else:
                    self._pass_on()
            raise
        return True

    def release(self) -> None:
        """Give it back as often as it was taken; then the next in line has it.

        Raises:
            RuntimeError: if this thread does not hold it.
        """
        with self._guard:
            if self._owner != threading.get_ident():
                raise RuntimeError("This thread does not hold the lock.")
            self._depth -= 1
            if not self._depth:
                self._pass_on()

    def held_seconds(self) -> float | None:
        """How long its owner has had it; None if nobody has."""
        with self._guard:
            return None if self._owner is None else time.monotonic() - self._since

    def _take(self, owner: int) -> None:
        self._owner, self._depth, self._since = owner, 1, time.monotonic()

    def _pass_on(self) -> None:
        if self._waiting:
            owner, turn = self._waiting.popleft()
            self._take(owner)
            turn.release()
        else:
            self._owner = None

    def __enter__(self) -> FairLock:
        self.acquire()
        return self

    def __exit__(self, *error: object) -> None:
        self.release()
