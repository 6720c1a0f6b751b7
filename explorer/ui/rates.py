"""How often somebody may do something: counted in memory, for a while, and never written down."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable

MOST_KEYS = 20_000


class Rate:
    """At most `most` times in `seconds` for each key; the keys that were quiet longest go first."""

    def __init__(
        self, most: int, seconds: float, now: Callable[[], float] = time.monotonic
    ) -> None:
        """`now` is the clock, in seconds."""
        self.most, self.seconds, self._now = most, seconds, now
        self._times: OrderedDict[bytes, deque[float]] = OrderedDict()
        self._lock = threading.Lock()
        # What is kept cannot be turned back into an address, not even for the while.
        self._salt = secrets.token_bytes(16)

    def take(self, key: str) -> bool:
        """Count one; False, and not counted, if there were `most` within `seconds`."""
        with self._lock:
            times = self._recent(key)
            if len(times) >= self.most:
                return False
            times.append(self._now())
            return True

    def spent(self, key: str) -> bool:
        """Whether the next `take` would be refused."""
        with self._lock:
            return len(self._recent(key)) >= self.most

    def _recent(self, key: str) -> deque[float]:
        hidden = hashlib.blake2b(key.encode(), key=self._salt, digest_size=16).digest()
        times = self._times.setdefault(hidden, deque())
        self._times.move_to_end(hidden)
        if len(self._times) > MOST_KEYS:
            self._times.popitem(last=False)
        while times and times[0] <= self._now() - self.seconds:
            times.popleft()
        return times
